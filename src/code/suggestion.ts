// What a name suggests of a value that does not tell itself.

import { has } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression } from "./syntax.ts";
import { flat, named, type Site, type Value } from "./value.ts";

/** The value, or what the name says of it; a Q that nothing more is known of is noted. */
export function suggested(
  value: Value,
  expression: Expression & { name: string },
  site: Site,
  reader: Reader,
): Value {
  const result = named(value, expression.name, reader.exponentiated);
  const found = flat(result);
  // `critic(…)["q"]`: the call tells whose it is.
  const from = expression.kind === "member" && expression.of.kind === "call" ? expression.of : expression;
  if (
    result !== value &&
    (has(found, symbols.q) || has(found, symbols.v)) &&
    roleOf(expression.name) !== undefined
  ) {
    if (!("parts" in value) && !has(value, symbols.q))
      reader.note({ kind: "q", at: from, scope: site.scope });
  }
  return result;
}
