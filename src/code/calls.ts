// What a call gives: a library's function on tensors, a helper of the program, a network, or a loss with its gradient.

import { functionIn, helperOf, madeBy, ofSeveral, takesExtreme, takesNetwork } from "./callees.ts";
import { nameOf, type Program } from "./lookup.ts";
import {
  arithmetic,
  has,
  numberOf,
  type Polynomial,
  product,
  rename,
  scale,
  symbol,
  unknown,
} from "./polynomial.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Argument, Expression, Scope } from "./syntax.ts";
import {
  best,
  type Event,
  flat,
  isQ,
  knowledge,
  named,
  type Site,
  same,
  still,
  type Value,
} from "./value.ts";

export interface Callee {
  readonly program: Program;
  readonly exponentiated: ReadonlySet<string>;
  readonly value: (expression: Expression) => Value;
  readonly note: (event: Event) => void;
  readonly returned: (scope: Scope, given: ReadonlyMap<string, Value> | undefined) => Value;
  readonly entry: (whole: Value, key: string) => Value | undefined;
  /** A value whose Q values, if it has any, come from this call. */
  readonly beyond: (at: Expression, value: () => Value) => Value;
}

type CallExpression = Expression & { readonly kind: "call" };

const keeps = new Set(
  (
    "mean sum to cpu float double view reshape squeeze unsqueeze flatten numpy clone contiguous cuda type expand " +
    "expand_as astype reduce_mean reduce_sum squeeze_ tensor as_tensor FloatTensor Tensor array asarray float32 " +
    "convert_to_tensor cast nanmean average stack cat concat concatenate repeat item requires_grad_ ravel " +
    "dataSync squeeze asScalar variable scalar gather scalar_tensor from_numpy sum_rightmost int Variable Parameter read_value value identity " +
    "expand_dims tile broadcast_to view_as reshape_as scale masked_fill nan_to_num chunk unbind swapaxes transpose permute t get_parameter compute_average_loss list tuple Reduce mean_all deepcopy copy byte bool long half short type_as movedim narrow split sort topk"
  ).split(" "),
);
const detaches = new Set([
  "detach",
  "detach_",
  "stop_gradient",
  "item",
  "numpy",
  "stopGradient",
  "dataSync",
  "clone_detach",
]);
const libraries =
  /^(torch|th|tf|np|jnp|jax|F|nn|math|K|numpy|T|lax|Math|keras|tnp|ops|onp|mx|paddle|ptu|mnp)$/;

