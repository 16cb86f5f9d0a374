// What a call gives: a library's function on tensors, a loss with its gradient, a helper of the program, or a network.

import { type Call, helperOf, isHandedCritic, takesExtreme, takesNetwork } from "./callees.ts";
import { differentiated, givenTo } from "./differentiated.ts";
import { nameOf, ownerOf, within } from "./lookup.ts";
import { has, symbol, unknown } from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";
import { ofLibrary, tensorFunction } from "./tensors.ts";
import { flat, knowledge, named, type Site, type Value } from "./value.ts";

/** What is done with a network and gives no value of it. */
const kept =
  /^(parameters|state_dict|load_state_dict|train|eval|to|step|zero_grad|update\w*|\w*update|init|fit|save|load|\w*_params|replace|apply_gradients|append|add|register\w*|set\w*|copy\w*|sync\w*|requires_grad_|compile|minimize|backward|loss|\w*loss|create\w*|make\w*|build\w*|push|sample\w*|split|get|index|bind|mutate|lr|schedule)$/i;

/** Whether a method gives more than a network's value: an entropy or a reward is in it. */
function givesTarget({ parameters, statements }: Scope): boolean {
  const tells = (name: string) => [symbols.reward, symbols.logProb].some((role) => role === roleOf(name));
  return (
    parameters.some(({ name }) => tells(name)) ||
    statements.some(({ value }) => within(value).some((part) => part.kind !== "call" && tells(nameOf(part))))
  );
}

/** What is to be taken of several may be said by a word: `q(x, reduction="min")`. */
function noteReduction(at: Call, scope: Scope, reader: Reader): void {
  for (const { value: how } of at.args) {
    if (how.kind !== "string" || !/^(min|max)(imum)?$/.test(how.value)) continue;
    reader.note({ kind: how.value.startsWith("max") ? "largest" : "smallest", at, scope });
  }
}

/** The name of one of several networks: `critics[i](…)`, `networks.select("critic")(…)`. */
function oneOf(callee: Expression): string {
  if (callee.kind === "item") return nameOf(callee.of);
  if (callee.kind !== "call") return "";
  const key = callee.args.find(({ value }) => value.kind === "string")?.value;
  return key?.kind === "string" ? key.value : "";
}

/** `values(q_params, state, action)`: what the parameters of a critic are handed to. */
function namesCritic(first: Expression): boolean {
  return within(first).some((part) => part.kind !== "call" && roleOf(nameOf(part)) === symbols.q);
}

export function valueOfCall(expression: Call, site: Site, reader: Reader): Value {
  const computed = tensorFunction(expression, site, reader);
  if (computed) return computed;
  const { callee, args } = expression;
  const { scope } = site;
  const name = callee.kind === "member" || callee.kind === "name" ? callee.name : oneOf(callee);
  const first = args.find((argument) => argument.name === undefined)?.value;
  const method = callee.kind === "member";
  const library = ofLibrary(callee);
  const loss = differentiated(expression, site, reader);
  if (loss) return loss;
  // A class is named for what it makes, and makes no value.
  const made =
    callee.kind === "name" && /^([A-Z][A-Za-z\d]*[a-z]|_?(make|build|create|construct|new|init)_)/.test(name);
  const byName = made || /^[A-Z]/.test(name) ? undefined : roleOf(name);
  const criticMethod = method && args.length > 0 && roleOf(nameOf(callee.of)) === symbols.q;
  // `critics.values(state, action)` are those of Q.
  const ofCritic =
    method && !library
      ? criticMethod
      : first !== undefined &&
        namesCritic(first) &&
        args.slice(1).some(({ value }) => /(^|_)n?(obs\w*|states?|s\d?)(_|$)/i.test(nameOf(value)));
  const role = byName === symbols.v && ofCritic ? symbols.q : byName;
  const other = method && !(callee.of.kind === "name" && /^(self|this|cls)$/.test(callee.of.name));
  // A method of a network that gives Q: whose it is tells more than how it is computed.
  const networks = other && role === symbols.q;
  if (networks && !library) {
    const found = helperOf(callee, scope, reader.program);
    // The whole target is no network's value.
    if (found && givesTarget(found)) {
      const told = reader.returned(found, givenTo(found, args, site, reader));
      if (has(flat(told), symbols.reward, symbols.logProb, symbols.logProbs)) return told;
    }
  }
  if (!library && !networks && (callee.kind === "name" || method)) {
    const found = helperOf(callee, scope, reader.program);
    if (found) {
      const given = givenTo(found, args, site, reader);
      // Of another object, such as a copy of this one: whose networks it reads is told by its own name.
      const told =
        other || takesNetwork(found, args)
          ? reader.beyond(expression, scope, () => reader.returned(found, given))
          : reader.returned(found, given);
      if (knowledge(told) > 0 || (role === undefined && !(criticMethod && !kept.test(name))))
        return role === undefined ? told : named(told, name, reader.exponentiated);
    }
  }
  if (made) return unknown;
  // What a record's or a dictionary's entries are is no value of a state.
  const entries = method && /^(values|items)$/.test(name) && args.length === 0;
  if ((role === symbols.q || role === symbols.v) && !entries) {
    const inside = library
      ? undefined
      : (reader.program.calledOf(callee, scope) ?? helperOf(callee, scope, reader.program));
    // Its own minimum of several is told where it is taken.
    if (inside && takesExtreme(inside))
      reader.beyond(expression, scope, () => reader.returned(inside, givenTo(inside, args, site, reader)));
    noteReduction(expression, scope, reader);
    reader.note({ kind: "q", at: expression, scope });
    return symbol(role === symbols.q && ofHeldAction(expression) ? symbols.qFixed : role);
  }
  const holder =
    /^(apply(_fn)?|predict|forward|call|evaluate|value|module|act|infer\w*|__call__)$/.test(name) && method
      ? nameOf(callee.of)
      : name;
  const held = roleOf(holder.replace(/_(network|net|module|holder|def|train_state|state|model|apply)$/, ""));
  if (held === symbols.alpha && reader.exponentiated.has(holder)) return symbol(symbols.logAlpha);
  if (held === symbols.alpha || held === symbols.logAlpha) return symbol(held);
  // Q, whatever the network's name ends with and its method is called; or a critic by another name, given states and actions at once.
  const asked = criticMethod && !library && callee.of.kind !== "call" && !kept.test(name);
  if (
    held === symbols.q ||
    asked ||
    isHandedCritic(callee, scope, reader.program) ||
    (method && /^(target|critic)\w*\d*$/i.test(name) && first?.kind === "sequence")
  ) {
    noteReduction(expression, scope, reader);
    reader.note({ kind: "q", at: expression, scope });
    return symbol(symbols.q);
  }
  // A critic's own class calls itself.
  const owner = callee.kind === "name" && /^(self|this)$/.test(callee.name) ? ownerOf(scope) : undefined;
  if (owner && roleOf(owner.name) === symbols.q) {
    reader.note({ kind: "q", at: expression, scope });
    return symbol(symbols.q);
  }
  const instance = !library && reader.program.calledOf(callee, scope);
  if (instance) return reader.returned(instance, givenTo(instance, args, site, reader));
  return unknown;
}

/** Whether it is Q of an action through which no gradient goes: the network learns from it, and the policy does not. */
function ofHeldAction({ args }: Call): boolean {
  const action = args.length > 1 ? args[1]!.value : undefined;
  return action?.kind === "call" && /^(detach|stop_gradient|stopGradient)$/.test(nameOf(action.callee));
}
