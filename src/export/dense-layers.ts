// A network as dense layers with an activation between them. Batch renorm by running statistics is a factor and a shift of each unit, and
// the dense layer behind it takes them in: W (x · s + t) + b = (W · s) x + (W t + b).

import { RENORM_EPSILON } from "../sac/batch-renorm.ts";
import type { Network } from "../sac/network.ts";
import type { LayerValues } from "../sac/packing.ts";

/** @param layers the network's values, as `Network.unpack` gives them */
export function denseLayers({ packed }: Network, layers: readonly LayerValues[]): LayerValues[] {
  const dense: LayerValues[] = [];
  let before: { readonly scale: Float64Array; readonly shift: Float64Array } | undefined;
  packed.forEach(({ kind }, i) => {
    if (kind === "linear") {
      dense.push(before ? takingIn(layers[i]!, before) : layers[i]!);
      before = undefined;
    } else if (kind === "batchRenorm") before = factorsOf(layers[i]!);
  });
  return dense;
}

function factorsOf({ weight, bias, mean, variance }: LayerValues) {
  const scale = Float64Array.from(weight, (gain, j) => gain / Math.sqrt(variance![j]! + RENORM_EPSILON));
  return { scale, shift: Float64Array.from(bias, (b, j) => b - mean![j]! * scale[j]!) };
}

function takingIn(
  { weight, bias }: LayerValues,
  { scale, shift }: { readonly scale: Float64Array; readonly shift: Float64Array },
): LayerValues {
  const inputs = scale.length;
  return {
    weight: weight.map((w, at) => w * scale[at % inputs]!),
    bias: bias.map((b, row) => shift.reduce((sum, value, j) => sum + weight[row * inputs + j]! * value, b)),
  };
}
