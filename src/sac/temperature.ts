// The entropy temperature α, as a thing of its own. SAC maximises E[Q − α log π]; automatic temperature picks α so
// that the policy's entropy H settles at a target H̄ (Haarnoja et al. 2018, arXiv 1812.05905, section 5).
//
//   gap g = H − H̄            g > 0: too random, α falls.  g < 0: too certain, α rises.
//   loss on log α (default): log α · g,  gradient g         as Stable-Baselines3
//   loss on α:               α · g,      gradient α · g     as the paper and CleanRL
//
// The parameter is log α, moved by Adam, and bounded after the step: a bound applied before the step does not hold.
// Everything here is plain numbers, so that it serves any SAC: `init` once, then `update` after each actor step. A
// learner holds it as an object, `Temperature`, of which `createTemperature` makes the right one.

import { exp, log } from "../math/index.ts";
import { adamStep, BETA_1, BETA_2, type BetaPowers, initialBetaPowers, nextBetaPowers } from "./adam.ts";
import { scheduledAt } from "./schedule.ts";
import { targetEntropyAt } from "./target-entropy.ts";
import { TemperatureError } from "./temperature-error.ts";
import type { TemperatureSettings } from "./temperature-settings.ts";

export { isLearningRate, isSchedule, type Schedule, scheduledAt } from "./schedule.ts";
export * from "./target-entropy.ts";
export * from "./temperature-error.ts";
export * from "./temperature-settings.ts";

/** What must be kept between updates, and saved with an agent: log α and its optimiser. */
export interface TemperatureState {
  readonly logAlpha: number;
  /** Adam's moments without their factors (1 − β), see sac/adam.ts. */
  readonly moment1: number;
  readonly moment2: number;
  readonly betaPowers: BetaPowers;
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

/** What an update of a `Temperature` tells. */
export type TemperatureReport = Pick<TemperatureStep, "loss" | "targetEntropy" | "gap">;

/** A temperature as a learner holds it. Faults, the laboratory and examples bring their own. */
export interface Temperature {
  /** As the next update uses it. */
  readonly alpha: number;
  /** Its logarithm, as it is kept; −∞ for an α fixed at 0. */
  readonly logAlpha: number;
  /**
   * One step, after each actor step.
   * @param entropy H of the actor step's batch, nats, unit actions
   * @param step environment steps so far, for schedules
   */
  update(entropy: number, step: number): TemperatureReport;
  /** Everything that decides the future, as plain data. */
  state(): TemperatureState;
  /** Goes on from a state. */
  restore(state: TemperatureState): void;
}

/** The temperature that `settings` describe: tuned, or fixed. */
export function createTemperature(settings: TemperatureSettings): Temperature {
  let current = init(settings);
  return {
    get alpha() {
      return alphaOf(settings, current);
    },
    get logAlpha() {
      return current.logAlpha;
    },
    update(entropy, step) {
      const { state, loss, targetEntropy, gap } = update(settings, current, entropy, step);
      current = state;
      return { loss, targetEntropy, gap };
    },
    state: () => current,
    restore(state) {
      // A fixed α has no state; and JSON has no −∞ for the logarithm of a fixed 0.
      if (settings.alpha === "auto") current = state;
    },
  };
}

/** The state before the first update. */
export function init({ alpha, initialAlpha }: TemperatureSettings): TemperatureState {
  const start = alpha === "auto" ? initialAlpha : alpha;
  return { logAlpha: start === 1 ? 0 : log(start), moment1: 0, moment2: 0, betaPowers: initialBetaPowers };
}

/** α as the update should use it: exactly the fixed number, or exp(log α). */
export function alphaOf({ alpha }: TemperatureSettings, { logAlpha }: TemperatureState): number {
  return alpha === "auto" ? exp(logAlpha) : alpha;
}

/**
 * One temperature step.
 *
 * @param entropy H = −mean log π of the actor step's batch, nats, unit actions; a constant, no gradient flows into it
 * @param step environment steps so far, for a scheduled target or learning rate
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
  const gradient = (onLogAlpha ? 1 : alpha) * gap;

  const betaPowers = nextBetaPowers(state.betaPowers);
  const moment1 = BETA_1 * state.moment1 + gradient;
  const moment2 = BETA_2 * state.moment2 + gradient * gradient;
  const { size, epsilon } = adamStep(scheduledAt(settings.learningRate, step), betaPowers);
  const moved = state.logAlpha - (size * moment1) / (Math.sqrt(moment2) + epsilon);
  const logAlpha = Math.min(Math.max(moved, settings.minLogAlpha), settings.maxLogAlpha);
  // A step that a bound cut off leaves no momentum behind, or α would stay at the bound long after g has turned.
  const held = logAlpha !== moved;
  return {
    state: { logAlpha, moment1: held ? 0 : moment1, moment2, betaPowers },
    alpha: exp(logAlpha),
    loss,
    targetEntropy,
    gap,
  };
}
