// A policy as an ONNX model: `observation` [batch, n] in, `action` [batch, d] out, in the environment's units, float32 both.
// Discrete actions come as their numbers.
// Normalization, tanh and scaling are inside. Inside it computes in float64, as the agent does when it acts, so that the
// actions are the agent's to float32's last digits.

import { OnnxModel } from "../graph/onnx-model.ts";
import { type Activation, GELU_CUBE, GELU_SLOPE } from "../sac/activations.ts";
import { isActivation, LAYER_NORM_EPSILON } from "../sac/layers.ts";
import { actionWidth } from "../sac/networks.ts";
import { LOG_STD_MAX, LOG_STD_MIN } from "../sac/policy.ts";
import { OBSERVATION_CLIP, type Policy } from "./policy.ts";
import type { PolicyLayer } from "./policy-layers.ts";

/**
 * The policy as an ONNX model: a batch of observations in, their actions out.
 * @param stochastic with an input `noise`: [batch, d], standard normal draws; of discrete actions [batch, Σ choices], draws
 *   of −log(−log u), u uniform in (0, 1) (Gumbel's). Without it the mode. Default false
 */
export function policyModel(
  policy: Policy,
  { stochastic = false }: { stochastic?: boolean } = {},
): Uint8Array {
  const { env, steps, observationSize, actionSize, low, high, choices, layers, normalization } = policy;
  const model = new OnnxModel();
  const double = (value: string) => model.node("Cast", [value], { to: OnnxModel.DOUBLE });
  const float = (value: string) => model.node("Cast", [value], { to: OnnxModel.FLOAT });
  const row = (name: string, values: ArrayLike<number>) =>
    model.doubles(name, [1, values.length], Float64Array.from(values));
  const bounded = (value: string, from: string, to: string) =>
    model.node("Min", [model.node("Max", [value, from]), to]);
  const number = (value: number) => model.doubles(`${value}`, [1, 1], Float64Array.of(value));

  // ONNX Runtime has neither Elu nor its fusion of x · Sigmoid(x) for float64.
  const gated = (value: string, gate: string) => {
    const decay = model.node("Exp", [model.node("Neg", [gate])]);
    return model.node("Div", [value, model.node("Add", [decay, number(1)])]);
  };
  const activations: Readonly<Record<Activation, (value: string) => string>> = {
    relu: (value) => model.node("Relu", [value]),
    tanh: (value) => model.node("Tanh", [value]),
    elu: (value) => {
      const below = model.node("Exp", [model.node("Min", [value, number(0)])]);
      return model.node("Add", [model.node("Relu", [value]), model.node("Sub", [below, number(1)])]);
    },
    silu: (value) => gated(value, value),
    gelu: (value) => {
      const squared = model.node("Mul", [model.node("Mul", [value, value]), number(GELU_CUBE)]);
      const slope = model.node("Mul", [model.node("Add", [squared, number(1)]), number(GELU_SLOPE)]);
      return gated(value, model.node("Mul", [value, slope]));
    },
  };

  model.input("observation", ["batch", observationSize]);
  const draws = actionWidth({ actionSize, choices });
  if (stochastic) model.input("noise", ["batch", draws]);
  let x = double("observation");
  if (normalization) {
    const centred = model.node("Sub", [x, row("observation shift", normalization.shift)]);
    const scaled = model.node("Mul", [centred, row("observation scale", normalization.scale)]);
    // To float32 and back: so the policy saw them in training.
    x = double(float(bounded(scaled, number(-OBSERVATION_CLIP), number(OBSERVATION_CLIP))));
  }
  let named = 0;
  const through = (value: string, layer: PolicyLayer): string => {
    if (isActivation(layer)) return activations[layer.kind](value);
    if (layer.kind === "residual") return model.node("Add", [value, layer.layers.reduce(through, value)]);
    const { weight, bias } = layer;
    const name = `actor.${named++}`;
    const shape = layer.kind === "dense" ? [bias.length, weight.length / bias.length] : [bias.length];
    const w = double(model.floats(`${name}.weight`, shape, weight));
    const b = double(model.floats(`${name}.bias`, [bias.length], bias));
    return layer.kind === "dense"
      ? model.node("Gemm", [value, w, b], { transB: 1 })
      : model.node("LayerNormalization", [value, w, b], { axis: -1, epsilon: LAYER_NORM_EPSILON });
  };
  x = layers.reduce(through, x);
  const part = (from: number, to: number) =>
    model.node("Slice", [x, model.integers([from]), model.integers([to]), model.integers([1])]);
  const describe = () =>
    model.bytes({
      "tempered.env": env,
      "tempered.steps": `${steps}`,
      "tempered.observation": `[batch, ${observationSize}], as the environment gives it`,
      "tempered.action": `[batch, ${actionSize}], in the environment's units, low ${JSON.stringify(low)}, high ${JSON.stringify(high)}`,
      "tempered.stochastic": `${stochastic}`,
    });
  if (choices) {
    if (stochastic) x = model.node("Add", [x, double("noise")]);
    let first = 0;
    const numbers = choices.map((n, i) => {
      const logits = part(first, first + n);
      first += n;
      const best = model.node("ArgMax", [logits], { axis: 1, keepdims: 1 });
      return model.node("Add", [double(best), number(low[i]!)]);
    });
    const all = numbers.length === 1 ? numbers[0]! : model.node("Concat", numbers, { axis: 1 });
    model.output("action", float(all), ["batch", actionSize]);
    return describe();
  }
  let u = part(0, actionSize);
  if (stochastic) {
    const logStd = bounded(part(actionSize, 2 * actionSize), number(LOG_STD_MIN), number(LOG_STD_MAX));
    u = model.node("Add", [u, model.node("Mul", [model.node("Exp", [logStd]), double("noise")])]);
  }
  // low + (tanh(u) + 1) · (high − low) / 2, with tanh(u) in float32 as a unit action is.
  const unit = double(float(model.node("Tanh", [u])));
  const half = row(
    "half range",
    low.map((bound, i) => 0.5 * (high[i]! - bound)),
  );
  const [least, most] = [row("action low", low), row("action high", high)];
  const scaled = model.node("Add", [least, model.node("Mul", [model.node("Add", [unit, number(1)]), half])]);
  model.output("action", float(bounded(scaled, least, most)), ["batch", actionSize]);
  return describe();
}
