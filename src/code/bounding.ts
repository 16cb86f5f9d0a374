// Where a program bounds the parameter of α: the parameter itself, or only a copy of it, and between which numbers.

import type { Evaluator } from "./evaluate.ts";
import { nameOf, spelling, within } from "./lookup.ts";
import { numberIn } from "./number.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

type Call = Expression & { readonly kind: "call" };

export interface Bounding {
  readonly scope: Scope;
  readonly statement: Statement;
  readonly at: Expression;
  /** The bounded parameter is changed, is given to its name anew, or stays as it was. */
  readonly how: "kept" | "renamed" | "lost";
  readonly min?: number;
  readonly max?: number;
}

interface Bounded {
  readonly at: Call;
  readonly subject: Expression;
  readonly low?: Expression;
  readonly high?: Expression;
  readonly inPlace: boolean;
}

/** What gives the same memory another face. */
const faces = /^(data|detach|value|view|squeeze|flatten|ravel|T|weight|param)$/;
const stores = /^(copy_|fill_|assign|set_|set_value|set_data|assign_value|put)$/;

export function boundings({ program }: Evaluator, isParameter: (name: string) => boolean): Bounding[] {
  return program.scopes.flatMap((scope) =>
    scope.statements.flatMap((statement): Bounding[] => {
      const found = boundedIn(statement.value, isParameter);
      if (!found) return [];
      const how = howOf(statement, found, isParameter);
      if (!how) return [];
      const [min, max] = [found.low, found.high].map((bound) => bound && numberIn(bound, scope));
      return [
        {
          scope,
          statement,
          at: found.at,
          how,
          ...(min === undefined ? {} : { min }),
          ...(max === undefined ? {} : { max }),
        },
      ];
    }),
  );
}

function howOf(
  statement: Statement,
  { at, subject, inPlace }: Bounded,
  isParameter: (name: string) => boolean,
): Bounding["how"] | undefined {
  const own = isOwn(subject, isParameter);
  if (inPlace) return own ? "kept" : "lost";
  const { value } = statement;
  if (statement.kind === "assign") {
    const { target } = statement;
    const face = target.kind === "item" || (target.kind === "member" && faces.test(target.name));
    if (face && isParameter(nameOf(peeled(target)))) return own || !isExponential(value) ? "kept" : undefined;
    if (!isParameter(nameOf(target))) return undefined;
    // A name for the clamped value beside that of the parameter only reads it.
    const other = spelling(peeled(subject));
    if (other !== "" && other !== spelling(target)) return undefined;
    // What is made of the clamped value is another thing.
    return isExponential(value) || !ends(value, at) ? undefined : "renamed";
  }
  if (statement.kind !== "evaluate") return undefined;
  if (value === at) return "lost";
  const called = value.kind === "call" && value.callee.kind === "member" ? value.callee : undefined;
  if (!called) return undefined;
  const into = called.name === "set_value" && value.kind === "call" ? value.args[0]?.value : called.of;
  if (stores.test(called.name) && into && isParameter(nameOf(peeled(called.of)))) return "kept";
  if (called.name === "set_value" && into && isParameter(nameOf(into))) return "kept";
  return ends(value, at) ? "lost" : undefined;
}

/** Whether a value is the bounded one, but for casts. */
function ends(value: Expression, at: Expression): boolean {
  if (value === at) return true;
  if (value.kind === "item") return ends(value.of, at);
  if (value.kind !== "call") return false;
  if (value.callee.kind === "member" && value.args.length === 0) return ends(value.callee.of, at);
  return (
    /^(min|max|minimum|maximum|tensor|Parameter|Variable|as_tensor|asarray|array|requires_grad_|float|constant|to|astype)$/.test(
      nameOf(value),
    ) &&
    [
      ...value.args.map((one) => one.value),
      ...(value.callee.kind === "member" ? [value.callee.of] : []),
    ].some((one) => ends(one, at))
  );
}

