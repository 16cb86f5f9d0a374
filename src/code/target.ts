// The sign of a declared target entropy: −d and log n are told apart, and what cannot be told is left open.

import { assigned, ownerOf, spelling } from "./evaluate.ts";
import { loopOf, nameOf, outward, within } from "./lookup.ts";
import { literal, numberIn } from "./number.ts";
import type { SourceFact } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { type Given, givenTo, placesOf, settingOf } from "./settings.ts";
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
  /** Whether it is a number above 1 by the logarithm of a count. */
  readonly above: boolean;
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

/** The target that a loss shows beside log π. */
export function targetAt(
  { expression, scope }: { readonly expression: Expression; readonly scope: Scope },
  lineOf: (at: number) => number,
  text: string,
): Target {
  return toldOf(expression, scope, signOf(expression, scope, 0), lineOf, text);
}

function toldOf(
  expression: Expression,
  scope: Scope,
  sign: number | undefined,
  lineOf: (at: number) => number,
  text: string,
): Target {
  const { from, to } = expression;
  const value = numberIn(expression, scope);
  const shown = { expression: text.slice(from, to), line: lineOf(from) };
  const fact = value === undefined ? shown : { ...shown, value };
  const declared = declaredIn(expression, scope);
  const line = lineOf(declared.from);
  const written = text.slice(declared.from, declared.to);
  const linear = isLinear(written) || isLinear(fact.expression);
  return { fact, line, linear, above: isAbove(declared, scope), ...(sign === undefined ? {} : { sign }) };
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
    // A setting of a dictionary that is written out.
    for (const part of scope.statements.flatMap(({ value }) => within(value))) {
      if (part.kind !== "record") continue;
      for (const { name = "", value } of part.entries) {
        if (roleOf(name) === symbols.target && literal(value) !== undefined)
          found.push({ expression: value, scope });
      }
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
  const alike = signed.every(({ sign }) => sign === shown.sign);
  return toldOf(shown.expression, shown.scope, alike ? shown.sign : undefined, lineOf, text);
}

/** What a name in sight was given, through casts. */
function declaredIn(expression: Expression, scope: Scope, depth = 0): Expression {
  if (depth > 4) return expression;
  if (expression.kind === "either") {
    const told = expression.of.filter((one) => signOf(one, scope, 0) !== undefined);
    return told.length === 1 ? declaredIn(told[0]!, scope, depth + 1) : expression;
  }
  if (expression.kind === "call") {
    const helper = helperIn(expression.callee, scope);
    const returns = helper?.statements.filter(({ kind }) => kind === "return") ?? [];
    if (helper && returns.length === 1) return declaredIn(returns[0]!.value, helper, depth + 1);
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
    if (all.length > 0) continue;
    const given = place.parameters.some((one) => one.name === name) ? givenTo(place, name) : [];
    if (given.length === 1 && alike(given, 0) !== undefined)
      return declaredIn(given[0]!.value, given[0]!.scope, depth + 1);
    const fallback = place.parameters.find((one) => one.name === name)?.default;
    if (fallback && given.length === 0 && numberIn(fallback, place) !== undefined) return fallback;
  }
  return expression;
}

/** A factor above 1 of log n, which no entropy of n actions exceeds. */
function isAbove(expression: Expression, scope: Scope): boolean {
  const logs = within(expression).filter((part) => part.kind === "call" && nameOf(part.callee) === "log");
  const factor = logs.length === 1 ? factorIn(expression, scope) : undefined;
  return factor !== undefined && Math.abs(factor) > 1;
}

/** The number by which a logarithm is multiplied; undefined where something else is there. */
function factorIn(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind === "minus") return factorIn(expression.of, scope);
  if (expression.kind === "call") {
    if (nameOf(expression.callee) === "log") return numberIn(expression, scope) === undefined ? 1 : undefined;
    const [first] = expression.args;
    if (!/^(float|tensor|as_tensor|array|asarray|float32|item|constant)$/.test(nameOf(expression)))
      return undefined;
    const inner = first?.value ?? (expression.callee.kind === "member" ? expression.callee.of : undefined);
    return inner && factorIn(inner, scope);
  }
  if (expression.kind !== "binary" || !/^[*/]$/.test(expression.operator)) return undefined;
  const part = (one: Expression) => numberIn(one, scope) ?? factorIn(one, scope);
  const [left, right] = [part(expression.left), part(expression.right)];
  if (left === undefined || right === undefined) return undefined;
  return expression.operator === "*" ? left * right : left / right;
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

/** `counted` where a minus or a logarithm stands around: what is so written is a count, if nothing tells otherwise. */
function signOf(expression: Expression, scope: Scope, depth: number, counted = false): number | undefined {
  if (depth > 12) return undefined;
  const number = numberIn(expression, scope);
  if (number !== undefined) return Math.sign(number) || undefined;
  const sign = (inner: Expression | undefined) =>
    inner === undefined ? undefined : signOf(inner, scope, depth + 1, counted);
  switch (expression.kind) {
    case "minus":
      return negated(signOf(expression.of, scope, depth + 1, true));
    case "binary": {
      const left = sign(expression.left);
      const right = sign(expression.right);
      if (expression.operator === "or") return left ?? right;
      if (expression.operator === "+") return left === right ? left : undefined;
      if (expression.operator === "-") return left === negated(right) ? left : undefined;
      if (!"*/".includes(expression.operator)) return undefined;
      return left === undefined || right === undefined ? undefined : left * right;
    }
    case "either": {
      const signs = expression.of.map(sign).filter((one) => one !== undefined);
      return new Set(signs).size === 1 ? signs[0] : undefined;
    }
    case "item":
      return sign(expression.of);
    case "sequence":
      return expression.of.length === 1 ? sign(expression.of[0]) : undefined;
    case "call":
      return ofCall(expression, scope, depth, counted);
    case "name":
    case "member":
      return ofNamed(expression, scope, depth, counted);
    default:
      return undefined;
  }
}

function ofNamed(
  expression: Expression & { kind: "name" | "member" },
  scope: Scope,
  depth: number,
  counted: boolean,
): number | undefined {
  const { name } = expression;
  const isTarget = roleOf(name) === symbols.target;
  if (!isTarget && /(^|_)(scale|ratio|coef\w*|factor|fraction|multiplier)$/i.test(name)) return 1;
  const spelt = spelling(expression);
  const owner = ownerOf(scope);
  const self = spelt.startsWith("self.");
  // A number of actions by its name; what says entropy may be one for each of them, of either sign.
  if (!isTarget && positive.test(name) && !/entropy/i.test(name)) return 1;
  for (const place of self ? (owner?.scopes ?? []) : outward(scope)) {
    const around = loopOf(place, name, expression.from);
    if (around && !self) return signOf(around.loop.over, place, depth + 1, counted);
    const signs = placesOf(place, spelt)
      .filter(
        ({ value, scope: other }) =>
          value !== expression && (other || value.to < expression.from || place !== scope || self),
      )
      .map(({ value, scope: other }) => signOf(value, other ?? place, depth + 1, counted))
      .filter((one) => one !== undefined);
    if (signs.length > 0) return new Set(signs).size === 1 ? signs[0] : undefined;
    if (self || !place.parameters.some((one) => one.name === name)) continue;
    const given = alike(givenTo(place, name), depth);
    if (given !== undefined) return given;
    const fallback = place.parameters.find((one) => one.name === name)?.default;
    const stated = fallback && signOf(fallback, place, depth + 1, counted);
    if (stated !== undefined) return stated;
  }
  const property = self && owner?.scopes.find((one) => one.name === name);
  if (property) return ofReturns(property, depth);
  if (expression.kind === "member") {
    for (const values of settingOf(name, scope)) {
      const found = alike(
        values.filter(({ value }) => value !== expression),
        depth,
      );
      if (found !== undefined) return found;
    }
  }
  return counted && !isTarget && !/entropy|target/i.test(name) ? 1 : undefined;
}

function alike(values: readonly Given[], depth: number): number | undefined {
  const signs = values
    .map(({ value, scope }) => signOf(value, scope, depth + 4))
    .filter((one) => one !== undefined);
  return new Set(signs).size === 1 ? signs[0] : undefined;
}

function ofReturns(scope: Scope, depth: number): number | undefined {
  return alike(
    scope.statements.filter(({ kind }) => kind === "return").map(({ value }) => ({ value, scope })),
    depth,
  );
}

function ofCall(
  expression: Expression & { kind: "call" },
  scope: Scope,
  depth: number,
  counted: boolean,
): number | undefined {
  const { callee, args } = expression;
  const name = "name" in callee ? callee.name : "";
  const first = args.find((argument) => argument.name === undefined)?.value;
  if (name === "log") {
    const inner = first?.kind === "binary" ? first : undefined;
    const share = inner?.operator === "/" && literal(inner.left) === 1;
    if (share) return -1;
    return first && signOf(first, scope, depth + 1, true) === 1 ? 1 : undefined;
  }
  if (/^(getattr|get|pop)$/.test(name)) {
    const fallback = args[name === "getattr" ? 2 : 1]?.value;
    return fallback && signOf(fallback, scope, depth + 1, counted);
  }
  if (/^(prod|len|sum|reduce_prod|reduce_sum)$/.test(name)) {
    const inner = first ?? (callee.kind === "member" ? callee.of : undefined);
    return (inner && signOf(inner, scope, depth + 1, true)) ?? (inner?.kind === "minus" ? -1 : 1);
  }
  const helper = helperIn(callee, scope);
  if (helper) return ofReturns(helper, depth);
  const library = callee.kind !== "member" || /^(torch|np|tf|jnp|math)$/.test(spelling(callee.of));
  if (
    /^(float|cast|int|tensor|Tensor|FloatTensor|array|asarray|as_tensor|scalar_tensor|float32|astype|to|item|constant|abs|full|full_like|convert_to_tensor|Variable|scalar|round|ceil|floor|detach|squeeze|broadcast_to|asarray|Number)$/.test(
      name,
    )
  ) {
    if (name === "abs") return 1;
    const subject = library ? first : callee.kind === "member" ? callee.of : first;
    return subject && signOf(subject, scope, depth + 1, counted);
  }
  return undefined;
}

/** A method of this class, or a function in sight. */
function helperIn(callee: Expression, scope: Scope): Scope | undefined {
  const spelt = spelling(callee);
  const places = spelt.startsWith("self.") ? [ownerOf(scope)] : callee.kind === "name" ? outward(scope) : [];
  for (const place of places) {
    const found = place?.scopes.find((one) => one.kind === "function" && one.name === nameOf(callee));
    if (found) return found;
  }
  return undefined;
}

function negated(sign: number | undefined): number | undefined {
  return sign === undefined ? undefined : -sign;
}
