// What an attribute stands for: what the class's methods assign to it, what a property returns, an entry of a record.

import { assigned, nameOf, ownerOf } from "./lookup.ts";
import { has, symbol, unknown } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import { suggested } from "./suggestion.ts";
import type { Expression } from "./syntax.ts";
import { flat, isAlpha, knowledge, partOf, type Site, type Value } from "./value.ts";

export function valueOfMember(
  expression: Expression & { kind: "member" },
  site: Site,
  reader: Reader,
): Value {
  const { name, of } = expression;
  if (name === "T" || name === "data") return reader.value(of, site);
  if (name === "probs") return symbol(symbols.probability);
  // An extreme and where it was taken.
  if (name === "values" && of.kind === "call" && /^(min|max|topk|sort)$/.test(nameOf(of)))
    return reader.value(of, site);
  const special = reader.special(name);
  if (special) return special;
  const own = of.kind === "name" && /^(self|this)$/.test(of.name);
  if (!own) {
    const role = roleOf(name);
    // A discount that comes with the batch may be 0 where the episode ended.
    if (
      role === symbols.discount &&
      /batch|transition|data|sample|experience|time_?step|next/i.test(nameOf(of))
    ) {
      return symbol(symbols.batchDiscount);
    }
    // A Q is told by its own name, but of a record.
    const whole = role === symbols.q && of.kind !== "name" ? unknown : reader.value(of, site);
    const entry = reader.entry(whole, name);
    if (entry) return suggested(entry, expression, site, reader);
    if (!("parts" in whole) && isAlpha(whole) && /^(value|val|params?)$/.test(name)) return whole;
    if (role === symbols.entropy) {
      const values = reader.program
        .entriesOf(name)
        .map(({ value, scope, statement }) => reader.value(value, { scope, before: statement.from }))
        .filter((value) => knowledge(value) >= 2 && !has(flat(value), "?"));
      if (values[0]) return values[0];
    }
    return suggested(unknown, expression, site, reader);
  }
  const owner = ownerOf(site.scope);
  if (!owner) return suggested(unknown, expression, site, reader);
  const property = owner.scopes.find((method) => method.name === name);
  if (property) return suggested(reader.returned(property), expression, site, reader);
  const options = owner.scopes.flatMap((method) =>
    assigned(method, `self.${name}`).map(({ statement, part }) => {
      const whole = reader.value(statement.value, { scope: method, before: statement.from });
      return part === undefined ? whole : partOf(whole, part);
    }),
  );
  const known = options.map(flat).filter((option) => option.length > 0 && !has(option, "?"));
  const alphas = known.find(isAlpha);
  return suggested(alphas ?? known[0] ?? unknown, expression, site, reader);
}
