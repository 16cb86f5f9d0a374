// The temperature with every place where programs get it wrong open to change: what it sees, the parameter (log α or α
// itself), the clamp, and what happens to it in mid-run. The step itself is that of sac/temperature.

import { exp, log } from "../math/index.ts";
import {
  init,
  type Temperature,
  type TemperatureLoss,
  type TemperatureState,
  update,
} from "../sac/temperature.ts";

export interface FaultyTemperature {
  /** Nats, in the units that `entropyOffset` leads to. Unchecked: it may be one that no policy reaches. */
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
  /** Added to the entropy: Σ log(half-range) of environment units. Default 0. */
  readonly entropyOffset?: number;
}

const NEVER = 2;

/** @param updates of the whole run: what shares are shares of */
export function faultyTemperature(faulty: FaultyTemperature, updates: number): Temperature {
  const { targetEntropy, learningRate, initialAlpha, raw = false, fixed = false, entropyOffset = 0 } = faulty;
  const { alphaMin = 0, alphaMax = Infinity, sign = 1, signFrom = 0 } = faulty;
  const { freezeAt = NEVER, resetAt = NEVER } = faulty;
  const settings = {
    alpha: "auto",
    targetEntropy,
    learningRate,
    initialAlpha,
    // With α in log α's place the step that descends log α · g descends α · g on α itself.
    loss: raw ? "log-alpha" : faulty.lossForm,
    min: alphaMin,
    max: alphaMax,
    minLogAlpha: raw ? -Infinity : log(alphaMin),
    maxLogAlpha: log(alphaMax),
  } as const;
  const start = (): TemperatureState => ({
    ...init(settings),
    logAlpha: raw ? initialAlpha : log(initialAlpha),
  });
  let state = start();
  let count = 0;

  return {
    get alpha() {
      return raw ? state.logAlpha : exp(state.logAlpha);
    },
    get logAlpha() {
      return raw ? log(state.logAlpha) : state.logAlpha;
    },
    update(entropy) {
      count += 1;
      const seen = entropy + entropyOffset;
      const gap = seen - targetEntropy;
      if (fixed) return { loss: Number.NaN, targetEntropy, gap };
      const progress = count / updates;
      const isReset = progress > resetAt && (count - 1) / updates <= resetAt;
      if (isReset) state = start();
      const mirrored = sign === -1 && progress > signFrom;
      const next = update(settings, state, mirrored ? 2 * targetEntropy - seen : seen);
      if (progress <= freezeAt) state = next.state;
      return { loss: next.loss, targetEntropy, gap };
    },
    state: () => state,
    restore(saved) {
      state = saved;
    },
  };
}
