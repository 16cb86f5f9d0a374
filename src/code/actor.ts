// What is wrong with an actor's loss: the signs of Q and of α·log π, an entropy that is not in it, a Q without gradient.

import { helperOf } from "./callees.ts";
import { lineOf } from "./critic.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, nameOf, type Program, within } from "./lookup.ts";
import type { Orientation } from "./orientation.ts";
import { has, type Polynomial } from "./polynomial.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { holds, madeOf, type SoftValue, whereIt } from "./soft.ts";
import type { Expression, Scope } from "./syntax.ts";
import { isOption } from "./twins.ts";
import { isQ } from "./value.ts";

export function judgeActors(
  { program }: Evaluator,
  values: readonly SoftValue[],
  all: readonly SoftValue[],
  isSoft: (value: SoftValue) => boolean,
  orientation: (value: SoftValue) => Orientation,
  discrete: boolean | undefined,
  source: Source,
): SourceFinding[] {
  return values.flatMap((value): SourceFinding[] => {
    if (value.kind !== "actor") return [];
    const { q, logProb, witnesses } = orientation(value);
    const findings: SourceFinding[] = [];
    const at = (says: (one: SoftValue) => boolean) => lineOf(whereIt(value, all, says).expression, source);
    const severity = witnesses >= 2 || value.logProb === 0 ? ("error" as const) : ("warning" as const);
    const wrongQ = value.q !== -q && !isChosen(value, all);
    const wrongEntropy = value.logProb !== 0 && value.logProb !== logProb;
    const loss = `${value.logProb < 0 ? "−" : ""}${value.logProb === 0 ? "" : "α·log π "}${value.q < 0 ? "−" : "+"} Q`;
    // Other algorithms weigh log π too.
    const ours = value.tempered || witnesses >= 2 || (value.logProb === 0 && isSoft(value));
    // As in REINFORCE, where the sign is that of an advantage.
    const weighted = weightsDensity(value);
    if (ours && !weighted && (wrongQ || wrongEntropy)) {
      findings.push({
        id: "actor-loss-sign",
        severity,
        confidence: severity === "error" ? 0.9 : 0.6,
        // What is minimised may be the negative of what was written.
        ...at(
          (one) =>
            (one.q === value.q && one.logProb === value.logProb) ||
            (wrongQ !== wrongEntropy && one.q === -value.q && one.logProb === -value.logProb),
        ),
        evidence: { loss },
        message: wrongQ
          ? `The actor minimises ${loss}, and so seeks the actions that the critic values least.`
          : `The actor minimises ${loss}, which rewards a certain policy; the other losses here have Q − α·log π.`,
        fix: "Minimise α·log π − Q.",
        reference: "actor-loss-sign",
      });
    }
    if (value.logProb === 0 && isSoft(value) && !value.open && !weighted && seesDensity(value)) {
      findings.push({
        id: "entropy-unresponsive",
        severity: "error",
        confidence: 0.8,
        ...lineOf(written(value, all, program), source),
        evidence: { loss },
        message: "The actor's loss has no α·log π: α is tuned, and the policy never feels it.",
        fix: "Minimise α·log π − Q, with α detached.",
        reference: "entropy-unresponsive",
      });
    }
    if (!discrete) findings.push(...detachedQ(value, all, discrete, source));
    return findings;
  });
}

function detachedQ(
  value: SoftValue,
  all: readonly SoftValue[],
  discrete: boolean | undefined,
  source: Source,
): SourceFinding[] {
  const terms = value.polynomial.filter((term) => holds(term, [symbols.q, symbols.qFixed]));
  // Where all actions are weighted by π, the gradient goes through π.
  const cut =
    terms.length > 0 &&
    terms.every((term) => holds(term, [symbols.qFixed]) && !holds(term, [symbols.probability]));
  // What is unknown may be the weight.
  if (discrete === undefined && terms.some((term) => holds(term, ["?"]))) return [];
  // Where log π multiplies it, the gradient goes through log π, as in REINFORCE.
  const parts = all.filter((one) => madeOf(value, one));
  if (!cut || weightsDensity(value) || ![value, ...parts].some(takesAction)) return [];
  const [detach] = value.events.filter(
    (event) => event.kind === "detach" && (isQ(event.of) || isWhole(event.at, event.of, [value, ...parts])),
  );
  if (detach?.kind !== "detach") return [];
  const expression = detach.at;
  return [
    {
      id: "actor-q-detached",
      severity: "error",
      confidence: 0.9,
      ...lineOf(expression, source),
      evidence: { detached: source.text.slice(expression.from, expression.to) },
      message:
        "Q is cut off from its gradient: the actor learns nothing from the critic, and only its entropy grows.",
      fix: "Leave Q attached; only the actor's optimiser steps on this loss.",
      reference: "actor-q-detached",
    },
  ];
}

