// The sign of a declared target entropy: −d and log n are told apart, and what cannot be told is left open.

import { assigned, ownerOf, spelling } from "./evaluate.ts";
import { nameOf } from "./lookup.ts";
import { literal, numberIn } from "./number.ts";
import type { SourceFact } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { type Expression, everyScope, type Scope } from "./syntax.ts";

const positive =
  /(^|_)(n|d|dim|dims|size|shape|num|count|actions?|prod|ratio|scale|coef|len)(_|$|[A-Z])|actions?|^n[A-Z]?$/i;

export interface Target {
  readonly fact: SourceFact;
  /** Where the value is written that the name is given, through other names. */
  readonly line: number;
  /** −1 or 1; undefined where it is not shown, or where branches differ. */
  readonly sign?: number;
  /** Whether it grows with the number of actions itself, which no entropy does. */
  readonly linear: boolean;
}

/** The target of a class where it shows one, or else of the whole program. */
export function targetOf(
  root: Scope,
  owner: Scope | undefined,
  lineOf: (at: number) => number,
  text: string,
): Target | undefined {
  const own = owner && among(owner, lineOf, text);
  return own?.sign === undefined ? (among(root, lineOf, text) ?? own) : own;
}

function among(root: Scope, lineOf: (at: number) => number, text: string): Target | undefined {
  const found: { expression: Expression; scope: Scope }[] = [];
  for (const scope of everyScope(root)) {
    for (const statement of scope.statements) {
      if (statement.kind !== "assign") continue;
      const name = spelling(statement.target).split(".").at(-1)!;
      if (roleOf(name) === symbols.target) found.push({ expression: statement.value, scope });
    }
    for (const { value } of scope.statements) {
      const [key, held] = value.kind === "call" && nameOf(value) === "register_buffer" ? value.args : [];
      if (key?.value.kind === "string" && held && roleOf(key.value.value) === symbols.target)
        found.push({ expression: held.value, scope });
    }
    // A property, or a function that computes it.
    if (scope.kind === "function" && roleOf(scope.name) === symbols.target) {
      for (const statement of scope.statements) {
        if (statement.kind === "return") found.push({ expression: statement.value, scope });
      }
    }
    for (const { name, default: value } of scope.parameters) {
      if (roleOf(name) === symbols.target && value) found.push({ expression: value, scope });
    }
  }
  const told = found.map((one) => ({ ...one, sign: signOf(one.expression, one.scope, 0) }));
  const signed = told.filter(({ sign }) => sign !== undefined);
  const shown = signed[0] ?? told[0];
  if (!shown) return undefined;
  const { from, to } = shown.expression;
  const value = numberIn(shown.expression, shown.scope);
  const fact = {
    expression: text.slice(from, to),
    line: lineOf(from),
    ...(value === undefined ? {} : { value }),
  };
  const line = lineOf(declaredIn(shown.expression, shown.scope).from);
  const alike = signed.every(({ sign }) => sign === shown.sign);
  const linear = isLinear(fact.expression);
  return alike && shown.sign !== undefined
    ? { fact, line, sign: shown.sign, linear }
    : { fact, line, linear };
}

/** What a name in sight was given, through casts. */
function declaredIn(expression: Expression, scope: Scope, depth = 0): Expression {
  if (depth > 4) return expression;
  if (expression.kind === "call") {
    const [first, ...others] = expression.args.filter(({ name }) => name === undefined);
    const cast = /^(float|constant|tensor|as_tensor|array|float32)$/.test(nameOf(expression));
    const inner =
      cast && first && others.length === 0 && spelling(first.value) !== "" ? first.value : undefined;
    const found = inner && declaredIn(inner, scope, depth + 1);
    return found && found !== inner ? found : expression;
  }
  const name = spelling(expression);
  // The number of actions is no target by another name.
  if (name === "" || roleOf(nameOf(expression)) === symbols.size) return expression;
  const places = name.startsWith("self.") ? (ownerOf(scope)?.scopes ?? []) : [scope];
  for (const place of places) {
    const all = assigned(place, name);
    const [only] = all;
    if (all.length === 1 && only!.part === undefined && only!.statement.value !== expression)
      return declaredIn(only!.statement.value, place, depth + 1);
  }
  return expression;
}

