// The temperature's step under settings and faults that may change at any update. The sound step is the library's own;
// a fault changes what goes into it: a flipped sign is the entropy's mirror image about its target, a clamp in the
// wrong place is a bound on what the step starts from.

import {
  type TemperatureSettings,
  type TemperatureState,
  update as updateTemperature,
} from "../../../src/sac/temperature.ts";
import type { Effects } from "../faults.ts";
import type { TemperatureUpdate } from "../messages.ts";
import { type Setup, targetOf } from "../setup.ts";

export interface LiveStep {
  readonly state: TemperatureState;
  readonly told: TemperatureUpdate;
}

/** @param entropy of the batch, nats, as the update's graph reports it */
export function liveTemperatureStep(
  setup: Setup,
  effects: Effects,
  state: TemperatureState,
  entropy: number,
): LiveStep {
  const seen = entropy + effects.entropyOffset;
  const targetEntropy = effects.targetEntropy ?? targetOf(setup);
  const learningRate = setup.alphaLearningRate * effects.learningRateFactor;
  const bounds = { min: Math.log(setup.alphaMin ?? 0), max: Math.log(setup.alphaMax ?? Infinity) };
  const late = effects.clampBeforeStep;
  const settings: TemperatureSettings = {
    alpha: "auto",
    targetEntropy,
    learningRate,
    initialAlpha: setup.initialAlpha,
    loss: setup.loss,
    min: 0,
    max: Infinity,
    minLogAlpha: late ? -Infinity : bounds.min,
    maxLogAlpha: late ? Infinity : bounds.max,
  };
  const start = late
    ? { ...state, logAlpha: Math.min(Math.max(state.logAlpha, bounds.min), bounds.max) }
    : state;
  const taken = effects.inverted ? 2 * targetEntropy - seen : seen;
  const step = updateTemperature(settings, start, taken);
  const free = updateTemperature(
    { ...settings, minLogAlpha: -Infinity, maxLogAlpha: Infinity },
    start,
    taken,
  );
  const after = effects.frozen ? state : step.state;
  return {
    state: after,
    told: {
      logProb: -seen,
      targetEntropy,
      gap: seen - targetEntropy,
      loss: step.loss,
      slope: (setup.loss === "alpha" ? Math.exp(start.logAlpha) : 1) * step.gap,
      direction: (start.logAlpha - free.state.logAlpha) / learningRate,
      learningRate,
      logAlpha: state.logAlpha,
      newLogAlpha: after.logAlpha,
      held: !effects.frozen && step.state.logAlpha !== free.state.logAlpha,
    },
  };
}
