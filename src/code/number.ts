// The number that an expression is, where the program states it.

import { nameOf, outward, ownerOf, spelling } from "./lookup.ts";
import { givenTo, placesOf, settingOf } from "./settings.ts";
import type { Expression, Scope } from "./syntax.ts";

const deepest = 12;

/** What gives the number that it is given. */
const keeps =
  /^(float\d*|int\d*|double|tensor|Tensor|FloatTensor|as_tensor|asarray|array|constant|scalar|scalar_tensor|Variable|variable|Parameter|Number|get_value|item|detach|data|astype|to|cast|constant_schedule|field|Field|Option|Argument|placeholder|full_like|convert_to_tensor)$/;

/** A number written out, with its sign. */
export function literal(expression: Expression): number | undefined {
  if (expression.kind === "number") return expression.value;
  if (expression.kind === "minus") {
    const value = literal(expression.of);
    return value === undefined ? undefined : -value;
  }
  return undefined;
}

/** A number that is written out, or that a name in sight was given; what is computed of such. */
export function numberIn(expression: Expression, scope: Scope, depth = 0): number | undefined {
  if (depth > deepest) return undefined;
  const number = (inner: Expression | undefined) => inner && numberIn(inner, scope, depth + 1);
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "minus": {
      const value = number(expression.of);
      return value === undefined ? undefined : -value;
    }
    case "string": {
      const value = expression.value.trim() === "" ? Number.NaN : Number(expression.value);
      return Number.isFinite(value) ? value : undefined;
    }
    case "binary": {
      const [left, right] = [number(expression.left), number(expression.right)];
      if (expression.operator === "or") return left || right;
      return left === undefined || right === undefined
        ? undefined
        : computed(expression.operator, left, right);
    }
    case "either": {
      const known = new Set(expression.of.map(number).filter((one) => one !== undefined));
      return known.size === 1 ? [...known][0] : undefined;
    }
    case "sequence":
      return expression.of.length === 1 ? number(expression.of[0]) : undefined;
    case "item":
      return expression.index === 0 || expression.index === undefined ? number(expression.of) : undefined;
    case "call":
      return ofCall(expression, scope, depth);
    case "name":
      return ofName(expression, scope, depth);
    case "member":
      return ofMember(expression, scope, depth);
    default:
      return undefined;
  }
}

function computed(operator: string, left: number, right: number): number | undefined {
  const value = {
    "+": left + right,
    "-": left - right,
    "*": left * right,
    "/": left / right,
    "//": Math.floor(left / right),
    "**": left ** right,
  }[operator];
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function ofCall(expression: Expression & { kind: "call" }, scope: Scope, depth: number): number | undefined {
  const { callee, args } = expression;
  const name = nameOf(callee);
  const number = (inner: Expression | undefined) => inner && numberIn(inner, scope, depth + 1);
  const bare = args.filter((one) => one.name === undefined).map(({ value }) => value);
  const method = callee.kind === "member" && bare.length === 0;
  if (/^(get|pop|setdefault|getattr)$/.test(name)) {
    const [key, fallback] = name === "getattr" ? bare.slice(1) : bare;
    const stated = key?.kind === "string" ? setting(key.value, scope, depth) : undefined;
    return stated ?? number(fallback);
  }
  if (/^(zeros|ones)$/.test(name)) return name === "zeros" ? 0 : 1;
  if (name === "full") return number(bare[1] ?? args.find((one) => one.name === "fill_value")?.value);
  const subject = method ? callee.of : bare[0];
  const given = args.find((one) => /^(default|value|data|init_value|initial_value)$/.test(one.name ?? ""));
  if (keeps.test(name)) return number(bare.length > 0 || method ? subject : given?.value);
  const value = /^(log|exp|sqrt|abs|log1p|expm1)$/.test(name) ? number(subject) : undefined;
  if (value === undefined) return undefined;
  const result = Math[name as "log" | "exp" | "sqrt" | "abs" | "log1p" | "expm1"](value);
  return Number.isFinite(result) ? result : undefined;
}

function ofName(expression: Expression & { kind: "name" }, scope: Scope, depth: number): number | undefined {
  const { name } = expression;
  for (const place of outward(scope)) {
    const values = placesOf(place, name).filter((one) => one.value !== expression);
    // What follows cannot have been meant, unless another function runs later.
    const before = values.filter((one) => place !== scope || one.scope || one.value.from <= expression.from);
    for (const { value, scope: other } of before.toReversed()) {
      const found = numberIn(value, other ?? place, depth + 1);
      if (found !== undefined) return found;
    }
    if (before.length > 0) return undefined;
    const parameter = place.parameters.find((one) => one.name === name);
    if (!parameter) continue;
    const given = only(givenTo(place, name), depth);
    return given ?? (parameter.default && numberIn(parameter.default, place, depth + 1));
  }
  return setting(name, scope, depth);
}

function ofMember(
  expression: Expression & { kind: "member" },
  scope: Scope,
  depth: number,
): number | undefined {
  const spelt = spelling(expression);
  const owner = ownerOf(scope);
  if (/^self\.\w+$/.test(spelt)) {
    for (const place of owner ? [...owner.scopes, owner] : []) {
      const name = place === owner ? expression.name : spelt;
      for (const { value, scope: other } of placesOf(place, name).toReversed()) {
        const found = value === expression ? undefined : numberIn(value, other ?? place, depth + 1);
        if (found !== undefined) return found;
      }
    }
  }
  return setting(expression.name, scope, depth);
}

/** A setting such as `args.alpha_lr`, by the only number that its name is given anywhere. */
function setting(name: string, scope: Scope, depth: number): number | undefined {
  // What is chosen when the program starts counts more than what stands where nothing is chosen.
  for (const values of settingOf(name, scope)) {
    const found = only(values, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

const asked = new Set<Expression>();

function only(
  values: readonly { readonly value: Expression; readonly scope: Scope }[],
  depth: number,
): number | undefined {
  const found = new Set<number>();
  for (const { value, scope } of values) {
    if (asked.has(value)) continue;
    asked.add(value);
    const number = numberIn(value, scope, depth + 1);
    asked.delete(value);
    if (number !== undefined) found.add(number);
  }
  return found.size === 1 ? [...found][0] : undefined;
}
