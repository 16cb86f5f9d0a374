// What the temperature is told to do: the target entropy, how it is optimised and within which bounds; defaults are
// filled in, and what cannot work is refused with what would.

import { log } from "../math/index.ts";
import { isLearningRate, type Schedule } from "./schedule.ts";
import { type ChosenFrom, checkTarget, type TargetEntropy, targetEntropyOf } from "./target-entropy.ts";
import { TemperatureError } from "./temperature-error.ts";

/** How the loss is formed; both have the same fixed point, α settles where g = 0. */
export type TemperatureLoss = "log-alpha" | "alpha";

/** The temperature's settings as one gives them; all optional. */
export interface TemperatureOptions {
  /** `"auto"` tunes α; a number keeps it fixed. Default "auto". */
  readonly alpha?: "auto" | number;
  /**
   * H̄ in nats, unit actions, summed over dimensions. `"auto"` is `targetEntropyPerDimension` times the action dimensions; of
   * discrete actions, `targetEntropyShare` of the most there can be. Default "auto".
   */
  readonly targetEntropy?: "auto" | TargetEntropy;
  /** Of discrete actions: H̄ as a share of log n, within (0, 1), where `targetEntropy` is "auto". Default 0.5. */
  readonly targetEntropyShare?: number | undefined;
  /** Nats for each dimension of continuous actions, where `targetEntropy` is "auto"; discrete ones have none. Default −1. */
  readonly targetEntropyPerDimension?: number | undefined;
  /** Adam's learning rate for log α, or a schedule of it over the environment steps. Default 3e-4. */
  readonly learningRate?: number | Schedule;
  /** α at the start. Default 1. */
  readonly initialAlpha?: number;
  /** Default "log-alpha". */
  readonly loss?: TemperatureLoss;
  /** Lower bound of α, held after every step. Default: none. */
  readonly min?: number | undefined;
  /** Upper bound of α, held after every step. Default: none. */
  readonly max?: number | undefined;
}

/** The options after defaults and checks. */
export interface TemperatureSettings {
  readonly alpha: "auto" | number;
  readonly targetEntropy: TargetEntropy;
  readonly learningRate: number | Schedule;
  readonly initialAlpha: number;
  readonly loss: TemperatureLoss;
  /** Bounds of α; 0 and ∞ are none. */
  readonly min: number;
  readonly max: number;
  readonly minLogAlpha: number;
  readonly maxLogAlpha: number;
}

/** The defaults: Stable-Baselines3's. */
export const defaultTemperature = {
  alpha: "auto",
  targetEntropy: "auto",
  learningRate: 3e-4,
  initialAlpha: 1,
  loss: "log-alpha",
} as const satisfies TemperatureOptions;

/**
 * Fills in the defaults and refuses what cannot work.
 * @param actions number of action dimensions; of discrete actions how many there are at each choice, such as [4]
 * @throws TemperatureError for a target that no policy reaches, a learning rate ≤ 0, min > max, and the like
 */
export function temperatureSettings(options: TemperatureOptions, actions: ChosenFrom): TemperatureSettings {
  const {
    alpha = defaultTemperature.alpha,
    targetEntropy: target = defaultTemperature.targetEntropy,
    targetEntropyShare: share,
    targetEntropyPerDimension: perDimension,
    learningRate = defaultTemperature.learningRate,
    initialAlpha = defaultTemperature.initialAlpha,
    loss = defaultTemperature.loss,
    min = 0,
    max = Infinity,
  } = options;
  const targetEntropy = targetEntropyOf(target, { share, perDimension }, actions);
  checkTarget(targetEntropy, actions);
  if (alpha !== "auto" && !(alpha >= 0 && Number.isFinite(alpha))) {
    throw new TemperatureError(
      `Expected alpha to be "auto" or a finite number from 0 up, got ${alpha}; try "auto"`,
    );
  }
  if (!isLearningRate(learningRate)) {
    throw new TemperatureError(
      `Expected the temperature's learning rate to be a finite number above 0, or a schedule of such, got ` +
        `${typeof learningRate === "object" ? JSON.stringify(learningRate) : learningRate}; ` +
        "try 3e-4, or give alpha a number to keep it fixed",
    );
  }
  if (!(initialAlpha > 0 && Number.isFinite(initialAlpha))) {
    throw new TemperatureError(
      `Expected initialAlpha to be a finite number above 0, got ${initialAlpha}; try 1`,
    );
  }
  if (loss !== "log-alpha" && loss !== "alpha") {
    throw new TemperatureError(
      `Expected the temperature's loss to be "log-alpha" or "alpha", got ${JSON.stringify(loss)}`,
    );
  }
  if (!(min >= 0 && max > 0 && min <= max)) {
    throw new TemperatureError(
      `Expected bounds of α with 0 ≤ min ≤ max, got min ${min} and max ${max}; ` +
        (min > max ? `swap them: min ${max} and max ${min}` : "leave a bound out to have none"),
    );
  }
  if (alpha === "auto" && !(initialAlpha >= min && initialAlpha <= max)) {
    throw new TemperatureError(
      `Expected initialAlpha within the bounds [${min}, ${max}], got ${initialAlpha}; try ${Math.min(Math.max(initialAlpha, min), max)}`,
    );
  }
  return {
    alpha,
    targetEntropy,
    learningRate,
    initialAlpha,
    loss,
    min,
    max,
    minLogAlpha: min > 0 ? log(min) : -Infinity,
    maxLogAlpha: max < Infinity ? log(max) : Infinity,
  };
}

/** Options that make these settings again, as plain data; a target that is a function is kept as its value at `step`. */
export function temperatureOptions(settings: TemperatureSettings, step: number): TemperatureOptions {
  const { alpha, targetEntropy, learningRate, initialAlpha, loss, min, max } = settings;
  return {
    alpha,
    targetEntropy: typeof targetEntropy === "function" ? targetEntropy(step) : targetEntropy,
    learningRate,
    initialAlpha,
    loss,
    ...(min > 0 ? { min } : {}),
    ...(max < Infinity ? { max } : {}),
  };
}
