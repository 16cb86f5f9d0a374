// Whose Q a value takes: a target network's, by its name or because the program copies another network into it, or the
// one that is being trained.

import { helperOf, networksHanded } from "./callees.ts";
import type { Event } from "./event.ts";
import { networksOf } from "./followers.ts";
import { joinsNext, snake } from "./joint.ts";
import type { Source } from "./judge.ts";
import { assigned, loopOf, nameOf, outward, type Program, spelling, within } from "./lookup.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";

type OfQ = Event & { readonly kind: "q" };

const targetName =
  /targ|tgt|(^|[._])(tar|slow)(_|\.|$|\d)|lagged|delayed|frozen|polyak|(^|[._\d])(t|old|bar|prime|ema|slow|hat)\d*(_?net|_?params)?($|[.(])|_(t|old|bar|prime|ema|slow|lagged)\d*(_|$|[.(])|(^|\.)t_?[qQ]\d?(_|$|[.(])/i;
/** What is done with a network and never with a value. */
const kept =
  /\w*(targ|tgt|_old|_bar|_ema|lagged)\w*\.(parameters|load_state_dict|state_dict|train|eval|requires_grad|set_weights|get_weights|trainable\w*|variables|weights|params|apply|replace)\b|(targ|tgt)\w*_?params|params_?\w*targ|\w*(targ|tgt|slow|_old|_ema)\w*\s*=\s*jax\.tree\w*[.\w]*\(|(soft|polyak|hard|sync|ema|incremental|periodic)\w*\([^)\n]*(targ|tgt|_old|_bar|_t\b)|\w*(targ|tgt)\w*\s*=\s*[\w.]*(critic|net|mlp|qf?|copy|clone|build|make|create)\w*\(|\b(private|readonly) \w*targ\w*(critic|q|net|model)\w*|(self|this)\.(\w*(critic|q|value|net)\w*_(t|old|bar|ema|targ\w*|tgt|lagged|prime)\d*|targ\w*_?(critic|q|v|net)\w*)\b[\w.,\s]*=(?!=)/i;

/** What only a network's copy is called, not a state or an action. */
const copyName = /(^|_)(slow|lagged|delayed|frozen|polyak|ema)\d*(_|$)/i;

/** The program that is read, and its text. */
export interface Read extends Source {
  readonly program: Program;
}

function namesTarget(name: string, { program }: Read): boolean {
  const { followers } = networksOf(program);
  return targetName.test(snake(name)) || name.split(/\W+/).some((word) => followers.has(word));
}

export function hasTargets(read: Read): boolean {
  return networksOf(read.program).followers.size > 0 || kept.test(read.text);
}

/** Whose Q it is, as the program spells it: the network, or what its parameters are called. */
function network(event: OfQ, source: Read): string {
  const { at, scope } = event;
  if (at.kind !== "call") return "";
  const callee = networkIn(at.callee);
  // What computes a target need not be one.
  const spelt = source.text.slice(callee.from, callee.to).replace(/\.(compute|predict)_targets?$/, "");
  const applied = /^apply/.test(nameOf(at.callee));
  const given = at.args
    .map(({ value }) => source.text.slice(value.from, value.to))
    .filter((text, index) => text.length < 80 && ((applied && index === 0) || /param/i.test(text)));
  const held = at.args.find(({ name }) => name === "params")?.value;
  // A helper may be handed the network, or its name; what is called a critic is one itself.
  const itself =
    at.callee.kind === "member" &&
    spelling(at.callee.of) !== "self" &&
    roleOf(nameOf(at.callee.of)) === symbols.q;
  const { followers } = networksOf(source.program);
  const handed = at.args.flatMap(({ value }) => (value.kind === "sequence" ? value.of : [value]));
  given.push(
    ...handed.flatMap((value) => {
      if (value.kind === "string")
        return itself || !/targ|tgt|slow|ema|lagged/i.test(value.value) ? [] : [value.value];
      const name = nameOf(value);
      const net = roleOf(name) === symbols.q || /net|model$|param|weights|critic/i.test(name);
      return spelling(value) !== "" &&
        (followers.has(name) || (net && /targ|tgt/i.test(name)) || copyName.test(snake(name)))
        ? [spelling(value)]
        : [];
    }),
  );
  const root = rootOf(callee);
  const alias = root ? aliasOf(root, scope, source) : "";
  return `${spelt} ${given.join(" ")} ${held ? source.text.slice(held.from, held.to) : ""} ${alias}`;
}

/** `q` in `vmap(q)(…)`. */
function networkIn(callee: Expression): Expression {
  const first =
    callee.kind === "call" && /^(\w*vmap|\w*jit)$/.test(nameOf(callee)) ? callee.args[0] : undefined;
  return first?.value ?? callee;
}

/** `q` in `q.values(…)`. */
function rootOf(expression: Expression): (Expression & { kind: "name" }) | undefined {
  if (expression.kind === "member" || expression.kind === "item") return rootOf(expression.of);
  return expression.kind === "name" && expression.name !== "self" ? expression : undefined;
}

function aliasOf(name: Expression & { kind: "name" }, scope: Scope, source: Read): string {
  for (const place of outward(scope)) {
    const looped = loopOf(place, name.name, name.from);
    if (looped) {
      const { over } = looped.loop;
      // `few` in `few = sample(targets, 2)`.
      const given =
        over.kind === "name"
          ? assigned(place, over.name).findLast(({ statement }) => statement.to < name.from)
          : undefined;
      const value = given?.part === undefined ? given?.statement.value : undefined;
      const spelt = value && value.to - value.from < 120 ? source.text.slice(value.from, value.to) : "";
      return `${source.text.slice(over.from, over.to)} ${spelt.replace(/[(),[\]]/g, " ")}`;
    }
    const last = assigned(place, name.name).at(-1);
    if (last) {
      const { value } = last.statement;
      const part = last.part !== undefined && value.kind === "sequence" ? value.of[last.part] : value;
      return part && spelling(part) !== "" ? spelling(part) : "";
    }
  }
  return "";
}

export function isTarget(event: OfQ, source: Read): boolean {
  const { at, scope } = event;
  if (at.kind === "call")
    return network(event, source)
      .split(/\s+/)
      .some((part) => namesTarget(part, source));
  const call = calledFor(event) ?? helperFor(event, source);
  return (
    namesTarget(nameOf(at), source) ||
    (call !== undefined && isTarget(call, source)) ||
    targetName.test(sourceOf(at, scope, source))
  );
}

/**
 * A network that is not the target; of a name, only where the program shows whose it is. Of an object that a helper is
 * handed, only beside that object's own target, or where the actor learns from it.
 */
export function isOnline(
  event: OfQ,
  source: Read,
  beside: readonly OfQ[] = [],
  actors: readonly OfQ[] = [],
): boolean {
  if (isTarget(event, source)) return false;
  if (event.at.kind !== "call") {
    const call = calledFor(event) ?? helperFor(event, source);
    return call ? isOnline(call, source, beside, actors) : sourceOf(event.at, event.scope, source) !== "";
  }
  const { callee } = event.at;
  if (isUnknownNetwork(event, source, actors)) return false;
  const root = rootOf(networkIn(callee));
  if (/^apply/.test(nameOf(callee))) return true;
  const handed = outward(event.scope).find(({ parameters }) =>
    parameters.some(({ name }) => name === root?.name),
  );
  if (!handed || handed.name === "__init__") return isLearnt(event, source, actors);
  // A network that a helper is handed may be either.
  const twin = (other: OfQ) =>
    other.at.kind === "call" &&
    other.at.callee.kind === "member" &&
    rootOf(other.at.callee)?.name === root?.name &&
    isTarget(other, source);
  if (callee.kind === "member" && beside.some(twin)) return true;
  const same = (other: OfQ) =>
    outward(other.scope).includes(handed) &&
    other.at.kind === "call" &&
    spelling(other.at.callee) === spelling(callee);
  if (spelling(callee) !== "" && actors.some(same)) return true;
  return handed.parameters.some(({ name }) => targetName.test(name) && !/entropy/i.test(name));
}

/** Whether a helper is handed a network that no optimiser and no actor's loss is shown to have: it may be a copy. */
function isUnknownNetwork(event: OfQ, source: Read, actors: readonly OfQ[]): boolean {
  const given = handedBy(event, source);
  if (given.length === 0) return false;
  const { optimised } = networksOf(source.program);
  const known = actors.flatMap((one) => [
    ...handedBy(helperFor(one, source) ?? one, source),
    ...(one.at.kind === "call" ? within(one.at.callee).map(nameOf) : []),
  ]);
  return !given.some((name) => optimised.has(name) || known.includes(name));
}

/** The call of a helper that is handed networks, of whose values a name was last given one. */
function helperFor({ at, scope }: OfQ, source: Read): OfQ | undefined {
  if (at.kind !== "name") return undefined;
  for (const place of outward(scope)) {
    const last = assigned(place, at.name).findLast(({ statement }) => statement.to <= at.from);
    if (!last) continue;
    const call: OfQ = { kind: "q", at: last.statement.value, scope: place };
    return handedBy(call, source).length > 0 ? call : undefined;
  }
  return undefined;
}

function handedBy({ at, scope }: OfQ, { program }: Read): string[] {
  const helper = at.kind === "call" ? helperOf(at.callee, scope, program) : undefined;
  return at.kind === "call" && helper ? networksHanded(helper, at.args).map(nameOf) : [];
}

/** What the networks of these actors and of the optimisers are called. */
const learnt = new WeakMap<readonly OfQ[], ReadonlySet<string>>();

/** Whether the actor or an optimiser has it too, where it is told what they have: another one may be a copy. */
function isLearnt(event: OfQ, source: Read, actors: readonly OfQ[]): boolean {
  const { at, scope } = event;
  if (at.kind !== "call" || !/^(self|this)$/.test(ownerOfAttribute(at.callee))) return true;
  const words = (text: string) =>
    text
      .split(/\W+/)
      .map((word) => word.replace(/\d+/g, ""))
      .filter(
        (word) => /[a-z]/i.test(word) && !/^(self|this|forward|apply|call|act|predict|i|j|k)$/.test(word),
      );
  let shown = learnt.get(actors);
  if (!shown) {
    const spelt = actors.flatMap((one) => {
      const call = one.at.kind === "call" ? one.at : calledFor(one)?.at;
      return call?.kind === "call" ? [network({ ...one, at: call }, source)] : [];
    });
    shown = new Set([...networksOf(source.program).optimised, ...spelt].flatMap(words));
    learnt.set(actors, shown);
  }
  const own = words(network({ kind: "q", at, scope }, source));
  return shown.size === 0 || own.some((word) => shown.has(word));
}

/** `self` in `self.critics[0].forward`. */
function ownerOfAttribute(expression: Expression): string {
  if (expression.kind === "member" || expression.kind === "item") return ownerOfAttribute(expression.of);
  return expression.kind === "name" ? expression.name : "";
}

const shapes =
  /^(detach|squeeze|unsqueeze|view|reshape|float|to|min|max|minimum|maximum|mean|flatten|ravel|clone|stop_gradient|stopGradient|amin|amax|reduce_min|reduce_max|asarray|array|stack|cat)$/;
const forwards = /^(forward|call|apply|__call__|predict|act|evaluate)$/;

/** The call of a network that a name was last given the value of, through changes of its shape. */
function calledFor({ at, scope }: OfQ): OfQ | undefined {
  const name = spelling(at);
  if (name === "") return undefined;
  for (const place of outward(scope)) {
    const all = assigned(place, name);
    const last = all.findLast(({ statement }) => statement.to <= at.from) ?? all.at(-1);
    if (!last) continue;
    const { value } = last.statement;
    const call = callIn(
      last.part !== undefined && value.kind === "sequence" ? (value.of[last.part] ?? value) : value,
    );
    return call && { kind: "q", at: call, scope: place };
  }
  return undefined;
}

function callIn(value: Expression): Expression | undefined {
  if (value.kind === "item") return callIn(value.of);
  if (value.kind !== "call") return undefined;
  const { callee, args } = value;
  if (shapes.test(nameOf(callee))) {
    const method = callee.kind === "member" && !(callee.of.kind === "name" && callee.of.name.length < 4);
    const inner = method ? callee.of : args[0]?.value;
    return inner && callIn(inner);
  }
  const chosen = callee.kind === "item" || callee.kind === "call";
  return chosen || (callee.kind === "member" && forwards.test(callee.name)) ? value : undefined;
}

/** Whether one pass serves the batch and what follows it. */
export function servesBoth(event: OfQ): boolean {
  const call = event.at.kind === "call" ? event : calledFor(event);
  return call?.at.kind === "call" && call.at.args.some(({ value }) => joinsNext(value, call.scope));
}

/** Where a network is chosen: its call, what made a name, or what is looped over. */
export function chosenAt({ at, scope }: OfQ, source: Read): Expression {
  const call = at.kind === "call" ? undefined : calledFor({ kind: "q", at, scope })?.at;
  if (call) return call;
  const name = at.kind === "call" ? rootOf(networkIn(at.callee)) : at.kind === "name" ? at : undefined;
  if (!name) return at;
  for (const place of outward(scope)) {
    const { over } = loopOf(place, name.name, name.from)?.loop ?? {};
    const last = assigned(place, over?.kind === "name" ? over.name : name.name).findLast(
      ({ statement }) => statement.to < name.from,
    );
    if (over) return over.kind === "name" && last && last.part === undefined ? last.statement.value : over;
    const near = last && last.part !== undefined && at.from - last.statement.to < 300;
    if (last)
      return near && at.kind === "name" && sourceOf(at, scope, source) !== "" ? last.statement.value : at;
  }
  return at;
}

/** What made a name, where it is a method of some object. */
function sourceOf(at: Expression, scope: Scope, source: Read): string {
  for (const place of outward(scope)) {
    const last = assigned(place, spelling(at)).at(-1);
    if (!last) continue;
    const { value } = last.statement;
    if (value.kind !== "call" || value.callee.kind !== "member") return "";
    const name = nameOf(value.callee);
    const several = last.part !== undefined && /^(values?|evaluate|q_?values)$/.test(name);
    return several || roleOf(name) === symbols.q ? source.text.slice(value.callee.from, value.callee.to) : "";
  }
  return "";
}
