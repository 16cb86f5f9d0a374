// What a name stands for: what was assigned to it before, what a loop runs over, what its function was called with.

import { latest, loopOf, nameOf, outward, partsOf, spelling } from "./lookup.ts";
import { symbol, unknown } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import { suggested } from "./suggestion.ts";
import type { Expression, Parameter, Scope } from "./syntax.ts";
import { best, isQ, partOf, type Site, still, type Value } from "./value.ts";

/** The value that holds there: what it was last given, in every branch that may have run. */
export function valueOfName(expression: Expression & { kind: "name" }, site: Site, reader: Reader): Value {
  const { name } = expression;
  const given = site.given?.get(name);
  if (given !== undefined) return suggested(given, expression, site, reader);
  const special = reader.special(name);
  if (special) return special;
  let { before } = site;
  for (const scope of outward(site.scope)) {
    const around = loopOf(scope, name, expression.from);
    if (around) {
      const { loop, part } = around;
      return suggested(looped(loop.over, part, { ...site, scope, before }, reader), expression, site, reader);
    }
    const options = latest(scope, name, before).map(({ statement, part, inner: place }) => {
      reader.note({ kind: "statement", statement, scope });
      const inner: Site =
        scope === site.scope ? { ...site, before: statement.from } : { scope, before: statement.from };
      const { value } = statement;
      const grown =
        value.kind === "sequence" && value.of.length === 0 ? appended(scope, name, reader) : undefined;
      const whole = grown ?? reader.value(value, inner);
      const one = part === undefined ? whole : partOf(whole, part);
      const told = place === undefined ? one : partOf(one, place);
      if (part !== undefined && value.kind !== "sequence" && isOfBatch(name, partsOf(statement.target)))
        return symbol(symbols.batchDiscount);
      // Some networks give Q and V together.
      const found = part !== undefined && roleOf(name) === symbols.v ? unknown : told;
      if (!statement.withoutGradient) return found;
      if (!("parts" in found) && isQ(found)) {
        reader.note({ kind: "detach", at: statement.value, of: found, scope });
      }
      return still(found);
    });
    if (options.length > 0) return suggested(best(options), expression, site, reader);
    const parameter = scope.parameters.find((one) => one.name === name);
    if (parameter) {
      if (isOfBatch(name, scope.parameters)) return symbol(symbols.batchDiscount);
      const value = reader.parameter(scope, name);
      return suggested(value, expression, site, reader);
    }
    before = Number.POSITIVE_INFINITY;
  }
  return suggested(unknown, expression, site, reader);
}

/** Whether a discount stands among the parts of a batch. */
function isOfBatch(name: string, beside: readonly (Expression | Parameter)[]): boolean {
  return (
    /discount/i.test(name) &&
    roleOf(name) === symbols.discount &&
    beside.some((one) => "name" in one && roleOf(one.name) === symbols.reward)
  );
}

/** What a list that begins empty is filled with. */
function appended(scope: Scope, name: string, reader: Reader): Value | undefined {
  const found = reader.program
    .callsOf("append")
    .filter(
      ({ call, scope: place }) =>
        place === scope && call.callee.kind === "member" && spelling(call.callee.of) === name,
    )
    .flatMap(({ call, statement }) =>
      call.args.map(({ value }) => reader.value(value, { scope, before: statement.from })),
    );
  return found.length > 0 ? { parts: found } : undefined;
}

/** One of what is looped over. */
function looped(over: Expression, part: number | undefined, site: Site, reader: Reader): Value {
  const called = over.kind === "call" ? nameOf(over.callee) : "";
  if (over.kind === "call" && called === "zip" && part !== undefined) {
    const one = over.args[part];
    return one ? looped(one.value, undefined, site, reader) : unknown;
  }
  if (over.kind === "call" && called === "enumerate" && over.args[0]) {
    return part === 0 ? unknown : looped(over.args[0].value, undefined, site, reader);
  }
  const whole = reader.value(over, site);
  if (!("parts" in whole)) return whole;
  return best(whole.parts.map((one) => (part === undefined ? one : partOf(one, part))));
}
