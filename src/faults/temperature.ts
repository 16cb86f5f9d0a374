// The temperature with every place where programs get it wrong open to change: what it sees, the parameter (log α or α
// itself), the clamp, and what happens to it in mid-run. The step itself is that of sac/temperature.

import { init, type TemperatureLoss, type TemperatureState, update } from "../sac/temperature.ts";

export interface FaultyTemperature {
  /** Nats, in the units of the entropy handed to `step`. Unchecked: it may be one that no policy reaches. */
  readonly targetEntropy: number;
  readonly learningRate: number;
  readonly lossForm: TemperatureLoss;
  readonly initialAlpha: number;
  /** −1 descends the other way. Default 1. */
  readonly sign?: 1 | -1;
  /** Share of the run after which `sign` applies. Default 0. */
  readonly signFrom?: number;
  /** Adam works on α itself instead of log α. */
  readonly raw?: boolean;
  readonly alphaMin?: number;
  readonly alphaMax?: number;
  /** Share of the run after which α no longer moves. */
  readonly freezeAt?: number;
  /** Share of the run at which α and its optimiser start anew. */
  readonly resetAt?: number;
  /** α never moves and no loss is computed. */
  readonly fixed?: boolean;
}

export interface TemperatureRun {
  readonly targetEntropy: number;
  /** As the next update uses it, float32. */
  alpha(): number;
  /** One update. @param entropy of the batch @param progress share of the run, 0..1 @returns the loss as logged */
  step(entropy: number, progress: number): number;
}

const NEVER = 2;

export function faultyTemperature(faulty: FaultyTemperature): TemperatureRun {
  const { targetEntropy, learningRate, initialAlpha, raw = false, fixed = false } = faulty;
  const {
    alphaMin = 0,
    alphaMax = Infinity,
    freezeAt = NEVER,
    resetAt = NEVER,
    signFrom = 0,
    sign = 1,
  } = faulty;
  const settings = {
    alpha: "auto",
    targetEntropy,
    learningRate,
    initialAlpha,
    // With α in log α's place the step that descends log α · g descends α · g on α itself.
    loss: raw ? "log-alpha" : faulty.lossForm,
    min: alphaMin,
    max: alphaMax,
    minLogAlpha: raw ? -Infinity : Math.log(alphaMin),
    maxLogAlpha: Math.log(alphaMax),
  } as const;
  const begin = (): TemperatureState => ({
    ...init(settings),
    logAlpha: raw ? initialAlpha : Math.log(initialAlpha),
  });
  let state = begin();
  let wasReset = false;

  return {
    targetEntropy,
    alpha: () => Math.fround(raw ? state.logAlpha : Math.exp(state.logAlpha)),
    step(entropy, progress) {
      if (fixed) return Number.NaN;
      if (progress > resetAt && !wasReset) {
        wasReset = true;
        state = begin();
      }
      const mirrored = sign === -1 && progress > signFrom;
      const next = update(settings, state, mirrored ? 2 * targetEntropy - entropy : entropy);
      if (progress <= freezeAt) state = next.state;
      return Math.fround(next.loss);
    },
  };
}
