// What is wrong with a critic's target: the entropy in it, the mask of ended episodes, and whose Q values it takes.

import type { Event } from "./event.ts";
import type { Source } from "./judge.ts";
import { assigned, nameOf, type Program, spelling, within } from "./lookup.ts";
import { chosenAt, hasTargets, isOnline, isTarget, type Read, servesBoth } from "./network.ts";
import type { Orientation } from "./orientation.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { holds, type SoftValue, whereIt } from "./soft.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

/** Tasks whose episodes only time ends, so that nothing need be masked. */
const endless = /Pendulum|HalfCheetah|Reacher|Swimmer|dm_control|dmc/;

export function judgeTargets(
  values: readonly SoftValue[],
  all: readonly SoftValue[],
  isSoft: (value: SoftValue) => boolean,
  orientation: (value: SoftValue) => Orientation,
  program: Program,
  text: Source,
): SourceFinding[] {
  const source: Read = { ...text, program };
  const findings: SourceFinding[] = [];
  const shown = values.some(({ kind, events }) =>
    events.some(
      (event) =>
        kind === "backup" && event.kind === "q" && event.at.kind === "call" && isTarget(event, source),
    ),
  );
  const lagged: Lag = shown || hasTargets(source) ? "kept" : trainsAll(source.text) ? "missing" : "none";
  // A conservative critic often leaves the entropy out on purpose.
  const conservative = /\bcql|conservative/i.test(source.text);
  const actors = all.flatMap(({ kind, events: met }) =>
    kind === "actor" ? met.filter((event): event is OfQ => event.kind === "q") : [],
  );
  const states = all.some(({ polynomial }) => polynomial.some((term) => holds(term, [symbols.v])));
  for (const value of values) {
    if (value.kind === "actor" || isGreedy(value)) continue;
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
      /^(self\.)?(v|value)_?(backup|target|targ)$|target_(v|value)$|^v_$|(^|_)(v|vf|value)_?loss$/i.test(
        value.name,
      ) &&
      all.some((one) => one.kind === "backup" && one.polynomial.some((term) => holds(term, [symbols.v])));
    if (
      value.logProb === 0 &&
      isSoft(value) &&
      !conservative &&
      !isMixedLater(value, all) &&
      ((ours && !isBare(value)) || stateValue) &&
      !value.open &&
      !isHanded(value) &&
      !isAnother(value, values) &&
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
    const judged = ours || (value.kind === "value" && value.statement.withoutGradient);
    // The V of implicit Q-learning learns from the slow critics and has no copy itself.
    if (judged && lagged !== "none" && !/expectile/i.test(source.text))
      findings.push(...online(value, actors, states, lagged, source));
  }
  return findings;
}

type OfQ = Event & { readonly kind: "q" };

/** Whether there is a slow copy at all. */
type Lag = "kept" | "missing" | "none";

/** Whether the whole training is in sight, so that a slow copy would be too; some algorithms have none on purpose. */
function trainsAll(text: string): boolean {
  return (
    /(q|critic|value)\w*\.(step|zero_grad)\(/i.test(text) &&
    /(actor|policy|pi)\w*\.(step|zero_grad)\(/i.test(text) &&
    !/cross_?q|batch_?(re)?norm/i.test(text)
  );
}

function masks(value: SoftValue, all: readonly SoftValue[], source: Source): SourceFinding[] {
  const qs = value.polynomial.filter((term) => holds(term, [symbols.q, symbols.qFixed, symbols.v]));
  const masked = qs.filter((term) => holds(term, [symbols.notDone, symbols.weight]));
  const done = qs.filter((term) => holds(term, [symbols.done]));
  const seen = seesDone(value.scope);
  // A discount of the batch is the mask where nothing else could be.
  const discounted = qs.filter((term) => holds(term, [symbols.batchDiscount]));
  const twice = discounted.some((term) => holds(term, [symbols.discount]));
  if (masked.length > 0 || (discounted.length > 0 && done.length === 0 && (twice || !seen))) return [];
  const plain = qs.filter((term) => !done.includes(term));
  const where = whereIt(value, all, ({ kind }) => kind === "backup");
  const line = lineOf(where.expression, source);
  const evidence = { target: source.text.slice(value.expression.from, value.expression.to) };
  if (done.length === 0) {
    // What is unknown may be the mask.
    if (plain.some((term) => holds(term, ["?"]))) return [];
    if (isSetting(value, all, source) || isHandedDone(where)) return [];
    if (/\[\s*~?\w*(done|terminal)\w*\s*\]\s*=\s*0/i.test(source.text)) return [];
    const sure = seen && !endless.test(source.text);
    return [
      {
        id: "done-mask-missing",
        severity: sure ? "error" : "warning",
        confidence: sure ? 0.8 : 0.6,
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
  const inner = whereIt(value, all, ({ polynomial }) =>
    polynomial.some((term) => holds(term, [symbols.done])),
  );
  return [
    {
      id: "done-mask-inverted",
      severity: "warning",
      confidence: 0.75,
      ...lineOf(inner.expression, source),
      evidence,
      message:
        "The next state's value is multiplied by done, not by 1 − done: only the ends of episodes are bootstrapped.",
      fix: "Multiply by 1 − done, unless what is stored under this name is 1 while the episode goes on.",
      reference: "done-mask-inverted",
    },
  ];
}

/** Whether it is the target of other critics than those whose target has the entropy: of costs, say. */
function isAnother(value: SoftValue, values: readonly SoftValue[]): boolean {
  const critics = ({ events }: SoftValue) =>
    events.flatMap((event) =>
      event.kind === "q" && event.at.kind === "call" ? [spelling(event.at.callee).replace(/\d+/g, "")] : [],
    );
  const own = critics(value);
  const soft = values.filter((one) => one.kind === "backup" && one.logProb !== 0).flatMap(critics);
  return (
    value.kind === "backup" && own.length > 0 && soft.length > 0 && !own.some((name) => soft.includes(name))
  );
}

/** A DQN's target beside this algorithm's: the online network chooses there, and there is no entropy. */
function isGreedy({ scope, events }: SoftValue): boolean {
  return [scope, ...events.map((event) => event.scope)].some(({ name }) => /dqn/i.test(name));
}

/** Whether a setting about the ends of episodes chooses between a target with a mask and this one. */
function isSetting(
  { scope, statement, expression }: SoftValue,
  all: readonly SoftValue[],
  source: Source,
): boolean {
  const asks = ({ arms }: Statement) =>
    arms.some(({ from }) =>
      /\bif\b.*(term|done|mask|boot|timeout|infinite|absorb)[^\n]*\s*$/i.test(
        source.text.slice(from - 120, from),
      ),
    );
  return all.some(
    (other) =>
      other.kind === "backup" &&
      other.scope === scope &&
      other.expression !== expression &&
      other.polynomial.some((term) => holds(term, [symbols.notDone, symbols.done])) &&
      (asks(statement) || asks(other.statement)),
  );
}

/** Whether what makes it is given the ends of episodes, whatever it does with them. */
function isHandedDone({ expression }: SoftValue): boolean {
  return (
    expression.kind === "call" &&
    expression.args.some(({ name, value }) => /done|termina/i.test(`${name ?? ""} ${nameOf(value)}`))
  );
}

/** Whether its Q comes from a caller that is not in sight, who may have put the entropy into it. */
function isHanded({ events, scope }: SoftValue): boolean {
  return events.some(
    ({ kind, ...event }) =>
      kind === "q" &&
      "scope" in event &&
      "at" in event &&
      event.at.kind === "name" &&
      event.scope === scope &&
      isParameter(event.at.name, event.scope),
  );
}

function isParameter(name: string, scope: Scope): boolean {
  return scope.parameters.some((one) => one.name === name) && assigned(scope, name).length === 0;
}

/** What a network gives, from which no more is made in sight. */
function isBare({ kind, expression, events }: SoftValue): boolean {
  return (
    kind === "value" &&
    !events.some((event) => event.kind === "smallest" || event.kind === "largest") &&
    !within(expression).some((part) => part.kind === "binary")
  );
}

/** Whether a later statement that could not be read puts it together with log π. */
function isMixedLater({ name, scope, statement }: SoftValue, all: readonly SoftValue[]): boolean {
  return scope.statements.some((later) => {
    if (later.from <= statement.from || all.some((one) => one.statement === later)) return false;
    // A report that names both does not mix them.
    return within(later.value).some((sum) => {
      if (sum.kind !== "binary") return false;
      const names = within(sum).filter((part) => spelling(part) !== "");
      return (
        names.some((part) => spelling(part) === name) &&
        names.some((part) => {
          const role = roleOf(nameOf(part));
          return role === symbols.logProb || role === symbols.entropy;
        })
      );
    });
  });
}

/** Whether it is at hand there whether the episode ended. */
function seesDone({ parameters, statements }: Scope): boolean {
  const tells = (name: string) =>
    [symbols.done, symbols.notDone].some((role) => role === roleOf(name)) && !/bootstrap/i.test(name);
  const named = (part: Expression) => part.kind !== "call" && tells(nameOf(part));
  return (
    parameters.some(({ name }) => tells(name)) ||
    statements.some(
      (statement) =>
        within(statement.value).some(named) ||
        (statement.kind === "assign" && within(statement.target).some(named)),
    )
  );
}

/** A buffer that keeps 1 while the episode goes on. */
function storesNotDone(text: string): boolean {
  return (
    /(store|add|append|push|remember|insert|put|save|record)\w*\([^\n]*(\bnot |1(\.0)? ?- ?)(\w+\.)*(int|float)?\(?(d|done|term)\w*/i.test(
      text,
    ) ||
    /=\s*(1(\.0)?\s*-\s*|not\s+)(int\(|float\()?(d|done|term)\w*/i.test(text) ||
    /\b0(\.0?)? if (\w*_)?(d|done|term\w*) else 1/i.test(text)
  );
}

function online(
  value: SoftValue,
  actors: readonly OfQ[],
  states: boolean,
  lagged: Lag,
  source: Read,
): SourceFinding[] {
  const events = value.events.filter((event): event is OfQ => event.kind === "q");
  // A value of the current state is rightly taken from the online critics, where there is a network of such values.
  const next =
    value.statement.withoutGradient && value.logProb !== 0 && /next/i.test(textOf(value.scope, source));
  if (value.kind === "value" && !(next && !states) && !events.some((event) => isTarget(event, source)))
    return [];
  const own = ({ at }: OfQ) => value.statement.from <= at.from && at.to <= value.statement.to;
  const wrong = events
    .filter((event) => {
      if (servesBoth(event) || !isOnline(event, source, events, actors)) return false;
      const at = helperCalled(event, value, source);
      return !at || !isTarget({ kind: "q", at, scope: value.scope }, source);
    })
    .toSorted((a, b) => Number(own(b)) - Number(own(a)));
  return wrong.slice(0, 1).map((event) => ({
    id: "online-critic-in-target",
    severity: lagged === "kept" ? "error" : "warning",
    confidence: lagged === "kept" ? 0.85 : 0.6,
    ...lineOf(helperCalled(event, value, source) ?? chosenAt(event, source), source),
    evidence: { critic: source.text.slice(event.at.from, event.at.to) },
    message: "The target takes the critic that is being trained, not its slow copy: it chases itself.",
    fix: "Take the target network here, without gradient.",
    reference: "online-critic-in-target",
  }));
}

/** Where a helper is called that serves others too: not it is wrong, but that it is called here. */
function helperCalled({ scope }: OfQ, value: SoftValue, { program }: Read): Expression | undefined {
  if (scope === value.scope || scope.kind !== "function") return undefined;
  const calls = program.callsOf(scope.name);
  const met = value.events.flatMap((event) => (event.kind === "statement" ? [event.statement] : []));
  const here = calls.find(({ statement }) => statement === value.statement || met.includes(statement));
  return calls.length > 1 ? here?.call : undefined;
}

const textOf = ({ place }: Scope, { text }: Source): string => text.slice(place.from, place.to);

export function lineOf({ from, to }: Expression, source: Source): { line: number; endLine: number } {
  return { line: source.lineOf(from), endLine: source.lineOf(to) };
}
