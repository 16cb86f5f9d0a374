// Networks that the program makes follow others, by what is done with their parameters and not by what they are called.

import {
  assigned,
  type Call,
  callsIn,
  loopOf,
  nameOf,
  outward,
  type Program,
  spelling,
  within,
} from "./lookup.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

const stepped = /^(Adam\w*|SGD|RMSprop|\w*[oO]ptimi[sz]er\w*|\w*optim)$/;
/** What gives a network's parameters, one by one or all at once. */
const held =
  /^(parameters|named_parameters|buffers|state_dict|values|items|variables|trainable_variables|weights|trainable_weights|get_weights|getWeights|params|data|leaves|tree_leaves)$/;
const blends =
  /^(incremental_update|periodic_update|tree_map|tree_multimap|multimap|map|lerp|\w*(soft|polyak|hard|ema|blend|track|target|average|mix|sync)\w*)$/i;
const changes =
  /^(copy_?|mul_|add_|lerp_|assign|assign_add|assign_sub|set_data|set_value|load_state_dict|set_weights|setWeights|fill_)$/;

/** What is put back into α from a checkpoint makes no network of it. */
const temperatures = [symbols.alpha, symbols.logAlpha];

interface Networks {
  /** The last part of the name of each network, or of its parameters, that follows another one. */
  readonly followers: ReadonlySet<string>;
  /** Those that an optimiser is given. */
  readonly optimised: ReadonlySet<string>;
}

const found = new WeakMap<Program, Networks>();

export function networksOf(program: Program): Networks {
  let names = found.get(program);
  if (!names) {
    names = follow(program);
    found.set(program, names);
  }
  return names;
}

function follow(program: Program): Networks {
  const optimised = new Set<string>();
  const names = new Set<string>();
  const parameters = new Map<Scope, Set<string>>();
  const note = (expression: Expression, scope: Scope) => {
    for (const network of networksIn(expression, scope)) {
      const name = nameOf(network);
      const owner = network.kind === "name" ? handedTo(network.name, scope) : undefined;
      if (owner) parameters.set(owner, new Set([...(parameters.get(owner) ?? []), name]));
      else if (name !== "" && !temperatures.some((role) => role === roleOf(name))) names.add(name);
    }
  };
  const visit = (call: Expression & { kind: "call" }, scope: Scope) => {
    const { callee, args } = call;
    const name = nameOf(callee);
    if (stepped.test(name)) {
      for (const { value } of args) {
        for (const part of within(value)) {
          if (part.kind === "call" && nameOf(part) === "parameters" && part.callee.kind === "member")
            optimised.add(nameOf(part.callee.of));
        }
      }
    }
    if (callee.kind !== "member" || !changes.test(name)) return;
    const source = args[0]?.value;
    const loads = /^(load_state_dict|set_weights|setWeights|assign|set_data|set_value)$/.test(name);
    // What is loaded from a file follows nobody.
    if (
      loads &&
      !(source && within(source).some((part) => held.test(nameOf(part)) || part.kind === "binary"))
    )
      return;
    note(callee.of, scope);
  };
  for (const scope of program.scopes) {
    for (const statement of scope.statements) {
      for (const part of within(statement.value)) {
        if (part.kind === "call") visit(part, scope);
        for (const { name, value } of argumentsIn(part)) {
          if (name === undefined || !(isCopy(value) || isBlend(value, name))) continue;
          if (!held.test(name)) names.add(name);
          else if (part.kind === "call" && part.callee.kind === "member") note(part.callee.of, scope);
        }
        // Always the second of the two.
        if (part.kind === "call" && nameOf(part) === "incremental_update" && part.args[1])
          note(part.args[1].value, scope);
      }
      if (statement.kind === "assign") given(statement, scope);
    }
  }
  // Whom a helper changes is told where it is called.
  for (const [scope, changed] of parameters) {
    const own = scope.parameters.filter(({ name }) => !/^(self|cls)$/.test(name));
    for (const { call, scope: from } of program.callsOf(scope.name) as readonly Call[]) {
      const bare = call.args.filter(({ name }) => name === undefined);
      for (const name of changed) {
        const argument =
          call.args.find((one) => one.name === name) ?? bare[own.findIndex((one) => one.name === name)];
        if (argument) for (const network of networksIn(argument.value, from)) names.add(nameOf(network));
      }
    }
  }
  // Of two that another file's helper is handed, the one that no optimiser steps.
  for (const scope of program.scopes) {
    for (const { call } of callsIn(scope)) {
      if (call.callee.kind === "call" || !blends.test(nameOf(call)) || nameOf(call) === "map") continue;
      if (program.named(nameOf(call), "function").length > 0) continue;
      const { callee } = call;
      const own =
        callee.kind === "member" && !/^(self|this|jax|optax|torch|tf|tree|utils?)$/.test(nameOf(callee.of));
      const all = [...(own ? [callee.of] : []), ...call.args.map(({ value }) => value)];
      const given = all.flatMap((one) => networksIn(one, scope)).map(nameOf);
      const [leader] = given.filter((name) => optimised.has(name));
      if (leader === undefined) continue;
      for (const name of given) if (name !== leader && roleOf(name) === symbols.q) names.add(name);
    }
  }
  names.delete("");
  for (const name of optimised) names.delete(name);
  return { followers: names, optimised };

  function given(statement: Statement & { kind: "assign" }, scope: Scope): void {
    const { target, value } = statement;
    const pairs: [Expression, Expression][] =
      target.kind === "sequence" && value.kind === "sequence"
        ? target.of.flatMap((one, at): [Expression, Expression][] => {
            const part = value.of[at];
            return part ? [[one, part]] : [];
          })
        : [[target, value]];
    for (const [left, right] of pairs) {
      const name = nameOf(left);
      if (isCopy(right) || isBlend(right, name)) {
        // `p.data = …` in a loop over parameters, and `target.params = …`.
        if (held.test(name) && left.kind === "member") note(left.of, scope);
        else names.add(name);
      }
    }
  }
}

