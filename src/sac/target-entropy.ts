// The entropy that α aims at: as a number of nats, as a share of what is possible, or as a schedule; and how much is possible.
// A target that no policy reaches, or that every policy exceeds, is refused with one that works.

import { log } from "../math/index.ts";
import { type Schedule, scheduledAt } from "./schedule.ts";
import { TemperatureError } from "./temperature-error.ts";

/** A target that moves from `start` to `end` nats over the first `steps` environment steps, then stays. */
export type TargetEntropySchedule = Schedule;

/** H̄ in nats: a number, a schedule, or any function of the environment steps so far. */
export type TargetEntropy = number | TargetEntropySchedule | ((step: number) => number);

/** The largest entropy that one dimension of a tanh-Gaussian can have, at μ = 0, σ = 0.875; a uniform action has log 2. */
export const MAX_ENTROPY_PER_DIMENSION = 0.6836;

/**
 * H̄ of a discrete policy, as a share of log n. The 0.98 of Christodoulou 2019 (arXiv 1910.07207) leaves a policy all but
 * uniform, and where some actions make no difference no policy that plays well reaches it: α then grows without end.
 */
export const DEFAULT_TARGET_ENTROPY_SHARE = 0.5;

/** What a policy chooses from: so many continuous dimensions, or so many actions at each of some choices. */
export type ChosenFrom = number | readonly number[];

/** The most entropy that a policy can have, nats. */
export function maxEntropy(actions: ChosenFrom): number {
  if (typeof actions === "number") return MAX_ENTROPY_PER_DIMENSION * actions;
  return actions.reduce((total, n) => total + log(n), 0);
}

/**
 * The target that the options mean.
 * @throws TemperatureError for a share of continuous actions, outside (0, 1), or beside a target in nats; for nats a dimension that
 *   are no number
 */
export function targetEntropyOf(
  target: "auto" | TargetEntropy,
  { share, perDimension = -1 }: { share?: number | undefined; perDimension?: number | undefined },
  actions: ChosenFrom,
): TargetEntropy {
  if (share !== undefined) checkShare(share, target, actions);
  if (!Number.isFinite(perDimension)) {
    throw new TemperatureError(
      `Expected targetEntropyPerDimension to be a finite number of nats, got ${perDimension}; try -1`,
    );
  }
  if (target !== "auto") return target;
  return typeof actions === "number"
    ? perDimension * actions
    : (share ?? DEFAULT_TARGET_ENTROPY_SHARE) * maxEntropy(actions);
}

/** H̄ at environment step `step`, nats. */
export function targetEntropyAt(target: TargetEntropy, step: number): number {
  return typeof target === "function" ? target(step) : scheduledAt(target, step);
}

/** @throws TemperatureError for a target that can never be met or never binds, or a schedule that is none */
export function checkTarget(target: TargetEntropy, actions: ChosenFrom): void {
  const values = typeof target === "object" ? [target.start, target.end] : [targetEntropyAt(target, 0)];
  for (const value of values) {
    if (typeof actions === "number") checkContinuous(value, actions);
    else checkDiscrete(value, actions);
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

function checkContinuous(value: number, dimensions: number): void {
  const reachable = maxEntropy(dimensions);
  if (!Number.isFinite(value)) {
    throw new TemperatureError(
      `Expected a finite target entropy, got ${value}; try ${-dimensions} (one nat below 0 for each action dimension)`,
    );
  }
  if (value >= reachable) {
    throw new TemperatureError(
      `Expected a target entropy below ${reachable.toFixed(3)} nats, the most that a tanh-Gaussian reaches in ` +
        `${dimensions} unit action dimension${dimensions === 1 ? "" : "s"}, got ${value}: α would grow without end; ` +
        `try ${-dimensions}${value === dimensions ? " (the sign is missing)" : ""}`,
    );
  }
}

function checkDiscrete(value: number, choices: readonly number[]): void {
  const most = maxEntropy(choices);
  const what = `${choices.join(" × ")} discrete actions`;
  if (!(most > 0)) {
    throw new TemperatureError(
      `Expected something to choose from, got ${what}: the entropy is always 0; give the action space two actions or more`,
    );
  }
  if (value > 0 && value < most) return;
  const why =
    value <= 0 ? "their entropy is never below 0, so α would decay for ever" : "α would grow without end";
  throw new TemperatureError(
    `Expected a target entropy between 0 and ${most.toFixed(3)} nats, the entropy of a uniform choice from ${what}, ` +
      `got ${value}: ${why}; try ${(DEFAULT_TARGET_ENTROPY_SHARE * most).toFixed(3)}, or a targetEntropyShare of ` +
      `${DEFAULT_TARGET_ENTROPY_SHARE}`,
  );
}

function checkShare(share: number, target: "auto" | TargetEntropy, actions: ChosenFrom): void {
  if (typeof actions === "number") {
    throw new TemperatureError(
      `Expected no targetEntropyShare for continuous actions, got ${share}: it is a share of log n, the most entropy that n ` +
        `discrete actions have; give targetEntropy in nats, for example ${-actions}`,
    );
  }
  if (target !== "auto") {
    throw new TemperatureError(
      `Expected a targetEntropyShare or a targetEntropy, got both (${share} and ${JSON.stringify(target)}); leave one out`,
    );
  }
  if (!(share > 0 && share < 1)) {
    throw new TemperatureError(
      `Expected a targetEntropyShare above 0 and below 1, got ${share}; try ${DEFAULT_TARGET_ENTROPY_SHARE}`,
    );
  }
}
