// What torch saves of an Adam, as the moments and powers that ours keeps.

import { TemperedError } from "../errors.ts";
import { BETA_1, BETA_2, type BetaPowers, initialBetaPowers, nextBetaPowers } from "../sac/adam.ts";
import type { LayerValues } from "../sac/packing.ts";
import { isTensor, type TorchValue } from "./torch-archive.ts";

export interface Adam {
  readonly steps: number;
  /** Without their factors (1 − β), as sac/adam.ts keeps them; weight, bias, weight, … */
  readonly moments: readonly [readonly Float32Array[], readonly Float32Array[]];
}

/** Nothing where the optimiser has not stepped. @throws TemperedError (IMPORT) for another optimiser */
export function adamOf(saved: TorchValue): Adam | undefined {
  const state = saved instanceof Map ? saved.get("state") : undefined;
  if (!(state instanceof Map) || state.size === 0) return undefined;
  const entries = [...state.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => entry);
  const part = (name: string, factor: number) =>
    entries.map((entry) => {
      const tensor = entry instanceof Map ? entry.get(name) : undefined;
      if (!isTensor(tensor)) throw refused(`one without ${name}`, "only Adam's state can be imported");
      return tensor.values.map((value) => value / factor);
    });
  const first = entries[0] instanceof Map ? entries[0].get("step") : undefined;
  const steps = isTensor(first) ? first.values[0]! : typeof first === "number" ? first : 0;
  return { steps, moments: [part("exp_avg", 1 - BETA_1), part("exp_avg_sq", 1 - BETA_2)] };
}

/** Weights and biases one after the other, as the layers of networks like these. */
export function unflattened(
  values: readonly Float32Array[],
  like: readonly (readonly LayerValues[])[],
): LayerValues[][] {
  let at = 0;
  return like.map((layers) =>
    layers.map(({ weight, bias }) => {
      const [w, b] = [values[at++], values[at++]];
      if (w?.length !== weight.length || b?.length !== bias.length) {
        throw refused("one of other parameters", "save the model again");
      }
      return { weight: w!, bias: b! };
    }),
  );
}

/** The moments of layers like these before the first step. */
export function zeros(layers: readonly LayerValues[]): LayerValues[] {
  return layers.map(({ weight, bias }) => ({
    weight: new Float32Array(weight.length),
    bias: new Float32Array(bias.length),
  }));
}

export function betaPowersAfter(steps: number): BetaPowers {
  let betaPowers = initialBetaPowers;
  for (let i = 0; i < Math.min(steps, 1e6); i++) betaPowers = nextBetaPowers(betaPowers);
  return betaPowers;
}

function refused(got: string, remedy: string): TemperedError {
  return new TemperedError(
    "IMPORT",
    `Expected an optimiser's state of these networks, got ${got}; ${remedy}`,
  );
}
