// The parameter weighs the entropy as it is, though its name says logarithm: nothing keeps α above 0.

import { lineOf } from "./critic.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, nameOf } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import { has } from "./polynomial.ts";
import type { SourceFinding } from "./report.ts";
import { symbols } from "./roles.ts";
import { holds, type SoftValue } from "./soft.ts";
import type { Expression, Scope } from "./syntax.ts";

const logs = [symbols.logAlpha, symbols.logAlphaFixed];
const likelihoods = [symbols.logProb, symbols.logProbs, symbols.entropy];
const values = [symbols.q, symbols.qFixed, symbols.v];
/** What makes a positive number of any, on a line that may be about α. */
const positive = /\bexp\b|exp\(|softplus|sigmoid|expit|math\.e\b|Math\.E\b/i;
const temperature = /alpha|temp|ent|coef|dual|log_/i;

/** `log_alpha` before log π in an actor's loss or a target, in a program that nowhere takes its exponential. */
export function judgeWeighing(
  evaluator: Evaluator,
  all: readonly SoftValue[],
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): SourceFinding[] {
  const lines = source.text.split("\n");
  if (lines.some((line) => positive.test(withoutDensity(line)) && temperature.test(line))) return [];
  const weighed = all.find(({ polynomial }) => {
    const bonus = polynomial.filter((term) => holds(term, likelihoods) && !holds(term, values));
    const raw = bonus.filter((term) => holds(term, logs));
    return raw.length > 0 && raw.length === bonus.length && !has(polynomial, "?");
  });
  if (!weighed) return [];
  const [optimizer] = optimizers;
  const made = optimizer?.holds
    ? assigned(optimizer.scope, optimizer.holds).findLast(({ statement }) =>
        /requires_grad|Parameter|Variable/.test(source.text.slice(statement.from, statement.to)),
      )
    : undefined;
  const at = made?.statement ?? givenIn(evaluator, weighed) ?? weighed.expression;
  return [
    {
      id: "alpha-negative",
      severity: "error",
      confidence: 0.8,
      ...lineOf({ kind: "opaque", from: at.from, to: at.to }, source),
      evidence: { weighs: source.text.slice(weighed.expression.from, weighed.expression.to) },
      message:
        "The entropy is weighed by the parameter itself, and not by its exponential: nothing keeps α above 0.",
      fix: "Optimise log α and use its exponential.",
      reference: "alpha-negative",
    },
  ];
}

/** `log_std.exp()` and `log_p.exp()` are others'. */
function withoutDensity(line: string): string {
  return line.replace(
    /\w*(std|sigma|_sd|prob|log_?p)\w*(\.\w+\([^()]*\))*\.exp\(|exp\(\s*\w*(std|sigma|_sd|prob|log_?p)\w*/gi,
    "",
  );
}

/** Where a name of α's is given the parameter, on the way to the value. */
function givenIn(evaluator: Evaluator, { events }: SoftValue): { from: number; to: number } | undefined {
  for (const event of events) {
    if (event.kind !== "statement" || plain(event.statement.value)) continue;
    if (isLog(evaluator, event.statement.value, event.scope, event.statement.from)) return event.statement;
  }
  return undefined;
}

function isLog(evaluator: Evaluator, value: Expression, scope: Scope, before: number): boolean {
  const polynomial = evaluator.of(value, { scope, before });
  return polynomial.length === 1 && polynomial[0]!.symbols.length === 1 && has(polynomial, ...logs);
}

const plain = (value: Expression): boolean => value.kind === "number" || nameOf(value) === "Parameter";