export function valueOfCall(expression: CallExpression, site: Site, api: Callee): Value {
  const { callee, args } = expression;
  const name = callee.kind === "member" || callee.kind === "name" ? callee.name : "";
  const first = args.find((argument) => argument.name === undefined)?.value;
  const method = callee.kind === "member";
  const library = method && callee.of.kind === "name" && libraries.test(callee.of.name);
  const nested =
    method &&
    callee.of.kind === "member" &&
    /^(lax|math|nn|functional|numpy|distributions)$/.test(callee.of.name);
  const subject = method && !library && !nested ? callee.of : first;
  const scope = site.scope;
  const value = api.value;

  if (name === "log_prob" || name === "logProb") return symbol(symbols.logProb);
  if (name === "log_softmax" || name === "logSoftmax") return symbol(symbols.logProbs);
  // `cast(Tensor, value)` of a type checker, and what is read anew through a function.
  if (name === "cast" && callee.kind === "name" && args[1]) return value(args[1].value);
  if (name === "DeferredTensor" && first) {
    const how = args[1] ? nameOf(args[1].value) : "";
    return how === "exp" ? exponential(flat(value(first))) : value(first);
  }
  if (name === "gather" && subject) {
    return rename(flat(value(subject)), { [symbols.logProbs]: symbols.logProb });
  }
  if (name === "softmax") return symbol(symbols.probability);
  if (name === "entropy" && method && !library) return scale(symbol(symbols.logProb), -1);
  if (name === "exp" && subject) return exponential(flat(value(subject)));
  if (name === "log" && subject) return logarithm(flat(value(subject)));
  if (detaches.has(name) && subject) {
    const whole = value(subject);
    api.note({ kind: "detach", at: expression, of: flat(whole), scope });
    return still(whole);
  }
  if ((name === "neg" || name === "negative") && subject) return scale(flat(value(subject)), -1);
  const operator = {
    minus: "-",
    plus: "+",
    mul: "*",
    multiply: "*",
    add: "+",
    sub: "-",
    subtract: "-",
    div: "/",
    add_: "+",
    sub_: "-",
    mul_: "*",
  }[name];
  const second = method && !library && !nested ? first : args[1]?.value;
  if (operator && subject && second) {
    return arithmetic(operator, flat(value(subject)), flat(value(second)));
  }
  if (/^(relu|clamp|clip|clamp_|clip_by_value|clipByValue)$/.test(name) && subject)
    return clamped(value(subject));
  if (/^(min|minimum|max|maximum|amin|amax|reduce_min|reduce_max)$/.test(name) && subject) {
    const inner = value(subject);
    const all = "parts" in inner ? inner.parts.map(flat) : [flat(inner)];
    const others = args
      .filter((one) => one.name === undefined && one.value !== subject)
      .map((one) => flat(value(one.value)));
    const twins = [...all, ...others].filter((one) => has(one, symbols.q, symbols.qFixed));
    if (twins.length > 0) {
      const kind = /max/.test(name) ? "largest" : "smallest";
      // Along another axis it is the best action's, or a bound that is no critic's.
      if (
        kind === "smallest" ||
        twins.length > 1 ||
        ofSeveral(expression, subject, site.scope, api.program)
      ) {
        api.note({ kind, at: expression, scope });
      }
      return twins[0]!;
    }
    if (all.length === 1 && others.length === 1 && numberOf(others[0]!) !== undefined)
      return clamped(all[0]!);
    return unknown;
  }
  if (/^(grad_?fn|value_and_grad|valueAndGrad|variableGrads)$/.test(name)) return unknown;
  if (/^(cat|concat|concatenate|stack|vstack|hstack)$/.test(name) && subject) {
    const whole = value(subject);
    return "parts" in whole ? best(whole.parts) : whole;
  }
  // What a function makes of one of a list, or of nothing.
  if ((name === "map" || name === "tidy") && method && first) {
    const inner = scope.scopes.find(({ place }) => first.from <= place.from && place.to <= first.to);
    const [parameter] = name === "map" ? (inner?.parameters ?? []) : [];
    if (inner) {
      const whole = parameter ? value(callee.of) : unknown;
      const one = "parts" in whole ? best(whole.parts) : whole;
      return api.returned(inner, new Map(parameter && knowledge(one) > 0 ? [[parameter.name, one]] : []));
    }
  }
  if (name === "reduce" && method && /^min/.test(nameOf(first ?? callee))) {
    api.note({ kind: "smallest", at: expression, scope });
    return value(callee.of);
  }
  // A batch's or a tensor dictionary's entry, by its name.
  if (name === "get" && method && first) {
    const key = first.kind === "sequence" ? first.of.at(-1) : first;
    if (key?.kind === "string") {
      const whole = value(callee.of);
      if (!("parts" in whole) && isQ(whole)) return whole;
      return named(api.entry(whole, key.value) ?? unknown, key.value, api.exponentiated);
    }
  }
  if (name === "masked_fill" && method && first && has(flat(value(first)), symbols.done)) {
    return product(symbol(symbols.notDone), flat(value(callee.of)));
  }
  if (/^(logical_not|logicalNot|invert|bitwise_not)$/.test(name) && subject)
    return complement(flat(value(subject)));
  if (/^(scale|mulScalar|scalarMul|times)$/.test(name) && second && subject && second !== subject) {
    const by = numberOf(flat(value(second)));
    if (by !== undefined) return scale(flat(value(subject)), by);
  }
  if (keeps.has(name) && subject) {
    const whole = value(subject);
    // A new tensor of a value has none of its gradient.
    if (!/^(tensor|FloatTensor|Tensor|from_numpy)$/.test(name) || !library || "parts" in whole) return whole;
    if (!isQ(flat(whole))) return whole;
    api.note({ kind: "detach", at: expression, of: flat(whole), scope });
    return still(whole);
  }
  if (/^(where)$/.test(name) && args.length === 3) {
    const [yes, no] = [value(args[1]!.value), value(args[2]!.value)];
    const known = knowledge(yes) >= knowledge(no) ? yes : no;
    const when = flat(value(args[0]!.value));
    const ended = same(when, symbols.done);
    // The value is what only an ended episode gets, or only one that goes on.
    if ((ended || same(when, symbols.notDone)) && Math.min(knowledge(yes), knowledge(no)) <= 1) {
      return product(symbol((known === yes) === ended ? symbols.done : symbols.notDone), flat(known));
    }
    // Where the episode ended there is another value.
    const masked = has(flat(value(args[0]!.value)), symbols.done, symbols.notDone, symbols.weight);
    return masked ? product(symbol(symbols.notDone), flat(known)) : known;
  }

  const differentiated = gradientOf(expression, scope, api);
  if (differentiated) return differentiated;
  // A class is named for what it makes, and makes no value.
  const made =
    callee.kind === "name" && /^([A-Z][A-Za-z\d]*[a-z]|_?(make|build|create|construct|new|init)_)/.test(name);
  const role = made || /^[A-Z]/.test(name) ? undefined : roleOf(name);
  const other = method && !(callee.of.kind === "name" && /^(self|this|cls)$/.test(callee.of.name));
  // A method of a network that gives Q: whose it is tells more than how it is computed.
  const networks = other && role === symbols.q;
  if (!library && !networks && (callee.kind === "name" || method)) {
    const found = helperOf(callee, scope, api.program);
    if (found) {
      const given = givenTo(found, args, api);
      // Of another object, such as a copy of this one: whose networks it reads is told by its own name.
      const told =
        other || takesNetwork(found, args)
          ? api.beyond(expression, () => api.returned(found, given))
          : api.returned(found, given);
      if (knowledge(told) > 0 || role === undefined)
        return role === undefined ? told : named(told, name, api.exponentiated);
    }
  }
  if (made) return unknown;
  if (role === symbols.q || role === symbols.v) {
    const inside = library
      ? undefined
      : (api.program.calledOf(callee, scope) ?? helperOf(callee, scope, api.program));
    // Its own minimum of several is told where it is taken.
    if (inside && takesExtreme(inside))
      api.beyond(expression, () => api.returned(inside, givenTo(inside, args, api)));
    api.note({ kind: "q", at: expression, scope });
    return symbol(role);
  }
  const holder =
    /^(apply(_fn)?|predict|forward|call|evaluate|value|module|act|infer\w*|__call__)$/.test(name) && method
      ? nameOf(callee.of)
      : name;
  const held = roleOf(holder.replace(/_(network|net|module|holder|def|train_state|state|model|apply)$/, ""));
  if (held === symbols.alpha || held === symbols.logAlpha) return symbol(held);
  // Q or V, whatever the network's name ends with; or a critic by another name, given states and actions at once.
  if (held === symbols.q || (method && /^(target|critic)\w*\d*$/i.test(name) && first?.kind === "sequence")) {
    api.note({ kind: "q", at: expression, scope });
    return symbol(symbols.q);
  }
  const instance = !library && api.program.calledOf(callee, scope);
  if (instance) return api.returned(instance, givenTo(instance, args, api));
  return unknown;

  function clamped(whole: Value): Value {
    api.note({ kind: "clamp", at: expression, of: flat(whole), scope });
    return whole;
  }
}

