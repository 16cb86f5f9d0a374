// A step of α that is written out: what is taken from log α, or applied to it, is the derivative of the loss.

import type { Evaluator } from "./evaluate.ts";
import { nameOf, spelling, within } from "./lookup.ts";
import { has, type Polynomial, product, scale, sum, symbol } from "./polynomial.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

export interface HandStep {
  /** What descends by this derivative. */
  readonly polynomial: Polynomial;
  readonly expression: Expression;
  readonly rate?: Expression;
}

const temperatures: readonly string[] = [
  symbols.alpha,
  symbols.alphaFixed,
  symbols.logAlpha,
  symbols.logAlphaFixed,
];
const logs = [symbols.logProb, symbols.logProbs, symbols.entropy];

/** Undefined where the statement steps nothing by hand. */
export function handStep(evaluator: Evaluator, statement: Statement, scope: Scope): HandStep | undefined {
  const site = { scope, before: statement.from };
  const read = (expression: Expression) => evaluator.of(expression, site);
  if (statement.kind === "assign") {
    const { target, value } = statement;
    if (target.kind === "sequence") return undefined;
    // `log_alpha.grad = …` is what an optimiser steps by.
    if (target.kind === "member" && target.name === "grad") {
      return isLogAlpha(read(target.of)) ? descent(read(value), value) : undefined;
    }
    const name =
      roleOf(nameOf(target)) === symbols.logAlpha || evaluator.exponentiated.has(nameOf(faceless(target)));
    if (!name && roleOf(nameOf(faceless(target))) !== symbols.logAlpha) return undefined;
    const whole = read(value);
    const rest = sum(whole, scale(symbol(symbols.logAlpha), -1));
    if (rest.length >= whole.length || rest.length === 0) return undefined;
    return descent(scale(rest, -1), value, rateIn(value));
  }
  const call = statement.value;
  if (call.kind !== "call" || call.callee.kind !== "member") return undefined;
  const sign = {
    sub_: 1,
    subtract_: 1,
    assign_sub: 1,
    assignSub: 1,
    add_: -1,
    assign_add: -1,
    assignAdd: -1,
  }[call.callee.name];
  const [first] = call.args;
  if (sign === undefined || !first || !isLogAlpha(read(call.callee.of))) return undefined;
  const by = call.args.find((one) => one.name === "alpha")?.value;
  const factor = by ? Math.sign(read(by)[0]?.by ?? 1) : 1;
  return descent(scale(read(first.value), sign * factor), call, by ?? rateIn(first.value));
}

function descent(derivative: Polynomial, expression: Expression, rate?: Expression): HandStep | undefined {
  if (!has(derivative, ...logs) || derivative.length > 6) return undefined;
  const bare = derivative.map(({ by, symbols: names }) => ({
    by,
    symbols: names.filter((name) => !temperatures.includes(name)),
  }));
  return {
    polynomial: product(sum(bare), symbol(symbols.logAlpha)),
    expression,
    ...(rate ? { rate } : {}),
  };
}

function isLogAlpha(polynomial: Polynomial): boolean {
  const [only] = polynomial;
  return polynomial.length === 1 && only!.by === 1 && only!.symbols.join() === symbols.logAlpha;
}

function faceless(target: Expression): Expression {
  if (target.kind === "item") return faceless(target.of);
  return target.kind === "member" && /^(data|value)$/.test(target.name) ? faceless(target.of) : target;
}

/** The factor that is called a rate. */
function rateIn(value: Expression): Expression | undefined {
  return within(value).find(
    (part) =>
      (part.kind === "name" || part.kind === "member") &&
      /(^|_)(lr|rate|step_size)$|[a-z](Lr|LR|Rate)$/.test(nameOf(part)) &&
      spelling(part) !== "",
  );
}
