// The number that an expression is, where the program states it.

import { assigned, ownerOf, spelling } from "./evaluate.ts";
import { nameOf, within } from "./lookup.ts";
import { type Expression, everyScope, type Scope } from "./syntax.ts";

/** A number written out, with its sign. */
export function literal(expression: Expression): number | undefined {
  if (expression.kind === "number") return expression.value;
  if (expression.kind === "minus") {
    const value = literal(expression.of);
    return value === undefined ? undefined : -value;
  }
  return undefined;
}

/** A number that is written out, or that a name in sight was given; products and powers of such. */
export function numberIn(expression: Expression, scope: Scope, depth = 0): number | undefined {
  if (depth > 8) return undefined;
  const number = (inner: Expression) => numberIn(inner, scope, depth + 1);
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "minus": {
      const value = number(expression.of);
      return value === undefined ? undefined : -value;
    }
    case "binary": {
      const [left, right] = [number(expression.left), number(expression.right)];
      if (left === undefined || right === undefined) return undefined;
      if (expression.operator === "*") return left * right;
      if (expression.operator === "/") return left / right;
      return undefined;
    }
    case "call": {
      const name = "name" in expression.callee ? expression.callee.name : "";
      const [first] = expression.args;
      if (
        !first ||
        !/^(float|tensor|FloatTensor|as_tensor|log|scalar|Variable|variable|Parameter)$/.test(name)
      ) {
        return undefined;
      }
      const value = number(first.value);
      return value === undefined || name !== "log" ? value : Math.log(value);
    }
    case "sequence":
      return expression.of.length === 1 ? number(expression.of[0]!) : undefined;
    case "name": {
      const given =
        assigned(scope, expression.name).at(-1)?.statement.value ??
        scope.parameters.find(({ name }) => name === expression.name)?.default ??
        (scope.parent && assigned(scope.parent, expression.name).at(-1)?.statement.value);
      return given && given !== expression ? number(given) : undefined;
    }
    case "string":
      return undefined;
    case "member": {
      const owner = ownerOf(scope);
      for (const method of owner?.scopes ?? []) {
        const found = assigned(method, spelling(expression)).at(-1);
        if (!found) continue;
        const { value } = found.statement;
        const part = found.part !== undefined && value.kind === "sequence" ? value.of[found.part] : value;
        return part && numberIn(part, method, depth + 1);
      }
      return spelling(expression).split(".").length === 2 && spelling(expression).startsWith("self.")
        ? undefined
        : setting(expression.name, scope, depth);
    }
    default:
      return undefined;
  }
}

const settings = new WeakMap<Scope, Map<string, number | undefined>>();

/** A setting such as `args.alpha_lr`, by the only number that its name is given anywhere. */
function setting(name: string, scope: Scope, depth: number): number | undefined {
  let root = scope;
  while (root.parent) root = root.parent;
  const known = settings.get(root) ?? new Map<string, number | undefined>();
  settings.set(root, known);
  if (known.has(name)) return known.get(name);
  known.set(name, undefined);
  const found = new Set<number>();
  const put = (value: Expression | undefined, from: Scope) => {
    const number = value && numberIn(value, from, depth + 1);
    if (number !== undefined) found.add(number);
  };
  for (const place of everyScope(root)) {
    for (const parameter of place.parameters) if (parameter.name === name) put(parameter.default, place);
    for (const statement of place.statements) {
      if (place.kind === "class" && statement.kind === "assign" && spelling(statement.target) === name) {
        put(statement.value, place);
      }
      for (const part of within(statement.value)) {
        if (part.kind === "record") {
          for (const entry of part.entries) if (entry.name === name) put(entry.value, place);
        }
        if (part.kind !== "call") continue;
        const option = part.args[0]?.value;
        if (
          nameOf(part.callee) === "add_argument" &&
          option?.kind === "string" &&
          option.value.replace(/^-+/, "").replaceAll("-", "_") === name
        ) {
          put(part.args.find((one) => one.name === "default")?.value, place);
        }
        if (/^(dict|Namespace|SimpleNamespace|\w*Config|ConfigDict)$/.test(nameOf(part.callee))) {
          put(part.args.find((one) => one.name === name)?.value, place);
        }
      }
    }
  }
  const [only] = found;
  const value = found.size === 1 ? only : undefined;
  known.set(name, value);
  return value;
}