/** 1 − d of what is 0 or 1. */
export const complement = (inner: Polynomial): Polynomial =>
  same(inner, symbols.done) ? symbol(symbols.notDone) : unknown;

function exponential(inner: Polynomial): Value {
  if (same(inner, symbols.logAlpha)) return symbol(symbols.alpha);
  if (same(inner, symbols.logAlphaFixed)) return symbol(symbols.alphaFixed);
  if (same(inner, symbols.logProb) || same(inner, symbols.logProbs)) return symbol(symbols.probability);
  return unknown;
}

function logarithm(inner: Polynomial): Value {
  if (same(inner, symbols.alpha)) return symbol(symbols.logAlpha);
  const summed = inner.find(({ symbols: only }) => only.length === 1 && only[0] === symbols.probability);
  return summed ? symbol(symbols.logProbs) : unknown;
}

function givenTo(found: Scope, args: readonly Argument[], api: Callee): ReadonlyMap<string, Value> {
  const given = new Map<string, Value>();
  const own = found.parameters.filter((parameter) => !/^(self|cls)$/.test(parameter.name));
  let at = 0;
  for (const argument of args) {
    const key = argument.name ?? own[at++]?.name;
    if (key === undefined) continue;
    const one = api.value(argument.value);
    // What is not known may be told by the name.
    if (knowledge(one) > 0) given.set(key, one);
  }
  return given;
}

/** `value_and_grad(loss)(…)`, by whatever name: the loss with what goes with it, and its gradient. */
function gradientOf(expression: CallExpression, scope: Scope, api: Callee): Value | undefined {
  const { callee, args } = expression;
  if (/^apply_(gradients?|loss_fn)$/.test(nameOf(callee)) && args[0]) {
    const called = functionIn(args[0].value, scope, api.program);
    if (!called) return undefined;
    const told = api.returned(called, undefined);
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
  const called = made.args[0] && functionIn(made.args[0].value, scope, api.program);
  if (!called) {
    if (
      !/^(jit|filter_jit|vmap|filter_vmap)$/.test(how) ||
      roleOf(nameOf(made.args[0]?.value ?? callee)) !== symbols.q
    )
      return undefined;
    api.note({ kind: "q", at: expression, scope });
    return symbol(symbols.q);
  }
  const told = api.returned(called, givenTo(called, args, api));
  const aux = made.args.some((one) => one.name === "has_aux");
  if (/value_and_grad$/.test(how)) return { parts: [told, unknown] };
  if (how === "grad") {
    return aux ? { parts: [unknown, "parts" in told ? (told.parts[1] ?? unknown) : unknown] } : unknown;
  }
  return told;
}
