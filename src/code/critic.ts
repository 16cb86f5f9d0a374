// What is wrong with a critic's target: the entropy in it, the mask of ended episodes, and whose Q values it takes.

import type { Source } from "./judge.ts";
import { assigned, loopOf, nameOf, outward, spelling, within } from "./lookup.ts";
import type { Orientation } from "./orientation.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { holds, type SoftValue, whereIt } from "./soft.ts";
import type { Expression, Scope } from "./syntax.ts";
import type { Event } from "./value.ts";

const targetName =
  /targ|tgt|(^|[._])tar_|lagged|delayed|frozen|polyak|(^|[._\d])(t|old|bar|prime|ema|slow|hat)\d*(_?net|_?params)?($|[.(])|_(t|old|bar|prime|ema|slow|lagged)\d*(_|$|[.(])/i;

export function judgeTargets(
  values: readonly SoftValue[],
  all: readonly SoftValue[],
  owners: readonly (Scope | undefined)[],
  orientation: (value: SoftValue) => Orientation,
  source: Source,
): SourceFinding[] {
  const findings: SourceFinding[] = [];
  const hasTargets = namesTarget(source.text);
  // Other algorithms may stand in the same file.
  const isSoft = (owner: Scope | undefined) =>
    all.some((one) => one.owner === owner && one.logProb !== 0) || owners.includes(owner);
  for (const value of values) {
    if (value.kind === "actor") continue;
    const { q, logProb, witnesses } = orientation(value);
    const at = (says: (one: SoftValue) => boolean) => lineOf(whereIt(value, all, says).expression, source);
    const sure = witnesses >= 2;
    const ours =
      value.kind === "backup" ||
      value.events.some((event) => event.kind === "q" && event.at.kind === "call" && isTarget(event, source));
    if (value.logProb !== 0 && value.logProb * value.q !== -q * logProb) {
      findings.push({
        id: "critic-target-entropy-sign",
        severity: sure ? "error" : "warning",
        confidence: sure ? 0.9 : 0.6,
        ...at((one) => one.logProb !== 0 && one.logProb * one.q === value.logProb * value.q),
        evidence: { target: "Q + α·log π" },
        message:
          "The critic's target has Q + α·log π: it values the next state by −α·H, and punishes entropy.",
        fix: "Subtract it: Q − α·log π, which is Q + α·H.",
        reference: "critic-target-entropy-sign",
      });
    }
    // Where Q's target is r + γ·V, the entropy stands in V's own.
    const stateValue =
      value.kind === "value" &&
      /^(self\.)?(v|value)_?(backup|target|targ)$|target_(v|value)$/i.test(value.name) &&
      all.some((one) => one.kind === "backup" && one.polynomial.some((term) => holds(term, [symbols.v])));
    if (
      value.logProb === 0 &&
      isSoft(value.owner) &&
      (ours || stateValue) &&
      !value.open &&
      !value.polynomial.some((term) => holds(term, [symbols.v]))
    ) {
      findings.push({
        id: "critic-target-no-entropy",
        severity: "error",
        confidence: 0.8,
        ...at((one) => one.kind === "backup"),
        evidence: { target: "Q" },
        message:
          "The critic's target has no −α·log π: the critic values returns alone, and the policy is trained against another objective.",
        fix: "Subtract α·log π of the next action from the smaller Q before it is discounted.",
        reference: "critic-target-no-entropy",
      });
    }
    if (value.kind === "backup") findings.push(...masks(value, all, source));
    if (ours && hasTargets) findings.push(...online(value, source));
  }
  return findings;
}

/** The larger of the twins, in a target or in the actor's loss. */
export function judgeTwins(
  values: readonly SoftValue[],
  orientation: (value: SoftValue) => Orientation,
  source: Source,
): SourceFinding[] {
  return values.flatMap((value) => {
    const wrong = orientation(value).q === 1 ? "largest" : "smallest";
    return value.events
      .filter((event) => event.kind === wrong && !isChosen(event, source))
      .map((event): SourceFinding => {
        const { at } = event as Event & { at: Expression };
        return {
          id: "twin-not-min",
          severity: "error",
          confidence: 0.85,
          ...lineOf(at, source),
          evidence: { taken: source.text.slice(at.from, at.to) },
          message: `The ${wrong === "largest" ? "larger" : "smaller"} of the twin critics is taken here: their errors add up, and Q grows without bound.`,
          fix: wrong === "largest" ? "Take the minimum of the two." : "Take the maximum of the two costs.",
          reference: "twin-not-min",
        };
      });
  });
}

/** Where another branch takes the other extreme, somebody chooses. */
function isChosen(event: Event, source: Source): boolean {
  if (event.kind !== "largest" && event.kind !== "smallest") return false;
  const { at, scope } = event;
  // The best of several actions, of the smaller twin.
  if (/\b(minimum|min|reduce_min)\(/.test(source.text.slice(at.from, at.to)) && event.kind === "largest")
    return true;
  const statement = scope.statements.find(({ from, to }) => from <= at.from && at.to <= to);
  if (statement?.kind !== "assign" || statement.arms.length === 0) return false;
  const other =
    event.kind === "largest" ? /\b(a?min|minimum|reduce_min)\(/ : /\b(a?max|maximum|reduce_max)\(/;
  return assigned(scope, spelling(statement.target)).some(
    (one) =>
      one.statement !== statement && other.test(source.text.slice(one.statement.from, one.statement.to)),
  );
}

function masks(value: SoftValue, all: readonly SoftValue[], source: Source): SourceFinding[] {
  const qs = value.polynomial.filter((term) => holds(term, [symbols.q, symbols.qFixed, symbols.v]));
  const masked = qs.filter((term) => holds(term, [symbols.notDone, symbols.weight]));
  const done = qs.filter((term) => holds(term, [symbols.done]));
  const plain = qs.filter((term) => !masked.includes(term) && !done.includes(term));
  if (masked.length > 0) return [];
  const line = lineOf(whereIt(value, all, ({ kind }) => kind === "backup").expression, source);
  const evidence = { target: source.text.slice(value.expression.from, value.expression.to) };
  if (done.length === 0) {
    // What is unknown may be the mask.
    if (plain.some((term) => holds(term, ["?"]))) return [];
    if (/\[\s*~?\w*(done|terminal)\w*\s*\]\s*=\s*0/i.test(source.text)) return [];
    const seen = seesDone(value.scope);
    return [
      {
        id: "done-mask-missing",
        severity: seen ? "error" : "warning",
        confidence: seen ? 0.8 : 0.6,
        ...line,
        evidence,
        message:
          "The target takes the next state's value after the end of an episode too: nothing multiplies it by 1 − done.",
        fix: "Write r + γ·(1 − done)·(Q − α·log π).",
        reference: "done-mask-missing",
      },
    ];
  }
  if (plain.length > 0) return [];
  if (done.some(({ by }) => Math.sign(by) !== value.q) || storesNotDone(source.text)) return [];
  return [
    {
      id: "done-mask-inverted",
      severity: "warning",
      confidence: 0.75,
      ...line,
      evidence,
      message:
        "The next state's value is multiplied by done, not by 1 − done: only the ends of episodes are bootstrapped.",
      fix: "Multiply by 1 − done, unless what is stored under this name is 1 while the episode goes on.",
      reference: "done-mask-inverted",
    },
  ];
}

function seesDone(scope: Scope): boolean {
  const named = scope.parameters.some(({ name }) => roleOf(name) === symbols.done);
  return (
    named ||
    scope.statements.some((statement) => {
      if (statement.kind !== "assign") return false;
      const targets = statement.target.kind === "sequence" ? statement.target.of : [statement.target];
      return targets.some((target) => roleOf(nameOf(target)) === symbols.done);
    })
  );
}

/** A buffer that keeps 1 while the episode goes on. */
function storesNotDone(text: string): boolean {
  return (
    /(store|add|append|push|remember|insert|put|save|record)\w*\([^\n]*(\bnot |1(\.0)? ?- ?)(\w+\.)*(int|float)?\(?(d|done|term)\w*/i.test(
      text,
    ) || /=\s*(1(\.0)?\s*-\s*|not\s+)(int\(|float\()?(d|done|term)\w*/i.test(text)
  );
}

function online(value: SoftValue, source: Source): SourceFinding[] {
  const events = value.events.filter((event): event is Event & { kind: "q" } => event.kind === "q");
  // A value of the current state is rightly taken from the online critics.
  if (value.kind === "value" && !events.some((event) => isTarget(event, source))) return [];
  const own = ({ at }: Event & { kind: "q" }) =>
    value.statement.from <= at.from && at.to <= value.statement.to;
  const wrong = events
    .filter((event) => isOnline(event, source))
    .toSorted((a, b) => Number(own(b)) - Number(own(a)));
  return wrong.slice(0, 1).map((event) => ({
    id: "online-critic-in-target",
    severity: "error",
    confidence: 0.85,
    ...lineOf(event.at, source),
    evidence: { critic: source.text.slice(event.at.from, event.at.to) },
    message: "The target takes the critic that is being trained, not its slow copy: it chases itself.",
    fix: "Take the target network here, without gradient.",
    reference: "online-critic-in-target",
  }));
}

/** Whose Q it is, as the program spells it: the network, or what its parameters are called. */
function network(event: Event & { kind: "q" }, source: Source): string {
  const { at, scope } = event;
  if (at.kind !== "call") return "";
  const spelt = source.text.slice(at.callee.from, at.callee.to);
  const applied = /^apply/.test(nameOf(at.callee));
  const given = at.args
    .map(({ value }) => source.text.slice(value.from, value.to))
    .filter((text, index) => text.length < 80 && ((applied && index === 0) || /param/i.test(text)));
  const held = at.args.find(({ name }) => name === "params")?.value;
  // A helper may be handed the network.
  given.push(...at.args.map(({ value }) => spelling(value)).filter((name) => /targ|tgt/i.test(name)));
  const root = rootOf(at.callee);
  const alias = root ? aliasOf(root, scope, source) : "";
  return `${spelt} ${given.join(" ")} ${held ? source.text.slice(held.from, held.to) : ""} ${alias}`;
}

/** `q` in `q.values(…)`. */
function rootOf(expression: Expression): (Expression & { kind: "name" }) | undefined {
  if (expression.kind === "member" || expression.kind === "item") return rootOf(expression.of);
  return expression.kind === "name" && expression.name !== "self" ? expression : undefined;
}

function aliasOf(name: Expression & { kind: "name" }, scope: Scope, source: Source): string {
  for (const place of outward(scope)) {
    const looped = loopOf(place, name.name, name.from);
    if (looped) return source.text.slice(looped.loop.over.from, looped.loop.over.to);
    const last = assigned(place, name.name).at(-1);
    if (last) {
      const { value } = last.statement;
      const part = last.part !== undefined && value.kind === "sequence" ? value.of[last.part] : value;
      return part && spelling(part) !== "" ? spelling(part) : "";
    }
  }
  return "";
}

function isTarget(event: Event & { kind: "q" }, source: Source): boolean {
  const { at, scope } = event;
  if (at.kind === "call")
    return network(event, source)
      .split(/\s+/)
      .some((part) => targetName.test(part));
  return targetName.test(nameOf(at)) || targetName.test(sourceOf(at, scope, source));
}

/** A network that is not the target; of a name, only where the program shows whose it is. */
function isOnline(event: Event & { kind: "q" }, source: Source): boolean {
  if (isTarget(event, source)) return false;
  if (event.at.kind === "call") {
    const root = rootOf(event.at.callee);
    // A network that a helper is handed may be either.
    if (/^apply/.test(nameOf(event.at.callee))) return true;
    const handed = outward(event.scope).find(({ parameters }) =>
      parameters.some(({ name }) => name === root?.name),
    );
    if (!handed || handed.name === "__init__") return true;
    return handed.parameters.some(({ name }) => targetName.test(name) && !/entropy/i.test(name));
  }
  return sourceOf(event.at, event.scope, source) !== "";
}

/** What made a name, where it is a method of some object. */
function sourceOf(at: Expression, scope: Scope, source: Source): string {
  for (const place of outward(scope)) {
    const last = assigned(place, spelling(at)).at(-1);
    if (!last) continue;
    const { value } = last.statement;
    return value.kind === "call" &&
      value.callee.kind === "member" &&
      roleOf(nameOf(value.callee)) === symbols.q
      ? source.text.slice(value.callee.from, value.callee.to)
      : "";
  }
  return "";
}

function namesTarget(text: string): boolean {
  return /\b[\w.]*(targ|tgt)\w*|\w+_(old|t|bar|prime|lagged|ema)\b/i.test(text);
}

export function lineOf({ from, to }: Expression, source: Source): { line: number; endLine: number } {
  return { line: source.lineOf(from), endLine: source.lineOf(to) };
}

export function mentionsCall(expression: Expression, name: RegExp): boolean {
  for (const part of within(expression))
    if (part.kind === "call" && name.test(nameOf(part.callee))) return true;
  return false;
}
