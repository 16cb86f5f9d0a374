// What a library's function on tensors gives: sums and means keep what they are of, exp and log, clamps, extremes, masks.

import { type Call, helperOf, ofSeveral } from "./callees.ts";
import { nameOf } from "./lookup.ts";
import { chosenBy, complement, isFlag } from "./mask.ts";
import {
  arithmetic,
  constant,
  has,
  numberOf,
  type Polynomial,
  product,
  rename,
  scale,
  symbol,
  unknown,
} from "./polynomial.ts";
import type { Reader } from "./reader.ts";
import { symbols } from "./roles.ts";
import type { Expression } from "./syntax.ts";
import { best, flat, isQ, knowledge, named, type Site, same, still, type Value } from "./value.ts";

const keeps = new Set(
  (
    "mean sum to cpu float double view reshape squeeze unsqueeze flatten numpy clone contiguous cuda type expand " +
    "expand_as astype reduce_mean reduce_sum squeeze_ tensor as_tensor FloatTensor Tensor array asarray float32 " +
    "convert_to_tensor cast nanmean average stack cat concat concatenate repeat item requires_grad_ ravel " +
    "dataSync squeeze asScalar variable scalar gather scalar_tensor from_numpy sum_rightmost int Variable Parameter read_value value identity " +
    "expand_dims tile broadcast_to view_as reshape_as scale masked_fill nan_to_num chunk unbind swapaxes transpose permute t get_parameter compute_average_loss list tuple Reduce mean_all deepcopy copy get_current_value byte bool long half short type_as movedim narrow split sort topk"
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

/** Whether a function is taken from a library, as in `torch.exp`. */
export function ofLibrary(callee: Expression): boolean {
  return callee.kind === "member" && callee.of.kind === "name" && libraries.test(callee.of.name);
}

/** The value, or undefined where the call is none of a library's on tensors. */
export function tensorFunction(expression: Call, site: Site, reader: Reader): Value | undefined {
  const { callee, args } = expression;
  const name = callee.kind === "member" || callee.kind === "name" ? callee.name : "";
  const first = args.find((argument) => argument.name === undefined)?.value;
  const method = callee.kind === "member";
  const library = ofLibrary(callee);
  const nested =
    method &&
    callee.of.kind === "member" &&
    /^(lax|math|nn|functional|numpy|distributions)$/.test(callee.of.name);
  // `squeeze(input=x, dim=-1)` names even what it is of.
  const bare =
    first ??
    args.find(({ name: key }) => /^(input|x|a|tensor|value|values|arr|condition)$/.test(key ?? ""))?.value;
  const subject = method && !library && !nested ? callee.of : bare;
  const scope = site.scope;
  const value = (inner: Expression) => reader.value(inner, site);

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
    reader.note({ kind: "detach", at: expression, of: flat(whole), scope });
    return still(whole);
  }
  if (name === "full_like" && args[1]) return value(args[1].value);
  if (/^(ones|zeros)_?[lL]ike$/.test(name)) return constant(/^ones/.test(name) ? 1 : 0);
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
    addScalar: "+",
    subScalar: "-",
    mulScalar: "*",
    divScalar: "/",
    true_divide: "/",
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
        ofSeveral(expression, subject, site.scope, reader.program)
      ) {
        reader.note({ kind, at: expression, scope });
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
      return reader.returned(inner, new Map(parameter && knowledge(one) > 0 ? [[parameter.name, one]] : []));
    }
  }
  if (name === "reduce" && method && /^min/.test(nameOf(first ?? callee))) {
    reader.note({ kind: "smallest", at: expression, scope });
    return value(callee.of);
  }
  // A batch's or a tensor dictionary's entry, by its name.
  if (name === "get" && method && first) {
    const key = first.kind === "sequence" ? first.of.at(-1) : first;
    if (key?.kind === "string") {
      const whole = value(callee.of);
      if (!("parts" in whole) && isQ(whole)) return whole;
      return named(reader.entry(whole, key.value) ?? unknown, key.value, reader.exponentiated);
    }
  }
  if (name === "masked_fill" && method && first && has(flat(value(first)), symbols.done)) {
    return product(symbol(symbols.notDone), flat(value(callee.of)));
  }
  if (/^(logical_not|logicalNot|invert|bitwise_not)$/.test(name) && subject)
    return complement(flat(value(subject)));
  if (/^(scale|scalarMul|times)$/.test(name) && second && subject && second !== subject) {
    const by = flat(value(second));
    if (numberOf(by) !== undefined || same(by, symbols.discount)) return product(flat(value(subject)), by);
  }
  const own = callee.kind === "name" && helperOf(callee, scope, reader.program) !== undefined;
  if (keeps.has(name) && subject && !own) {
    const whole = value(subject);
    // A new tensor of a value has none of its gradient.
    if (!/^(tensor|FloatTensor|Tensor|from_numpy)$/.test(name) || !library || "parts" in whole) return whole;
    if (!isQ(flat(whole))) return whole;
    reader.note({ kind: "detach", at: expression, of: flat(whole), scope });
    return still(whole);
  }
  if (/^(where|select|cond)$/.test(name) && (name === "where" || library || nested)) {
    const given = args.map((one) => one.value);
    // `x.where(condition, other)`, or `condition.where(x, other)`.
    if (subject !== first && given.length === 2 && subject) {
      if (isFlag(flat(value(subject)))) given.unshift(subject);
      else given.splice(1, 0, subject);
    }
    if (given.length === 3) {
      const [when, yes, no] = given.map(value) as [Value, Value, Value];
      return chosenBy(flat(when), yes, no) ?? (knowledge(yes) >= knowledge(no) ? yes : no);
    }
  }
  return undefined;

  function clamped(whole: Value): Value {
    reader.note({ kind: "clamp", at: expression, of: flat(whole), scope });
    return whole;
  }
}

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
