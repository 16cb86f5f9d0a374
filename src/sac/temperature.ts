// The entropy temperature α, as a thing of its own. SAC maximises E[Q − α log π]; automatic temperature picks α so
// that the policy's entropy H settles at a target H̄ (Haarnoja et al. 2018, arXiv 1812.05905, section 5).
//
//   gap g = H − H̄            g > 0: too random, α falls.  g < 0: too certain, α rises.
//   loss on log α (default): log α · g,  slope g            as Stable-Baselines3
//   loss on α:               α · g,      slope α · g        as the paper and CleanRL
//
// The parameter is log α, moved by Adam, and bounded after the step: a bound applied before the step does not hold.
// Everything here is plain numbers, so that it serves any SAC: `init` once, then `update` after each actor step.

import { TemperedError } from "../errors.ts";
import { cos, exp, log } from "../math/index.ts";
import { type AdamPowers, adamStep, BETA_1, BETA_2, initialPowers, nextPowers } from "./adam.ts";

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

/** What must be kept between updates, and saved with an agent: log α and its optimiser. */
export interface TemperatureState {
  readonly logAlpha: number;
  /** Adam's moments without their factors (1 − β), see sac/adam.ts. */
  readonly moment1: number;
  readonly moment2: number;
  readonly powers: AdamPowers;
}

/** One update, told in numbers. */
export interface TemperatureStep {
  readonly state: TemperatureState;
  /** α after the step. */
  readonly alpha: number;
  /** The loss before the step; 0 where α is fixed. */
  readonly loss: number;
  /** H̄ at this step, nats. */
  readonly targetEntropy: number;
  /** H − H̄, nats. */
  readonly gap: number;
}

/** A temperature that cannot work; the message says what would. */
export class TemperatureError extends TemperedError {
  constructor(message: string) {
    super("TEMPERATURE", message);
  }
}

/** The largest entropy that one dimension of a tanh-Gaussian can have, at μ = 0, σ = 0.875; a uniform action has log 2. */
export const MAX_ENTROPY_PER_DIMENSION = 0.6836;

/**
 * Fills in the defaults and refuses what cannot work.
 * @param actionSize number of action dimensions
 * @throws TemperatureError for a target that no policy reaches, a learning rate ≤ 0, min > max, and the like
 */
export function temperatureSettings(options: TemperatureOptions, actionSize: number): TemperatureSettings {
  const {
    alpha = "auto",
    learningRate = 3e-4,
    initialAlpha = 1,
    loss = "log-alpha",
    min = 0,
    max = Infinity,
  } = options;
  const target = options.targetEntropy ?? "auto";
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

/** The state before the first update. */
export function init({ alpha, initialAlpha }: TemperatureSettings): TemperatureState {
  const start = alpha === "auto" ? initialAlpha : alpha;
  return { logAlpha: start === 1 ? 0 : log(start), moment1: 0, moment2: 0, powers: initialPowers };
}

/** α as the update should use it: exactly the fixed number, or exp(log α). */
export function alphaOf({ alpha }: TemperatureSettings, { logAlpha }: TemperatureState): number {
  return alpha === "auto" ? exp(logAlpha) : alpha;
}

/**
 * One temperature step.
 *
 * @param entropy H = −mean log π of the actor step's batch, nats, unit actions; a constant, no gradient flows into it
 * @param step environment steps so far, for a scheduled target
 * @throws TemperatureError where the entropy or the target is NaN or infinite
 */
export function update(
  settings: TemperatureSettings,
  state: TemperatureState,
  entropy: number,
  step = 0,
): TemperatureStep {
  const targetEntropy = targetEntropyAt(settings.targetEntropy, step);
  const gap = entropy - targetEntropy;
  if (!Number.isFinite(gap)) {
    throw new TemperatureError(
      `Expected a finite entropy and target entropy, got ${entropy} and ${targetEntropy} at step ${step}: ` +
        "α would be NaN from here on; look at the policy's outputs, or at the function that gives the target",
    );
  }
  if (settings.alpha !== "auto") return { state, alpha: settings.alpha, loss: 0, targetEntropy, gap };

  const alpha = exp(state.logAlpha);
  const onLogAlpha = settings.loss === "log-alpha";
  const loss = (onLogAlpha ? state.logAlpha : alpha) * gap;
  const slope = (onLogAlpha ? 1 : alpha) * gap;

  const powers = nextPowers(state.powers);
  const moment1 = BETA_1 * state.moment1 + slope;
  const moment2 = BETA_2 * state.moment2 + slope * slope;
  const { size, epsilon } = adamStep(settings.learningRate, powers);
  const moved = state.logAlpha - (size * moment1) / (Math.sqrt(moment2) + epsilon);
  const logAlpha = Math.min(Math.max(moved, settings.minLogAlpha), settings.maxLogAlpha);
  // A step that a bound cut off leaves no momentum behind, or α would stay at the bound long after g has turned.
  const held = logAlpha !== moved;
  return {
    state: { logAlpha, moment1: held ? 0 : moment1, moment2, powers },
    alpha: exp(logAlpha),
    loss,
    targetEntropy,
    gap,
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
