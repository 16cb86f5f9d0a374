// The policy acts in unit actions, [−1, 1] in every dimension; the environment has bounds of its own. Everything
// inside SAC (replay, log π, target entropy) is in unit actions; only what is handed to the environment is scaled.

import { choicesOf, type Space } from "../envs/spaces.ts";
import { TemperedError } from "../errors.ts";

export interface ActionScale {
  readonly size: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** @throws TemperedError (ACTION_SPACE) for a discrete space, or bounds that are not finite or empty */
export function actionScale(space: Space): ActionScale {
  if (space.kind !== "box") {
    const counts = choicesOf(space)!.map(({ n }) => n);
    throw new TemperedError(
      "ACTION_SPACE",
      `Expected a continuous (box) action space, got a discrete one with ${counts.join(" × ")} actions: this SAC draws ` +
        "actions from a Gaussian; use an environment with continuous actions",
    );
  }
  space.low.forEach((low, i) => {
    const high = space.high[i]!;
    if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
      throw new TemperedError(
        "ACTION_SPACE",
        `Expected finite action bounds with low < high, got [${low}, ${high}] in dimension ${i}: unit actions are ` +
          "scaled to them; give the action space its true limits, for example [-1, 1]",
      );
    }
  });
  return { size: space.low.length, low: space.low, high: space.high };
}

/** Unit actions to the environment's. @param environmentAction written */
export function toEnvironment(
  { low, high }: ActionScale,
  unitAction: ArrayLike<number>,
  environmentAction: Float64Array,
): void {
  for (let i = 0; i < environmentAction.length; i++) {
    const scaled = low[i]! + 0.5 * (unitAction[i]! + 1) * (high[i]! - low[i]!);
    // Rounding may carry the bound itself a last bit too far: −0.1 + 0.4 > 0.3.
    environmentAction[i] = Math.min(Math.max(scaled, low[i]!), high[i]!);
  }
}

/** The environment's actions to unit actions. @param unitAction written */
export function toUnit(
  { low, high }: ActionScale,
  environmentAction: ArrayLike<number>,
  unitAction: Float32Array,
): void {
  for (let i = 0; i < unitAction.length; i++) {
    unitAction[i] = (2 * (environmentAction[i]! - low[i]!)) / (high[i]! - low[i]!) - 1;
  }
}
