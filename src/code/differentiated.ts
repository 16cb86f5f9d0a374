// `value_and_grad(loss)(…)` and its like, by whatever name: a loss with what goes with it, and its gradient.

import { type Call, functionIn, madeBy } from "./callees.ts";
import { nameOf } from "./lookup.ts";
import { symbol, unknown } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Argument, Scope } from "./syntax.ts";
import { knowledge, type Site, type Value } from "./value.ts";

/** What a helper's parameters stand for in a call. */
export function givenTo(
  found: Scope,
  args: readonly Argument[],
  site: Site,
  reader: Reader,
): ReadonlyMap<string, Value> {
  const given = new Map<string, Value>();
  const own = found.parameters.filter((parameter) => !/^(self|cls)$/.test(parameter.name));
  let bare = 0;
  for (const argument of args) {
    const place = argument.name === undefined ? bare++ : -1;
    const named = own.filter((one, index) =>
      argument.name === undefined ? (one.place ?? index) === place : one.name === argument.name,
    );
    if (named.length === 0) continue;
    const whole = reader.value(argument.value, site);
    for (const { name, key } of named) {
      const one = key === undefined ? whole : reader.entry(whole, key);
      // What is not known may be told by the name.
      if (one && knowledge(one) > 0) given.set(name, one);
    }
  }
  return given;
}

/** Undefined where nothing is differentiated. */
export function differentiated(expression: Call, site: Site, reader: Reader): Value | undefined {
  const { callee, args } = expression;
  const { scope } = site;
  if (/^apply_(gradients?|loss_fn)$/.test(nameOf(callee)) && args[0]) {
    const called = functionIn(args[0].value, scope, reader.program);
    if (!called) return undefined;
    const told = reader.returned(called);
    return { parts: [unknown, "parts" in told ? (told.parts[1] ?? unknown) : unknown] };
  }
  const made = callee.kind === "call" ? callee : madeBy(callee, scope);
  if (made?.kind !== "call") return undefined;
  const how = nameOf(made.callee);
  if (
    !/^(value_and_grad|grad|jit|filter_jit|filter_value_and_grad|partial|vmap|filter_vmap|pmap|checkpoint)$/.test(
      how,
    )
  )
    return undefined;
  const called = made.args[0] && functionIn(made.args[0].value, scope, reader.program);
  if (!called) {
    if (
      !/^(jit|filter_jit|vmap|filter_vmap)$/.test(how) ||
      roleOf(nameOf(made.args[0]?.value ?? callee)) !== symbols.q
    )
      return undefined;
    reader.note({ kind: "q", at: expression, scope });
    return symbol(symbols.q);
  }
  const told = reader.returned(called, givenTo(called, args, site, reader));
  const aux = made.args.some((one) => one.name === "has_aux");
  if (/value_and_grad$/.test(how)) return { parts: [told, unknown] };
  if (how === "grad") {
    return aux ? { parts: [unknown, "parts" in told ? (told.parts[1] ?? unknown) : unknown] } : unknown;
  }
  return told;
}
