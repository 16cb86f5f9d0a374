// The policy acts in unit actions, [−1, 1] in every dimension; the environment has bounds of its own. Everything
// inside SAC (replay, log π, target entropy) is in unit actions; only what is handed to the environment is scaled. Of discrete
// actions the unit actions are the numbers from 0 up, one a choice; the environment may begin to count elsewhere.

import { choicesOf, type Space } from "../envs/spaces.ts";
import { TemperedError } from "../errors.ts";
import type { RandomStream } from "../random/index.ts";
import type { ChosenFrom } from "../sac/temperature.ts";

export interface ActionScale {
  /** Numbers of an action. */
  readonly size: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** How many actions each choice has, where actions are discrete. */
  readonly choices?: readonly number[];
}

/** @throws TemperedError (ACTION_SPACE) for bounds that are not finite or empty */
export function actionScale(space: Space): ActionScale {
  if (space.kind !== "box") {
    const found = choicesOf(space)!;
    return {
      size: found.length,
      low: Float64Array.from(found, ({ start }) => start),
      high: Float64Array.from(found, ({ start, n }) => start + n - 1),
      choices: found.map(({ n }) => n),
    };
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

/** What a policy with these actions chooses from, as a temperature is told. */
export function chosenFrom({ size, choices }: ActionScale): ChosenFrom {
  return choices ?? size;
}

/** An action of which any other is as likely. @param unitAction written */
export function drawUniformly(
  { choices }: ActionScale,
  unitAction: Float32Array,
  random: RandomStream,
): void {
  for (let i = 0; i < unitAction.length; i++) {
    unitAction[i] = choices ? random.below(choices[i]!) : random.uniformBetween(-1, 1);
  }
}

/**
 * Discrete actions as an update takes them: a column for every action of every choice, 1 in those that were chosen.
 * @param actions [batch, choices] @param columns [batch, Σ choices], written
 */
export function toColumns(
  choices: readonly number[],
  actions: ArrayLike<number>,
  columns: Float32Array,
): void {
  columns.fill(0);
  for (let i = 0, at = 0; i < actions.length; i++) {
    columns[at + actions[i]!] = 1;
    at += choices[i % choices.length]!;
  }
}

/** Unit actions to the environment's. @param environmentAction written */
export function toEnvironment(
  { low, high, choices }: ActionScale,
  unitAction: ArrayLike<number>,
  environmentAction: Float64Array,
): void {
  if (choices) {
    for (let i = 0; i < environmentAction.length; i++) environmentAction[i] = low[i]! + unitAction[i]!;
    return;
  }
  for (let i = 0; i < environmentAction.length; i++) {
    const scaled = low[i]! + 0.5 * (unitAction[i]! + 1) * (high[i]! - low[i]!);
    // Rounding may carry the bound itself a last bit too far: −0.1 + 0.4 > 0.3.
    environmentAction[i] = Math.min(Math.max(scaled, low[i]!), high[i]!);
  }
}
