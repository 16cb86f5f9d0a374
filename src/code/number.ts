// The number that an expression is, where the program states it.

import { assigned, ownerOf, spelling } from "./evaluate.ts";
import type { Expression, Scope } from "./syntax.ts";

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
    case "member": {
      const owner = ownerOf(scope);
      for (const method of owner?.scopes ?? []) {
        const found = assigned(method, spelling(expression)).at(-1);
        if (found) return numberIn(found.statement.value, method, depth + 1);
      }
      return undefined;
    }
    default:
      return undefined;
  }
}