function argumentsIn(part: Expression) {
  if (part.kind === "call") return part.args;
  return part.kind === "record" ? part.entries : [];
}

/** `deepcopy(critic)`, of a network that is kept under a name of its own. */
function isCopy(value: Expression): boolean {
  if (value.kind !== "call") return false;
  if (
    value.callee.kind === "member" &&
    /^(to|eval|requires_grad_|cuda|double|float)$/.test(value.callee.name)
  )
    return isCopy(value.callee.of);
  const name = nameOf(value);
  if (/^(deepcopy|clone_model|clone|copy|AveragedModel|EMA)$/.test(name) && value.args[0])
    return spelling(value.args[0].value) !== "" || value.args[0].value.kind === "item";
  return (
    /^(tree_map|map)$/.test(name) &&
    value.args.length === 2 &&
    /params|critic|q/i.test(spelling(value.args[1]!.value))
  );
}

/** What is made of itself and of another one. */
function isBlend(value: Expression, name: string): boolean {
  if (name === "") return false;
  if (value.kind === "call" && blends.test(nameOf(value))) {
    const given = value.args.map((one) => one.value).filter((one) => spelling(one) !== "");
    // A step down the gradient is none.
    if (given.some((one) => /grad|update|^g$/i.test(nameOf(one)))) return false;
    return given.length > 1 && given.some((one) => nameOf(one) === name);
  }
  if (value.kind !== "binary" || value.operator !== "+") return false;
  const sides = [value.left, value.right].map((side) => within(side).map(nameOf).includes(name));
  const scaled = [value.left, value.right].every((side) => side.kind === "binary" && side.operator === "*");
  return scaled && sides[0] !== sides[1];
}

/** The networks whose parameters these are, through loops. */
function networksIn(expression: Expression, scope: Scope, depth = 0): Expression[] {
  if (depth > 6) return [];
  if (expression.kind === "call") {
    const { callee, args } = expression;
    if (callee.kind === "member" && held.test(callee.name)) {
      const library = callee.of.kind === "name" && /^(jax|tree_util|tree|torch|tf)$/.test(callee.of.name);
      return networksIn(library && args[0] ? args[0].value : callee.of, scope, depth + 1);
    }
    if (/^(chain|list|tuple|sum)$/.test(nameOf(callee)))
      return args.flatMap(({ value }) => networksIn(value, scope, depth + 1));
    return [];
  }
  if (expression.kind === "item") return networksIn(expression.of, scope, depth + 1);
  if (expression.kind === "sequence")
    return expression.of.flatMap((one) => networksIn(one, scope, depth + 1));
  if (expression.kind === "binary")
    return [expression.left, expression.right].flatMap((one) => networksIn(one, scope, depth + 1));
  if (expression.kind === "member") {
    const own = expression.of.kind === "name" && /^(self|this)$/.test(expression.of.name);
    return held.test(expression.name) && !own ? networksIn(expression.of, scope, depth + 1) : [expression];
  }
  if (expression.kind !== "name") return [];
  for (const place of outward(scope)) {
    const looped = loopOf(place, expression.name, expression.from);
    if (looped) {
      const { over } = looped.loop;
      const zipped = over.kind === "call" && /^(zip|enumerate)$/.test(nameOf(over));
      const enumerated = zipped && nameOf(over) === "enumerate";
      const inner = enumerated && over.args[0]?.value.kind === "call" ? over.args[0].value : over;
      const part =
        inner.kind === "call" && nameOf(inner) === "zip" && looped.part !== undefined
          ? inner.args[enumerated ? (looped.inner ?? looped.part) : looped.part]?.value
          : inner.kind === "sequence"
            ? undefined
            : over;
      if (part) return networksIn(part, place, depth + 1);
      // `for net, slow in ((a, b), (c, d))`.
      if (inner.kind !== "sequence" || looped.part === undefined) return [];
      return inner.of.flatMap((one) => {
        const picked = one.kind === "sequence" ? one.of[looped.part!] : undefined;
        return picked ? networksIn(picked, place, depth + 1) : [];
      });
    }
    const last = assigned(place, expression.name).findLast(
      ({ statement }) => statement.to <= expression.from,
    );
    const made = last && last.part === undefined ? last.statement.value : undefined;
    if (made && (made.kind === "sequence" || (made.kind === "call" && held.test(nameOf(made)))))
      return networksIn(made, place, depth + 1);
    if (last || place.parameters.some(({ name }) => name === expression.name)) break;
  }
  return [expression];
}

/** The function that is handed what goes by this name. */
function handedTo(name: string, scope: Scope): Scope | undefined {
  return outward(scope).find(
    (place) =>
      place.name !== "" && place.name !== "__init__" && place.parameters.some((one) => one.name === name),
  );
}
