// What a call gives: a library's function on tensors, a loss with its gradient, a helper of the program, or a network.

import { type Call, helperOf, takesExtreme, takesNetwork } from "./callees.ts";
import { differentiated, givenTo } from "./differentiated.ts";
import { nameOf } from "./lookup.ts";
import { symbol, unknown } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import { ofLibrary, tensorFunction } from "./tensors.ts";
import { knowledge, named, type Site, type Value } from "./value.ts";

export function valueOfCall(expression: Call, site: Site, reader: Reader): Value {
  const computed = tensorFunction(expression, site, reader);
  if (computed) return computed;
  const { callee, args } = expression;
  const { scope } = site;
  const name = callee.kind === "member" || callee.kind === "name" ? callee.name : "";
  const first = args.find((argument) => argument.name === undefined)?.value;
  const method = callee.kind === "member";
  const library = ofLibrary(callee);
  const loss = differentiated(expression, site, reader);
  if (loss) return loss;
  // A class is named for what it makes, and makes no value.
  const made =
    callee.kind === "name" && /^([A-Z][A-Za-z\d]*[a-z]|_?(make|build|create|construct|new|init)_)/.test(name);
  const role = made || /^[A-Z]/.test(name) ? undefined : roleOf(name);
  const other = method && !(callee.of.kind === "name" && /^(self|this|cls)$/.test(callee.of.name));
  // A method of a network that gives Q: whose it is tells more than how it is computed.
  const networks = other && role === symbols.q;
  if (!library && !networks && (callee.kind === "name" || method)) {
    const found = helperOf(callee, scope, reader.program);
    if (found) {
      const given = givenTo(found, args, site, reader);
      // Of another object, such as a copy of this one: whose networks it reads is told by its own name.
      const told =
        other || takesNetwork(found, args)
          ? reader.beyond(expression, scope, () => reader.returned(found, given))
          : reader.returned(found, given);
      if (knowledge(told) > 0 || role === undefined)
        return role === undefined ? told : named(told, name, reader.exponentiated);
    }
  }
  if (made) return unknown;
  if (role === symbols.q || role === symbols.v) {
    const inside = library
      ? undefined
      : (reader.program.calledOf(callee, scope) ?? helperOf(callee, scope, reader.program));
    // Its own minimum of several is told where it is taken.
    if (inside && takesExtreme(inside))
      reader.beyond(expression, scope, () => reader.returned(inside, givenTo(inside, args, site, reader)));
    reader.note({ kind: "q", at: expression, scope });
    return symbol(role);
  }
  const holder =
    /^(apply(_fn)?|predict|forward|call|evaluate|value|module|act|infer\w*|__call__)$/.test(name) && method
      ? nameOf(callee.of)
      : name;
  const held = roleOf(holder.replace(/_(network|net|module|holder|def|train_state|state|model|apply)$/, ""));
  if (held === symbols.alpha && reader.exponentiated.has(holder)) return symbol(symbols.logAlpha);
  if (held === symbols.alpha || held === symbols.logAlpha) return symbol(held);
  // Q or V, whatever the network's name ends with; or a critic by another name, given states and actions at once.
  if (held === symbols.q || (method && /^(target|critic)\w*\d*$/i.test(name) && first?.kind === "sequence")) {
    reader.note({ kind: "q", at: expression, scope });
    return symbol(symbols.q);
  }
  const instance = !library && reader.program.calledOf(callee, scope);
  if (instance) return reader.returned(instance, givenTo(instance, args, site, reader));
  return unknown;
}
