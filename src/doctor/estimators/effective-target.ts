// The target entropy in use. With logged entropy the identity test gives it outright; without, only the gap is known,
// and the target follows from it under one assumption: that an untrained policy has an entropy of about 0.65 nats a
// dimension (μ ≈ 0, σ ≈ 1), whatever the task.

import type { Estimate } from "../finding.ts";
import { type Settings, UNTRAINED_ENTROPY } from "../settings.ts";
import { MAX_TANH_GAUSSIAN } from "../settings.ts";
import type { IdentityFit } from "./identity.ts";

export interface EffectiveTarget extends Estimate {
  readonly source: "identity" | "first-gap";
}

/** What an untrained policy's entropy may be, per dimension: wide initial σ to the maximum. */
const UNTRAINED_LOW = 0.5;

export function effectiveTarget(
  identity: readonly IdentityFit[],
  firstGap: Estimate | undefined,
  settings: Settings,
): EffectiveTarget | undefined {
  const fit = [...identity].sort((a, b) => b.rows - a.rows)[0];
  if (fit) return { ...fit.target, source: "identity" };
  const { actionDim, unitOffset, units } = settings;
  if (!firstGap || actionDim === undefined || unitOffset === undefined) return undefined;
  const where = units === "environment" ? ", in environment units" : ", in unit actions";
  return {
    value: actionDim * UNTRAINED_ENTROPY + unitOffset - firstGap.value,
    low: actionDim * UNTRAINED_LOW + unitOffset - firstGap.high,
    high: actionDim * MAX_TANH_GAUSSIAN + unitOffset - firstGap.low,
    assumption: `an untrained policy's entropy is ${UNTRAINED_ENTROPY} nats a dimension (d = ${actionDim})${where}`,
    source: "first-gap",
  };
}

/**
 * The number of action dimensions that the first gap speaks for, if the target is the default −d: 1.65 nats each.
 * @returns undefined where the gap is no near multiple of 1.65, or too large to tell
 */
export function impliedActionDim(firstGap: Estimate | undefined): number | undefined {
  if (!firstGap || !(firstGap.value > 0)) return undefined;
  const dims = firstGap.value / (1 + UNTRAINED_ENTROPY);
  const whole = Math.round(dims);
  return whole >= 1 && whole <= 8 && Math.abs(dims - whole) < 0.04 * whole ? whole : undefined;
}
