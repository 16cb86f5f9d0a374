// A network as what it does to an observation, batch renorm taken in: by running statistics that is a factor and a shift of each
// unit, and the dense layer behind it takes them in: W (x · s + t) + b = (W · s) x + (W t + b).

import type { Activation } from "../sac/activations.ts";
import { RENORM_EPSILON } from "../sac/batch-renorm.ts";
import { isActivation, type LayerSpec } from "../sac/layers.ts";
import type { Network } from "../sac/network.ts";
import type { LayerValues } from "../sac/packing.ts";

/** What is done in turn. Values are in the layout of torch.nn.Linear and torch.nn.LayerNorm. */
export type PolicyLayer =
  | {
      readonly kind: "dense" | "layerNorm";
      /** [outputs, inputs], row-major; of a norm its gain, [units] */
      readonly weight: Float32Array;
      readonly bias: Float32Array;
    }
  | { readonly kind: Activation }
  /** x + layers(x) */
  | { readonly kind: "residual"; readonly layers: readonly PolicyLayer[] };

/** @param values the network's, as `Network.unpack` gives them */
export function policyLayers({ spec }: Network, values: readonly LayerValues[]): PolicyLayer[] {
  let at = 0;
  let before: Factors | undefined;
  const told = (layer: LayerSpec): PolicyLayer[] => {
    if (isActivation(layer)) return [{ kind: layer.kind }];
    if (layer.kind === "dropout") return [];
    if (layer.kind === "residual") return [{ kind: layer.kind, layers: layer.layers.flatMap(told) }];
    const own = values[at++]!;
    if (layer.kind === "batchRenorm") {
      before = factorsOf(own);
      return [];
    }
    const { weight, bias } = before ? takingIn(own, before) : own;
    before = undefined;
    return [{ kind: layer.kind === "linear" ? "dense" : layer.kind, weight, bias }];
  };
  return spec.layers.flatMap(told);
}

interface Factors {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

function factorsOf({ weight, bias, mean, variance }: LayerValues): Factors {
  const scale = Float64Array.from(weight, (gain, j) => gain / Math.sqrt(variance![j]! + RENORM_EPSILON));
  return { scale, shift: Float64Array.from(bias, (b, j) => b - mean![j]! * scale[j]!) };
}

function takingIn({ weight, bias }: LayerValues, { scale, shift }: Factors): LayerValues {
  const inputs = scale.length;
  return {
    weight: weight.map((w, at) => w * scale[at % inputs]!),
    bias: bias.map((b, row) => shift.reduce((sum, value, j) => sum + weight[row * inputs + j]! * value, b)),
  };
}
