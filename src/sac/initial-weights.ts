// Initial weights as torch.nn.Linear draws them, and so Stable-Baselines3: uniform within 1/√inputs, biases too. Layers with a
// gain of their own are normal with that variance over the inputs (He et al. 2015 with 2), biases 0. A norm begins with gain 1
// and bias 0, its running statistics with mean 0 and variance 1.

import type { RandomStream } from "../random/index.ts";
import { type NetworkSpec, parameterLayers } from "./layers.ts";
import type { SacNetworks } from "./networks.ts";
import type { LayerValues } from "./packing.ts";

/** Layers of each network in torch.nn.Linear's layout; the targets start equal to the critics. */
export interface InitialWeights {
  readonly actor: readonly LayerValues[];
  readonly critics: readonly (readonly LayerValues[])[];
}

/** Draws the actor's layers, then each critic's. */
export function initialWeights({ actor, critics }: SacNetworks, random: RandomStream): InitialWeights {
  return {
    actor: initialLayers(actor.spec, random),
    critics: critics.map((critic) => initialLayers(critic.spec, random)),
  };
}

export function initialLayers(spec: NetworkSpec, random: RandomStream): LayerValues[] {
  return parameterLayers(spec).map(({ kind, inputs, outputs, gain }) => {
    const one = () => new Float32Array(outputs).fill(1);
    const zero = () => new Float32Array(outputs);
    if (kind === "layerNorm") return { weight: one(), bias: zero() };
    if (kind === "batchRenorm") return { weight: one(), bias: zero(), mean: zero(), variance: one() };
    if (gain !== undefined) {
      const deviation = Math.sqrt(gain / inputs);
      const weight = Float32Array.from({ length: inputs * outputs }, () => deviation * random.normal());
      return { weight, bias: zero() };
    }
    const bound = 1 / Math.sqrt(inputs);
    const draw = (size: number) =>
      Float32Array.from({ length: size }, () => random.uniformBetween(-bound, bound));
    return { weight: draw(inputs * outputs), bias: draw(outputs) };
  });
}