/** Whether Q is that of an action, through which a gradient may go, and not of every action of a state. */
function takesAction({ events }: SoftValue): boolean {
  const joined = /^(cat|concat|concatenate|hstack)$/;
  const given = (argument: Expression, scope: Scope) =>
    argument.kind === "name" &&
    assigned(scope, argument.name).some(
      ({ statement }) => statement.to < argument.from && joined.test(nameOf(statement.value)),
    );
  if (
    events.some(
      (event) =>
        event.kind === "q" &&
        event.at.kind === "call" &&
        event.at.args.some(({ value }) => given(value, event.scope)),
    )
  )
    return true;
  const calls = events.flatMap((event) => (event.kind === "q" && event.at.kind === "call" ? [event.at] : []));
  return (
    calls.length === 0 ||
    calls.some(
      ({ args }) =>
        args.filter(
          ({ name, value }) =>
            name === undefined || /act|obs|state|input/i.test(name ?? "") || value.kind === "sequence",
        ).length > 1 ||
        args.some(
          ({ value }) =>
            value.kind === "sequence" ||
            (value.kind === "record" && value.entries.length > 1) ||
            (value.kind === "call" && value.args.length > 0),
        ),
    )
  );
}

/** Whether another branch has a loss of the same name with another sign: somebody chooses what Q is. */
function isChosen(value: SoftValue, all: readonly SoftValue[]): boolean {
  return (
    isOption(value.statement, value.scope) &&
    value.name !== "" &&
    all.some(
      (other) =>
        other.scope === value.scope &&
        other.statement !== value.statement &&
        other.name === value.name &&
        other.q !== value.q &&
        other.statement.arms.length > 0,
    )
  );
}

/** The loss itself, cut off where it is written. */
function isWhole(at: Expression, of: Polynomial, written: readonly SoftValue[]): boolean {
  if (at.kind !== "call") return false;
  const subject = at.callee.kind === "member" ? at.callee.of : undefined;
  const whole = subject?.kind === "binary" || subject?.kind === "call" || at.args.length > 0;
  return (
    whole &&
    has(of, symbols.q) &&
    written.some(
      ({ statement }) => statement.kind !== "evaluate" && statement.from <= at.from && at.to <= statement.to,
    )
  );
}

function weightsDensity(value: SoftValue): boolean {
  return value.polynomial.some(
    (term) =>
      holds(term, [symbols.q, symbols.qFixed, symbols.v]) &&
      holds(term, [symbols.logProb, symbols.logProbs, symbols.entropy]),
  );
}

/** The expression that a loss is written out by, through the names and helpers that only hand it on. */
function written(value: SoftValue, all: readonly SoftValue[], program: Program): Expression {
  const inner = whereIt(value, all, (one) => one.logProb === 0 && one.kind === "actor");
  return follow(inner.expression, inner.scope, 0) ?? inner.expression;

  function follow(expression: Expression, scope: Scope, depth: number): Expression | undefined {
    if (depth > 6) return undefined;
    // Where it is stepped the sign may be turned; elsewhere a loss is made by that.
    if (expression.kind === "minus")
      return inner.statement.kind === "evaluate" && depth === 0 ? follow(expression.of, scope, 1) : undefined;
    if (expression.kind === "name") {
      if (roleOf(expression.name) === symbols.q) return undefined;
      const given = assigned(scope, expression.name).findLast(
        ({ statement }) => statement.to <= expression.from,
      );
      if (!given || given.part !== undefined) return undefined;
      return follow(given.statement.value, scope, depth + 1) ?? given.statement.value;
    }
    if (expression.kind !== "call") return undefined;
    const { callee, args } = expression;
    if (callee.kind === "member" && args.length === 0 && callee.of.kind === "name")
      return follow(callee.of, scope, depth + 1);
    const helper = helperOf(callee, scope, program);
    const returned = helper?.statements.findLast(({ kind }) => kind === "return")?.value;
    const first = returned?.kind === "sequence" ? returned.of[0] : returned;
    return helper && first && (follow(first, helper, depth + 1) ?? first);
  }
}

/** Whether log π is at hand where the loss is computed. */
function seesDensity({ scope, events }: SoftValue): boolean {
  const named = (name: string) => {
    const role = roleOf(name);
    return role === symbols.logProb || role === symbols.entropy;
  };
  const met = events.flatMap((event) => (event.kind === "statement" ? [event.scope] : []));
  const around = new Set(
    [scope, ...met].flatMap((one) => (one.parent?.kind === "function" ? [one, one.parent] : [one])),
  );
  return [...around].some(
    ({ parameters, statements }) =>
      parameters.some(({ name }) => named(name)) ||
      statements.some((statement) => {
        const { value } = statement;
        const targets =
          statement.kind !== "assign"
            ? []
            : statement.target.kind === "sequence"
              ? statement.target.of
              : [statement.target];
        return [...targets, ...within(value)].some(
          (part) => (part.kind === "name" || part.kind === "member") && named(part.name),
        );
      }),
  );
}
