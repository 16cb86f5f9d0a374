// The learning rate that α really has: Adam is replayed on the logged gap, with the gradient of the program's form and
// the logged α in it, which gives the path log α would take at a learning rate of 1; the slope of the real path
// against that one is the effective learning rate. Only rows whose gap stands clear of its noise count, and only while α
// moves at all: standing still is another matter.

import type { LossForm } from "../../runs/series.ts";
import type { Estimate } from "../finding.ts";
import { quantile } from "../statistics/quantiles.ts";
import { theilSen } from "../statistics/theil-sen.ts";

export interface ReplayInput {
  readonly form: LossForm;
  /** Updates since the log began, one a row. */
  readonly updates: ArrayLike<number>;
  readonly logAlpha: ArrayLike<number>;
  /** Smooth gap, one a row. */
  readonly gap: ArrayLike<number>;
  /** Standard deviation of one batch's gap. */
  readonly noise: number;
  /** Rows before which an unknown number of updates lies. */
  readonly breaks?: ReadonlySet<number>;
  /** Nats by which rounding may have changed log α. */
  readonly printError?: number;
}

/** The learning rate of α in use, by replaying Adam. */
export interface EffectiveLearningRate extends Estimate {
  /** Rows between which it was measured. */
  readonly from: number;
  readonly to: number;
  /** Updates over which the gap stood clear of its noise. */
  readonly updates: number;
}

/** Adam's own constants in nearly every program. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
/** Beyond this many updates several are taken at a stride. */
const MAX_REPLAYED = 1_000_000;

/** A fit that leaves more than this share of α's movement unexplained says nothing about the learning rate. */
const UNEXPLAINED = 0.2;
/** Where α can go this far between two rows and the gap changes sides all the time, what it did meanwhile is not in the log. */
const EFOLDS_A_ROW = 1.5;
const CLEAR = 0.7;

/** @returns undefined where α's path is not Adam's on this gap, whatever the rate: too few rows for how fast it moves */
export function rateOf(best: PathFit): EffectiveLearningRate | undefined {
  if (best.unexplained > UNEXPLAINED || !(best.estimate.low > 0)) return undefined;
  const covered = best.used / (best.estimate.to - best.estimate.from);
  if (best.estimate.value * best.spacing > EFOLDS_A_ROW && covered < CLEAR) return undefined;
  const { from, to, ...estimate } = best.estimate;
  return { ...estimate, from: best.rows[from]!, to: best.rows[to]! };
}

export interface PathFit {
  readonly estimate: EffectiveLearningRate;
  /** Residual of the path over the parameter's whole movement; 1 where it runs the other way. */
  readonly unexplained: number;
  /** Median updates between rows. */
  readonly spacing: number;
  /** Intervals between rows whose gap stood clear of its noise. */
  readonly used: number;
  /** Rows that were looked at, by their number in the input. */
  readonly rows: readonly number[];
}

/** The fit for the likeliest number of updates before the first row. */
export function bestFit(all: ReplayInput): PathFit | undefined {
  const rows: number[] = [];
  for (let i = 0; i < all.updates.length; i++) {
    if (Number.isFinite(all.logAlpha[i]!) && Number.isFinite(all.gap[i]!)) rows.push(i);
  }
  if (rows.length < 2) return undefined;
  const x = {
    ...all,
    updates: rows.map((i) => all.updates[i]!),
    logAlpha: rows.map((i) => all.logAlpha[i]!),
    gap: rows.map((i) => all.gap[i]!),
    breaks: new Set([...(all.breaks ?? [])].map((row) => rows.findIndex((i) => i >= row))),
  };
  const interval = x.updates[1]! - x.updates[0]!;
  const priors = [...new Set([Math.min(x.updates[0]!, 5000), 0, Math.min(interval, 5000), 5000])];
  let best: ReturnType<typeof pathSlope>;
  for (const prior of priors) {
    const fitted = pathSlope(x, replay(x, prior));
    if (fitted && (!best || fitted.unexplained < 0.8 * best.unexplained)) best = fitted;
  }
  const spacing = quantile(
    x.updates.map((u, i) => (i === 0 ? Number.NaN : u - x.updates[i - 1]!)),
    0.5,
  );
  return best && { ...best, rows, spacing };
}

