// What a name stands for: what was assigned to it before, what a loop runs over, what its function was called with.

import { assigned, latest, loopOf, nameOf, outward, partsOf, spelling, within } from "./lookup.ts";
import { has, symbol, unknown } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import { suggested } from "./suggestion.ts";
import type { Expression, Parameter, Scope } from "./syntax.ts";
import { best, isQ, knowledge, partOf, type Site, still, type Value } from "./value.ts";

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
      const told = corrected(place === undefined ? one : partOf(one, place), value, name);
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
      const role = roleOf(name);
      const told =
        knowledge(value) === 0 && role === symbols.entropy ? (elsewhere(name, reader) ?? value) : value;
      return suggested(told, expression, site, reader);
    }
    before = Number.POSITIVE_INFINITY;
  }
  return suggested(unknown, expression, site, reader);
}

/** `lp = lp - …`: a density less its correction for tanh is a density, by whatever name. */
function corrected(told: Value, from: Expression, name: string): Value {
  if ("parts" in told || told.length < 2) return told;
  const [density, ...others] = told.filter(({ symbols: names }) => names.join() === symbols.logProb);
  const rest = told.filter((term) => term !== density);
  if (!density || others.length > 0 || Math.abs(density.by) !== 1) return told;
  if (!rest.every(({ symbols: names }) => names.length === 1 && names[0] === "?")) return told;
  const again = within(from).some((part) => part.kind === "name" && part.name === name);
  return again ? [density] : told;
}

/** What the program computes by the same name elsewhere, if all that is told agrees. */
function elsewhere(name: string, reader: Reader): Value | undefined {
  const { program } = reader;
  const given = program.scopes.flatMap((scope) =>
    assigned(scope, name)
      .filter(({ part }) => part === undefined)
      .map(({ statement }) => ({ value: statement.value, scope, statement })),
  );
  const told = [...given, ...program.entriesOf(name)]
    .slice(0, 6)
    .filter(({ value }) => value.kind !== "name" || value.name !== name)
    .map(({ value, scope, statement }) => reader.value(value, { scope, before: statement.from }))
    .filter((value) => knowledge(value) >= 2 && !("parts" in value) && !has(value, "?", symbols.entropy));
  const signs = new Set(
    told.flatMap((value) => ("parts" in value ? [] : value.map(({ by }) => Math.sign(by)))),
  );
  return signs.size === 1 ? told[0] : undefined;
}

/** Whether a discount stands among the parts of a batch. */
function isOfBatch(name: string, beside: readonly (Expression | Parameter)[]): boolean {
  return (
    /discount/i.test(name) &&
    roleOf(name) === symbols.discount &&
    beside.some((one) => "name" in one && /(^|_)(r|rews?|rewards?)$/i.test(one.name))
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