function isExponential(value: Expression): boolean {
  return within(value).some((part) => part.kind === "call" && /^(exp|softplus)$/.test(nameOf(part)));
}

/** The parameter itself, by whatever face, or what a module of its name keeps: not a copy, and nothing computed of it. */
function isOwn(subject: Expression, isParameter: (name: string) => boolean): boolean {
  const own = peeled(subject);
  return isParameter(nameOf(own)) || (own.kind === "member" && isOwn(own.of, isParameter));
}

function peeled(expression: Expression): Expression {
  if (expression.kind === "item") return peeled(expression.of);
  if (expression.kind === "member" && faces.test(expression.name)) return peeled(expression.of);
  if (
    expression.kind === "call" &&
    expression.callee.kind === "member" &&
    expression.args.length === 0 &&
    faces.test(expression.callee.name)
  ) {
    return peeled(expression.callee.of);
  }
  return expression;
}

/** The outermost clamp of the parameter, with both bounds where two calls set one each. */
function boundedIn(whole: Expression, isParameter: (name: string) => boolean): Bounded | undefined {
  let found: Bounded | undefined;
  for (const part of within(whole)) {
    const one = part.kind === "call" ? bounded(part, isParameter) : undefined;
    if (!one || !mentions(one.subject, isParameter)) continue;
    if (!found || (one.at.from <= found.at.from && found.at.to <= one.at.to)) found = one;
  }
  return found;
}

function bounded(call: Call, isParameter: (name: string) => boolean, depth = 0): Bounded | undefined {
  const { callee, args } = call;
  const name = nameOf(callee);
  const inPlace = /_$/.test(name) || args.some((one) => one.name === "out");
  const clamp = /^(clamp|clip|clip_by_value|clipByValue)_?$/.test(name);
  const least = /^(clamp_min|clip_min|max|maximum|amax|fmax)_?$/.test(name);
  const most = /^(clamp_max|clip_max|min|minimum|amin|fmin)_?$/.test(name);
  if (!(clamp || least || most) || depth > 3) return undefined;
  const bare = args.filter((one) => one.name === undefined).map(({ value }) => value);
  const method = callee.kind === "member" && !isLibrary(callee.of);
  const all = method ? [callee.of, ...bare] : bare;
  const named = (key: RegExp) => args.find((one) => key.test(one.name ?? ""))?.value;
  if (clamp) {
    const [subject = named(/^(input|x|a|t)$/), low, high] = all;
    if (!subject) return undefined;
    return {
      at: call,
      subject,
      inPlace,
      ...bound("low", low ?? named(/^(min|a_min|min_val|min_value|clip_value_min|lo|low|lower)$/)),
      ...bound("high", high ?? named(/^(max|a_max|max_val|max_value|clip_value_max|hi|high|upper)$/)),
    };
  }
  const [subject, ...others] = all.filter((one) => mentions(one, isParameter));
  if (all.length !== 2 || !subject || others.length > 0) return undefined;
  const own = {
    at: call,
    subject,
    inPlace,
    ...bound(
      least ? "low" : "high",
      all.find((one) => one !== subject),
    ),
  };
  const inner = subject.kind === "call" ? bounded(subject, isParameter, depth + 1) : undefined;
  if (!inner) return own;
  return { ...inner, ...own, subject: inner.subject };
}

function bound(key: "low" | "high", value: Expression | undefined) {
  return value ? { [key]: value } : {};
}

function isLibrary(expression: Expression): boolean {
  return (
    (expression.kind === "name" &&
      /^(torch|th|tf|np|jnp|jax|Math|math|K|mx|paddle|T|ops|lax|keras|F|tnp)$/.test(expression.name)) ||
    (expression.kind === "member" &&
      /^(math|lax|numpy|ops|keras|backend)$/.test(expression.name) &&
      !/^(self|this)$/.test(spelling(expression.of)))
  );
}

function mentions(expression: Expression, isParameter: (name: string) => boolean): boolean {
  return within(expression).some((part) => isParameter(nameOf(part)));
}
