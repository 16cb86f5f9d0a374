// The temperature's own step with every place where programs get it wrong open to change: the loss, the parameter
// (log α or α itself), the clamp, and what happens to it in mid-run.

import { BETA_1, BETA_2, EPSILON } from "../sac/adam.ts";

export interface TemperatureSettings {
  /** Nats, in the units of the entropy handed to `step`. */
  readonly targetEntropy: number;
  readonly learningRate: number;
  readonly lossForm: "alpha" | "log-alpha";
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

export interface TemperatureState {
  readonly targetEntropy: number;
  alpha(): number;
  /** One update. @param entropy of the batch @param progress share of the run, 0..1 @returns the loss as logged */
  step(entropy: number, progress: number): number;
}

export function temperatureStep(settings: TemperatureSettings): TemperatureState {
  const {
    targetEntropy,
    learningRate,
    lossForm,
    raw,
    alphaMin,
    alphaMax,
    freezeAt = 2,
    resetAt = 2,
  } = settings;
  const initial = raw ? settings.initialAlpha : Math.log(settings.initialAlpha);
  const low = alphaMin === undefined ? -Infinity : raw ? alphaMin : Math.log(alphaMin);
  const high = alphaMax === undefined ? Infinity : raw ? alphaMax : Math.log(alphaMax);
  let parameter = initial;
  let m = 0;
  let v = 0;
  let power1 = 1;
  let power2 = 1;
  let reset = false;
  const alpha = () => Math.fround(raw ? parameter : Math.exp(parameter));

  return {
    targetEntropy,
    alpha,
    step(entropy, progress) {
      if (settings.fixed) return Number.NaN;
      if (progress > resetAt && !reset) {
        reset = true;
        parameter = initial;
        m = v = 0;
        power1 = power2 = 1;
      }
      const sign = progress > (settings.signFrom ?? 0) ? (settings.sign ?? 1) : 1;
      const g = sign * (entropy - targetEntropy);
      const loss = Math.fround(raw || lossForm === "alpha" ? alpha() * g : parameter * g);
      const gradient = raw || lossForm === "log-alpha" ? g : alpha() * g;
      if (progress > freezeAt) return loss;
      m = BETA_1 * m + (1 - BETA_1) * gradient;
      v = BETA_2 * v + (1 - BETA_2) * gradient * gradient;
      power1 *= BETA_1;
      power2 *= BETA_2;
      const stepped =
        parameter - (learningRate * (m / (1 - power1))) / (Math.sqrt(v / (1 - power2)) + EPSILON);
      parameter = Math.max(low, Math.min(high, stepped));
      return loss;
    },
  };
}