/**
 * Displacement of log α at each row for a learning rate of 1, from the first row on.
 * @param prior updates with the first row's gap that the optimiser is taken to have made before it
 */
export function replay(x: ReplayInput, prior: number): Float64Array {
  const n = x.updates.length;
  const path = new Float64Array(n);
  const total = x.updates[n - 1]! - x.updates[0]!;
  const stride = Math.max(1, Math.ceil(total / MAX_REPLAYED));
  const keep1 = BETA_1 ** stride;
  const keep2 = BETA_2 ** stride;
  let m = 0;
  let v = 0;
  let weight1 = 0;
  let weight2 = 0;
  let place = 0;
  const advance = (gap: number, logAlpha: number, updates: number) => {
    const scale = x.form === "alpha" ? Math.exp(logAlpha) : 1;
    const gradient = scale * gap;
    m = keep1 * m + (1 - keep1) * gradient;
    v = keep2 * v + (1 - keep2) * (gradient * gradient + (scale * x.noise) ** 2);
    weight1 = keep1 * weight1 + (1 - keep1);
    weight2 = keep2 * weight2 + (1 - keep2);
    place -= (updates * (m / weight1)) / (Math.sqrt(v / weight2) + 1e-8);
  };
  for (let u = 0; u < prior; u += stride) advance(x.gap[0]!, x.logAlpha[0]!, stride);
  place = 0;
  for (let row = 1; row < n; row++) {
    const span = x.updates[row]! - x.updates[row - 1]!;
    for (let u = 0; u < span; u += stride) {
      const share = u / span;
      advance(
        x.gap[row - 1]! + share * (x.gap[row]! - x.gap[row - 1]!),
        x.logAlpha[row - 1]! + share * (x.logAlpha[row]! - x.logAlpha[row - 1]!),
        Math.min(stride, span - u),
      );
    }
    path[row] = place;
  }
  return path;
}

function pathSlope(x: ReplayInput, path: Float64Array): Omit<PathFit, "rows" | "spacing"> | undefined {
  const along: number[] = [0];
  const moved: number[] = [0];
  let from = -1;
  let to = -1;
  let updates = 0;
  // Where single moves are lost in the last printed digit, an α that seems to stand has moved less than that.
  const rounded = medianMove(x.logAlpha) < ROUNDED * (x.printError ?? 0);
  for (let row = 1; row < path.length; row++) {
    const [a, b] = [x.gap[row - 1]!, x.gap[row]!];
    const clear = Math.min(Math.abs(a), Math.abs(b)) > 2 * x.noise && Math.sign(a) === Math.sign(b);
    const move = x.logAlpha[row]! - x.logAlpha[row - 1]!;
    if (
      x.breaks?.has(row) ||
      !clear ||
      (move === 0 && !rounded) ||
      !Number.isFinite(move) ||
      x.updates[row]! === x.updates[row - 1]!
    )
      continue;
    if (from < 0) from = row - 1;
    to = row;
    updates += x.updates[row]! - x.updates[row - 1]!;
    along.push(along.at(-1)! + path[row]! - path[row - 1]!);
    moved.push(moved.at(-1)! + move);
  }
  if (along.length < 3) return undefined;
  const line = theilSen(along, moved);
  if (!line) return undefined;
  // From the middle of the movement: one wild row would make any path look good.
  const reach = (quantile(moved, 0.9) - quantile(moved, 0.1)) / 0.8;
  if (rounded && reach < ROUNDED * x.printError!) return undefined;
  return {
    estimate: {
      value: line.slope,
      low: Math.min(line.low, line.slope * 0.95),
      high: Math.max(line.high, line.slope * 1.05),
      assumption: `Adam with its usual β (0.9, 0.999) on the ${x.form} loss, gap interpolated between rows`,
      from,
      to,
      updates,
    },
    used: along.length - 1,
    unexplained: line.slope > 0 ? line.residual / reach : 1,
  };
}

/** Printing errors that a move must be worth to be one. */
const ROUNDED = 6;

function medianMove(logAlpha: ArrayLike<number>): number {
  const moves: number[] = [];
  for (let i = 1; i < logAlpha.length; i++) moves.push(Math.abs(logAlpha[i]! - logAlpha[i - 1]!));
  return quantile(moves, 0.5);
}
