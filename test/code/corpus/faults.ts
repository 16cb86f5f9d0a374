// The mutation program: every fault that a right program can be given, as an edit that knows its line and its id.

import { statementAround } from "./statements.ts";
import type { Edit, Place, Variant } from "./variant.ts";

export interface Mutant {
  readonly fault: string;
  /** Any of these names it. */
  readonly ids: readonly string[];
  readonly text: string;
  /** Spans of lines, from 1, any of which is the right place. */
  readonly spans: readonly (readonly [number, number])[];
}

const unreachable = ["target-unreachable"];
const neverBinds = ["target-never-binds"];

/** All that apply to this program. */
export function faultsOf(variant: Variant, source: string): Mutant[] {
  const { discrete, loss, logProb, target, declared, step, optimized, requiresGrad, bonus, mask, backup } =
    variant;
  const { actorBonus, actorQ, actor } = variant;
  const mutants: Mutant[] = [];
  const mutate = (
    fault: string,
    ids: readonly string[],
    changes: readonly Change[],
    at: readonly string[] = [],
  ) => mutants.push(mutant(source, fault, ids, changes, at));
  const turned = (place: Place, change: (text: string) => string) => placed(source, place, change);
  const edits = (list: readonly Edit[]) => list.map((one) => edit(source, one));
  const missed = discrete ? neverBinds : unreachable;

  const lossText = loss && textOf(loss);
  if (loss && lossText) {
    mutate("loss negated", ["sign-inverted"], [turned(loss, chains(source) ? negatedChain : negated)]);
    const clamp = clampOf(variant.file, source);
    if (clamp) mutate("loss clamped", ["clamp-of-loss"], [turned(loss, clamp)]);
  }
  if (logProb) mutate("log π negated", ["sign-inverted"], [turned(logProb, flipped)]);
  // Either place mends it: what is wrong is that the two disagree.
  const lossPlace = target ?? loss;
  const along = (place: Place | undefined) => (place ? [turned(place, (text) => text)] : []);
  if (target) mutate("H̄ negated in the loss", missed, [turned(target, flipped), ...along(declared)]);
  if (declared) {
    mutate("H̄ declared with the other sign", missed, [turned(declared, negated), ...along(lossPlace)]);
  }

  if (step) {
    const [statement, name] = step;
    const at = only(source, statement);
    const indent = source.slice(source.lastIndexOf("\n", at) + 1, at);
    const before = (line: string): Change => ({ from: at, to: at, text: `${line}\n${indent}` });
    const after = (line: string) => afterStep(source, statement, line);
    const clamp = (fault: string, id: string, change: Change) => mutate(fault, [id], [change]);
    clamp("clamp before the step", "clamp-before-step", before(`${name}.data.clamp_(-5.0, 2.0)`));
    clamp("clamp whose result is unused", "clamp-without-effect", after(`${name}.clamp(-5.0, 2.0)`));
    clamp("clamp of a copy", "clamp-without-effect", after(`${name}.detach().clone().clamp_(-5.0, 2.0)`));
    const rebinding = `${name} = ${torchName(source)}.clamp(${name}, -5.0, 2.0)`;
    clamp("clamp that rebinds the parameter", "alpha-frozen", after(rebinding));
  }
  if (optimized) {
    const copied = (text: string) =>
      text.replace(/[\w.]*log\w*|[\w.]*\w*log\b|[\w.]+/i, "$&.detach().clone().requires_grad_()");
    mutate("optimiser holds a copy", ["alpha-frozen"], [turned(optimized, copied)]);
  }
  if (requiresGrad)
    mutate("no gradient for the parameter", ["alpha-frozen"], [turned(requiresGrad, () => "")]);

  const target_ = backup ? [backup] : [];
  if (bonus) {
    mutate(
      "entropy's sign in the critic's target",
      ["critic-target-entropy-sign"],
      [turned(bonus, flipped)],
      target_,
    );
    mutate(
      "no entropy in the critic's target",
      ["critic-target-no-entropy"],
      [turned(bonus, () => "")],
      target_,
    );
  }
  if (mask) {
    mutate("no done mask", ["done-mask-missing"], [maskRemoved(source, mask)], target_);
    if (/\(1(\.0?)? - /.test(textOf(mask))) {
      const done = (text: string) => text.replace(/1(\.0?)? - /, "");
      mutate("done for not-done", ["done-mask-inverted"], [turned(mask, done)], target_);
    }
  }
  const pi = actor ? [actor] : [];
  if (actorBonus)
    mutate("sign of α in the actor's loss", ["actor-loss-sign"], [turned(actorBonus, flipped)], pi);
  if (actorBonus && actorQ) {
    mutate("no α in the actor's loss", ["entropy-unresponsive"], [turned(actorBonus, () => "")], pi);
  }
  if (actorQ) {
    mutate("sign of Q in the actor's loss", ["actor-loss-sign"], [turned(actorQ, flipped)], pi);
    const cut = discrete ? undefined : cutOff(variant.file, source);
    if (cut) mutate("Q cut off in the actor's loss", ["actor-q-detached"], [turned(actorQ, cut)], pi);
  }
  const edited = (fault: string, id: string, one: Edit | undefined, at: readonly string[] = []) => {
    if (one) mutate(fault, [id], edits([one]), at);
  };
  // Alone it would be harmless: nobody steps what the gradient of a target network reaches.
  if (variant.noGradient && variant.online) {
    const both = edits([variant.noGradient, variant.online]);
    mutate(
      "online target with its gradient",
      ["target-with-gradient", "online-critic-in-target"],
      both,
      target_,
    );
  }
  edited("target from the online critic", "online-critic-in-target", variant.online);
  edited("maximum of the twins", "twin-not-min", variant.twins);
  edited("sample for rsample", "no-rsample", variant.sampled);
  edited("log π averaged over dimensions", "log-prob-averaged", variant.averaged);
  edited("density at the squashed action", "log-prob-wrong-action", variant.wrongAction);
  edited("truncation stored as done", "done-includes-truncation", variant.truncation);
  edited("log α rebound on load", "alpha-frozen", variant.rebound);
  const { uncorrected, unsaved, raw } = variant;
  if (uncorrected) {
    mutate("no correction for tanh", ["log-prob-uncorrected"], edits(uncorrected.edits), uncorrected.at);
  }
  if (unsaved) mutate("log α not saved", ["alpha-reset"], edits(unsaved));
  if (raw) mutate("α itself optimised", ["alpha-negative"], edits(raw));
  for (const own of variant.own ?? []) mutate(own.name, own.ids, edits(own.edits), own.at);
  return mutants;
}

/** Right programs with a clamp that holds, and the α loss in other words. */
export function rightSiblings(
  variant: Variant,
  source: string,
): { name: string; text: string; holds?: true }[] {
  const siblings: { name: string; text: string; holds?: true }[] = [];
  const { step, spelling, loss } = variant;
  if (step && !variant.facts.clamp) {
    const clamp = afterStep(source, step[0], `${step[1]}.data.clamp_(-5.0, 2.0)`);
    siblings.push({ name: "clamp after the step", text: changed(source, [clamp]).text, holds: true });
  }
  if (spelling && loss) {
    for (const text of spellings(spelling, torchName(source))) {
      siblings.push({ name: text, text: changed(source, [placed(source, loss, () => text)]).text });
    }
  }
  return siblings;
}

/** −log α·(log π + H̄), or the same with α, in the ways that people write it. */
export function spellings(
  { logAlpha, logProb, target }: NonNullable<Variant["spelling"]>,
  torch = "torch",
): string[] {
  return [
    `-(${logAlpha} * (${logProb} + ${target}).detach()).mean()`,
    `(${logAlpha}.exp() * (-${logProb} - ${target}).detach()).mean()`,
    `-1.0 * ${torch}.mean(${logAlpha} * (${logProb}.detach() + ${target}))`,
    `(-${logAlpha} * (${logProb}.detach() + ${target})).mean()`,
    `${torch}.mean(${logAlpha} * (-${logProb}.detach() - ${target}))`,
    `-(${torch}.exp(${logAlpha}) * (${logProb}.detach() + ${target})).mean()`,
    `-${logAlpha}.exp() * (${logProb}.detach().mean() + ${target})`,
    `${logAlpha}.mul(${logProb}.add(${target}).detach()).neg().mean()`,
    `(${logAlpha} * -(${logProb} + ${target}).detach()).mean()`,
    `(0 - ${logAlpha}) * (${logProb}.detach().mean() + ${target})`,
    `-(${logAlpha}.exp() * ${logProb}.detach() + ${logAlpha}.exp() * ${target}).mean()`,
  ];
}

/** A change to the right program, by its place there. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function mutant(
  source: string,
  fault: string,
  ids: readonly string[],
  changes: readonly Change[],
  at: readonly string[],
): Mutant {
  const { text, written } = changed(source, changes);
  if (text === source) throw new Error(`${fault}: the edit changes nothing`);
  const named = at.map((part) => ({ from: only(text, part), to: only(text, part) + part.length }));
  const spans = [...written, ...named].map(({ from, to }) => {
    const part = text.slice(from, to);
    // Where a whole line is gone, the statement before it is meant.
    const gone = part === "" && text[from - 1] === "\n";
    const start = gone ? from - 1 : from + part.length - part.trimStart().length;
    return statementAround(text, start, gone ? start : Math.max(start, from + part.trimEnd().length));
  });
  if (spans.length === 0) throw new Error(`${fault}: no line is expected`);
  return { fault, ids, text, spans };
}

function changed(source: string, changes: readonly Change[]) {
  let text = "";
  let at = 0;
  const written: { from: number; to: number }[] = [];
  for (const { from, to, text: next } of changes.toSorted((a, b) => a.from - b.from)) {
    text += source.slice(at, from) + next;
    written.push({ from: text.length - next.length, to: text.length });
    at = to;
  }
  return { text: text + source.slice(at), written };
}

/** Where a text stands that occurs once. */
function only(text: string, part: string): number {
  const at = text.indexOf(part);
  const times = text.split(part).length - 1;
  if (times !== 1) throw new Error(`expected ${JSON.stringify(part)} once, found it ${times} times`);
  return at;
}

/** The same, but never as a part of a longer name. */
function onlyWord(text: string, part: string): number {
  const escaped = part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const bounded = `${/^\w/.test(part) ? "(?<!\\w)" : ""}${escaped}${/\w$/.test(part) ? "(?!\\w)" : ""}`;
  const found = [...text.matchAll(new RegExp(bounded, "g"))];
  if (found.length !== 1)
    throw new Error(`expected ${JSON.stringify(part)} once, found it ${found.length} times`);
  return found[0]!.index;
}

function edit(source: string, [from, to]: Edit): Change {
  const at = only(source, from);
  return { from: at, to: at + from.length, text: to };
}

function textOf(place: Place): string {
  return typeof place === "string" ? place : place[1];
}

function placed(source: string, place: Place, change: (text: string) => string): Change {
  const text = textOf(place);
  const from =
    typeof place === "string"
      ? onlyWord(source, text)
      : onlyWord(source, place[0]) + onlyWord(place[0], text);
  return { from, to: from + text.length, text: change(text) };
}

/** Of a whole expression. */
function negated(text: string): string {
  if (text.startsWith("-") && single(text.slice(1))) return text.slice(1).trimStart();
  if (/^-1(\.0)? \* /.test(text)) return text.replace(/^-1(\.0)? \* /, "");
  return `-(${text})`;
}

/** Of a whole expression of functions and methods. */
function negatedChain(text: string): string {
  const inner = /^neg\((.*)\)$/s.exec(text)?.[1] ?? /^(.*)\.neg\(\)$/s.exec(text)?.[1];
  return inner ?? (/^-/.test(text) ? text.slice(1) : `${text}.neg()`);
}

/** Whether the program is JavaScript, where tensors have no operators. */
function chains(source: string): boolean {
  return /^import .* from ['"]/m.test(source);
}

/** Whether nothing is added or taken away outside of brackets. */
function single(text: string): boolean {
  let open = 0;
  for (const letter of text) {
    if ("([{".includes(letter)) open++;
    if (")]}".includes(letter)) open--;
    if (open === 0 && (letter === "+" || letter === "-")) return false;
  }
  return true;
}

/** Of a term of a sum: `+ x` and `- x`, or `x` and `-x` where it stands first. */
function flipped(term: string): string {
  if (term.startsWith(" ")) return ` ${flipped(term.slice(1))}`;
  if (term.startsWith("+ ")) return `- ${term.slice(2)}`;
  if (term.startsWith("- ")) return `+ ${term.slice(2)}`;
  if (term.startsWith("-")) return term.slice(1);
  const [, chained, rest] = /^\.(add|sub)(\(.*)$/s.exec(term) ?? [];
  if (chained) return `.${chained === "add" ? "sub" : "add"}${rest}`;
  return `-${term}`;
}

function maskRemoved(source: string, place: Place): Change {
  const { from, to } = placed(source, place, (text) => text);
  const text = "";
  if (source.slice(to, to + 3) === " * ") return { from, to: to + 3, text };
  if (source.slice(from - 3, from) === " * ") return { from: from - 3, to, text };
  if (source.slice(from - 5, from) === ".mul(") return { from: from - 5, to: to + 1, text };
  throw new Error(`expected ${textOf(place)} as a factor`);
}

/** A line of its own after a statement. */
function afterStep(source: string, statement: string, line: string): Change {
  const at = only(source, statement);
  const indent = source.slice(source.lastIndexOf("\n", at) + 1, at);
  const to = at + statement.length;
  return { from: to, to, text: `\n${indent}${line}` };
}

function torchName(source: string): string {
  return /^import torch as th$/m.test(source) ? "th" : "torch";
}

function clampOf(file: string, source: string): ((text: string) => string) | undefined {
  if (!file.endsWith(".py")) return undefined;
  if (/\bimport torch\b/.test(source)) return (text) => `${torchName(source)}.clamp(${text}, min=0.0)`;
  if (/\bimport jax\b/.test(source)) return (text) => `jnp.maximum(${text}, 0.0)`;
  if (/\btensorflow\b/.test(source)) return (text) => `tf.maximum(${text}, 0.0)`;
  return undefined;
}

function cutOff(file: string, source: string): ((term: string) => string) | undefined {
  if (!file.endsWith(".py")) return undefined;
  if (/\bimport torch\b/.test(source)) return (term) => `${term}.detach()`;
  const [stop] = /\bimport jax\b/.test(source) ? ["jax.lax.stop_gradient"] : ["tf.stop_gradient"];
  return (term) => term.replace(/^([+-] ?)?(.*)$/s, (_, sign = "", rest) => `${sign}${stop}(${rest})`);
}
