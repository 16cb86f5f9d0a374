// The target entropy in use. With logged entropy the identity test gives it outright; without, only the gap is known,
// and the target follows from it under one assumption: that an untrained policy has an entropy of about 0.65 nats a
// dimension (μ ≈ 0, σ ≈ 1), whatever the task.

import type { Estimate } from "../finding.ts";
import { type Settings, UNTRAINED_ENTROPY } from "../settings.ts";
import type { IdentityFit } from "./identity.ts";

/** The target in use, with where it is known from. */
export interface EffectiveTarget extends Estimate {
  readonly source: "identity" | "first-gap";
}

/** How far an untrained policy's entropy may be from that, nats per dimension. */
const UNTRAINED_ERROR = 0.13;

export function effectiveTarget(
  identity: readonly IdentityFit[],
  firstGap: Estimate | undefined,
  settings: Settings,
  impliedDim: number | undefined,
): EffectiveTarget | undefined {
  const fit = [...identity].sort((a, b) => b.rows - a.rows)[0];
  if (fit) return { ...fit.target, source: "identity" };
  const { unitOffset, units } = settings;
  const d = settings.actionDim ?? impliedDim;
  if (!firstGap || d === undefined || unitOffset === undefined) return undefined;
  const value = d * UNTRAINED_ENTROPY + unitOffset - firstGap.value;
  const half = d * UNTRAINED_ERROR + (firstGap.high - firstGap.low) / 2;
  const where = units === "environment" ? "in environment units" : "in unit actions";
  const dimension = settings.actionDim === undefined ? `d = ${d}, as the first gap suggests` : `d = ${d}`;
  return {
    value,
    low: value - half,
    high: value + half,
    assumption: `an untrained policy's entropy is ${UNTRAINED_ENTROPY} nats a dimension (${dimension}), ${where}`,
    source: "first-gap",
  };
}

/**
 * The number of action dimensions that an untrained policy's entropy speaks for (0.65 nats each), or else the first
 * gap at the default target −d (1.65 nats each).
 * @returns undefined where neither is near a multiple, or the multiple is too large to tell
 */
export function impliedActionDim(
  firstGap: Estimate | undefined,
  firstEntropy: number | undefined,
): number | undefined {
  return firstEntropy === undefined
    ? multipleOf(1 + UNTRAINED_ENTROPY, firstGap?.value)
    : multipleOf(UNTRAINED_ENTROPY, firstEntropy);
}

function multipleOf(unit: number, value: number | undefined): number | undefined {
  if (value === undefined || !(value > 0)) return undefined;
  const whole = Math.round(value / unit);
  return whole >= 1 && whole <= 8 && Math.abs(value / unit - whole) < 0.07 * whole ? whole : undefined;
}
