// The settings that a program states in numbers, as the rules on its log want them.

import type { AlphaLoss } from "./alpha-loss.ts";
import { boundings } from "./bounding.ts";
import { assigned, type Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { callsIn, spelling } from "./lookup.ts";
import { numberIn } from "./number.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import { optimizerMade } from "./optimizer-call.ts";
import type { SourceFact, SourceFacts } from "./report.ts";
import type { Expression, Scope } from "./syntax.ts";

/** α before its first step, where its parameter is made from a number. */
export function initialAlpha(
  optimizer: AlphaOptimizer,
  log: boolean,
  source: Source,
): SourceFact | undefined {
  const made = assigned(optimizer.scope, optimizer.holds)[0];
  if (!made || made.part !== undefined) return undefined;
  const { value } = made.statement;
  const name = value.kind === "call" && "name" in value.callee ? value.callee.name : "";
  const raw = name === "zeros" ? 0 : name === "ones" ? 1 : numberIn(value, optimizer.scope);
  if (raw === undefined) return undefined;
  return {
    expression: source.text.slice(value.from, value.to),
    line: source.lineOf(value.from),
    value: log ? Math.exp(raw) : raw,
  };
}

/** Bounds of α where the parameter is clamped between numbers. */
export function clampOf(
  evaluator: Evaluator,
  names: ReadonlySet<string>,
  log: boolean,
  broken: boolean,
  source: Source,
): SourceFacts["clamp"] {
  const all = boundings(evaluator, (name) => names.has(name)).filter(
    ({ min, max }) => min !== undefined || max !== undefined,
  );
  const found = all.find(({ how }) => how === "kept") ?? all[0];
  if (!found) return undefined;
  const bound = (value: number) => (log ? Math.exp(value) : value);
  return {
    ...(found.min === undefined ? {} : { min: bound(found.min) }),
    ...(found.max === undefined ? {} : { max: bound(found.max) }),
    holds: !broken && found.how !== "lost",
    line: source.lineOf(found.at.from),
  };
}

/**
 * The kind of the optimiser and its rate where none is α's alone: a factory's, or the only one, which steps all that
 * goes into one sum of losses.
 */
export function commonStep(
  { program }: Evaluator,
  losses: readonly AlphaLoss[],
  source: Source,
): { readonly optimizer?: string; readonly learningRate?: SourceFact } {
  const factSource = (rate: Expression, scope: Scope): SourceFact => {
    const value = numberIn(rate, scope);
    const fact = { expression: source.text.slice(rate.from, rate.to), line: source.lineOf(rate.from) };
    return value === undefined ? fact : { ...fact, value };
  };
  const all: { kind: string; rate?: Expression; scope: Scope }[] = [];
  for (const scope of program.scopes) {
    for (const { call, statement } of callsIn(scope)) {
      const made = optimizerMade(call, scope);
      if (made) all.push({ ...made, scope });
      const name = statement.kind === "assign" ? spelling(statement.target) : "";
      const rate = call.args.find((one) => /^(lr|learning_rate)$/.test(one.name ?? ""))?.value;
      if (!made && rate && /opt/i.test(name) && /alpha|temp|ent/i.test(name)) {
        return { learningRate: factSource(rate, scope) };
      }
    }
  }
  const [only] = all;
  const hand = losses.find(({ byHand }) => byHand?.rate);
  if (hand?.byHand?.rate) return { optimizer: "sgd", learningRate: factSource(hand.byHand.rate, hand.scope) };
  if (losses.length === 0 || !only || all.length > 1) return {};
  return { optimizer: only.kind, ...(only.rate ? { learningRate: factSource(only.rate, only.scope) } : {}) };
}