/** |A| itself or nearly: more than log n, and more than any squashed Gaussian's entropy. */
function isLinear(expression: string): boolean {
  if (
    /log/.test(expression) ||
    !/\.n\b|act(ion)?s?_?(size|dim)|n(um)?_?act|\bprod\(|[aA]ction(Size|Count|Dim)/i.test(expression)
  )
    return false;
  const factors = [...expression.matchAll(/(?<![\w.])\d*\.?\d+(?![\w.])/g)].map(([number]) => Number(number));
  return factors.every((factor) => factor >= 0.7);
}

function signOf(expression: Expression, scope: Scope, depth: number): number | undefined {
  if (depth > 12) return undefined;
  const sign = (inner: Expression | undefined) =>
    inner === undefined ? undefined : signOf(inner, scope, depth + 1);
  switch (expression.kind) {
    case "number":
      return Math.sign(expression.value) || undefined;
    case "minus":
      return negated(sign(expression.of));
    case "binary": {
      if (!"*/".includes(expression.operator)) return undefined;
      const left = sign(expression.left);
      const right = sign(expression.right);
      return left === undefined || right === undefined ? undefined : left * right;
    }
    case "either": {
      const signs = expression.of.map(sign).filter((one) => one !== undefined);
      return new Set(signs).size === 1 ? signs[0] : undefined;
    }
    case "item":
      return sign(expression.of);
    case "call":
      return ofCall(expression, scope, depth);
    case "name":
    case "member": {
      const name = expression.name;
      if (/(^|_)(scale|ratio|coef\w*|factor|fraction|multiplier)$/i.test(name)) return 1;
      if (roleOf(name) !== symbols.target && positive.test(name)) return 1;
      const spelt = spelling(expression);
      const owner = ownerOf(scope);
      const places = spelt.startsWith("self.") ? (owner?.scopes ?? []) : [scope, scope.parent];
      for (const place of places) {
        const last = place && assigned(place, spelt).at(-1);
        if (last?.part === undefined && last && last.statement.value !== expression) {
          return signOf(last.statement.value, place, depth + 1);
        }
      }
      const parameter = scope.parameters.find((one) => one.name === name);
      return sign(parameter?.default);
    }
    default:
      return undefined;
  }
}

function ofCall(expression: Expression & { kind: "call" }, scope: Scope, depth: number): number | undefined {
  const { callee, args } = expression;
  const name = "name" in callee ? callee.name : "";
  const first = args.find((argument) => argument.name === undefined)?.value;
  if (name === "log") {
    const inner = first?.kind === "binary" ? first : undefined;
    const share = inner?.operator === "/" && literal(inner.left) === 1;
    if (share) return -1;
    return first && signOf(first, scope, depth + 1) === 1 ? 1 : undefined;
  }
  if (name === "getattr" || name === "get") {
    const fallback = args[name === "getattr" ? 2 : 1]?.value;
    return fallback && signOf(fallback, scope, depth + 1);
  }
  if (name === "prod" || name === "len") {
    return first?.kind === "minus" ? -1 : 1;
  }
  const library = callee.kind !== "member" || /^(torch|np|tf|jnp|math)$/.test(spelling(callee.of));
  if (
    /^(float|cast|int|tensor|Tensor|FloatTensor|array|asarray|as_tensor|scalar_tensor|float32|astype|to|item|constant|abs)$/.test(
      name,
    )
  ) {
    if (name === "abs") return 1;
    const subject = library ? first : callee.kind === "member" ? callee.of : first;
    return subject && signOf(subject, scope, depth + 1);
  }
  return undefined;
}

function negated(sign: number | undefined): number | undefined {
  return sign === undefined ? undefined : -sign;
}
