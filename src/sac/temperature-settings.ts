// What the temperature is told to do: the target entropy, how it is optimised and within which bounds; defaults are
// filled in, and what cannot work is refused with what would.

import { TemperedError } from "../errors.ts";
import { cos, log } from "../math/index.ts";

/** How the loss is formed; both have the same fixed point, α settles where g = 0. */
export type TemperatureLoss = "log-alpha" | "alpha";

/** A target that moves from `start` to `end` nats over the first `steps` environment steps, then stays. */
export interface TargetEntropySchedule {
  readonly shape: "linear" | "cosine";
  readonly start: number;
  readonly end: number;
  readonly steps: number;
}

/** H̄ in nats: a number, a schedule, or any function of the environment steps so far. */
export type TargetEntropy = number | TargetEntropySchedule | ((step: number) => number);

export interface TemperatureOptions {
  /** `"auto"` tunes α; a number keeps it fixed. Default "auto". */
  readonly alpha?: "auto" | number;
  /** H̄ in nats, unit actions, summed over dimensions. `"auto"` is −(action dimensions). Default "auto". */
  readonly targetEntropy?: "auto" | TargetEntropy;
  /** Adam's learning rate for log α. Default 3e-4. */
  readonly learningRate?: number;
  /** α at the start. Default 1. */
  readonly initialAlpha?: number;
  /** Default "log-alpha". */
  readonly loss?: TemperatureLoss;
  /** Lower bound of α, held after every step. Default: none. */
  readonly min?: number;
  /** Upper bound of α, held after every step. Default: none. */
  readonly max?: number;
}

/** The options after defaults and checks. */
export interface TemperatureSettings {
  readonly alpha: "auto" | number;
  readonly targetEntropy: TargetEntropy;
  readonly learningRate: number;
  readonly initialAlpha: number;
  readonly loss: TemperatureLoss;
  /** Bounds of α; 0 and ∞ are none. */
  readonly min: number;
  readonly max: number;
  readonly minLogAlpha: number;
  readonly maxLogAlpha: number;
}

/** A temperature that cannot work; the message says what would. */
export class TemperatureError extends TemperedError {
  constructor(message: string) {
    super("TEMPERATURE", message);
  }
}

export const defaultTemperature = {
  alpha: "auto",
  targetEntropy: "auto",
  learningRate: 3e-4,
  initialAlpha: 1,
  loss: "log-alpha",
} as const satisfies TemperatureOptions;

/** The largest entropy that one dimension of a tanh-Gaussian can have, at μ = 0, σ = 0.875; a uniform action has log 2. */
export const MAX_ENTROPY_PER_DIMENSION = 0.6836;

/**
 * Fills in the defaults and refuses what cannot work.
 * @param actionSize number of action dimensions
 * @throws TemperatureError for a target that no policy reaches, a learning rate ≤ 0, min > max, and the like
 */
export function temperatureSettings(options: TemperatureOptions, actionSize: number): TemperatureSettings {
  const {
    alpha = defaultTemperature.alpha,
    targetEntropy: target = defaultTemperature.targetEntropy,
    learningRate = defaultTemperature.learningRate,
    initialAlpha = defaultTemperature.initialAlpha,
    loss = defaultTemperature.loss,
    min = 0,
    max = Infinity,
  } = options;
  const targetEntropy = target === "auto" ? -actionSize : target;
  checkTarget(targetEntropy, actionSize);
  if (alpha !== "auto" && !(alpha >= 0 && Number.isFinite(alpha))) {
    throw new TemperatureError(
      `Expected alpha to be "auto" or a finite number from 0 up, got ${alpha}; try "auto"`,
    );
  }
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new TemperatureError(
      `Expected the temperature's learning rate to be a finite number above 0, got ${learningRate}; ` +
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

/** H̄ at environment step `step`, nats. */
export function targetEntropyAt(target: TargetEntropy, step: number): number {
  if (typeof target === "number") return target;
  if (typeof target === "function") return target(step);
  const progress = Math.min(Math.max(step / target.steps, 0), 1);
  const share = target.shape === "linear" ? progress : (1 - cos(Math.PI * progress)) / 2;
  return target.start + (target.end - target.start) * share;
}

function checkTarget(target: TargetEntropy, actionSize: number): void {
  const reachable = MAX_ENTROPY_PER_DIMENSION * actionSize;
  const values = typeof target === "object" ? [target.start, target.end] : [targetEntropyAt(target, 0)];
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw new TemperatureError(
        `Expected a finite target entropy, got ${value}; try ${-actionSize} (one nat below 0 for each action dimension)`,
      );
    }
    if (value >= reachable) {
      throw new TemperatureError(
        `Expected a target entropy below ${reachable.toFixed(3)} nats, the most that a tanh-Gaussian reaches in ` +
          `${actionSize} unit action dimension${actionSize === 1 ? "" : "s"}, got ${value}: α would grow without end; ` +
          `try ${-actionSize}${value === actionSize ? " (the sign is missing)" : ""}`,
      );
    }
  }
  if (typeof target === "object") {
    if (!(target.steps > 0)) {
      throw new TemperatureError(
        `Expected a schedule of the target entropy over at least 1 step, got ${target.steps}`,
      );
    }
    if (target.shape !== "linear" && target.shape !== "cosine") {
      throw new TemperatureError(
        `Expected a schedule of shape "linear" or "cosine", got ${JSON.stringify(target.shape)}`,
      );
    }
  }
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
