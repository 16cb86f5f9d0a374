// How many updates of α lie between two rows. Logged where we are lucky; else from the step axis, which may count
// environment steps or episodes, and the updates that somebody declared or everybody makes: one a step.

import type { DeclaredSettings, Series } from "../../runs/series.ts";
import type { Estimate } from "../finding.ts";
import { median } from "../statistics/quantiles.ts";

/** Updates at each row, and where they are known from. */
export interface UpdateAxis {
  /** Since the log's beginning; never falls, even where a resumed run counts anew. */
  readonly updates: Float64Array;
  /** `logged` and `declared` may carry a decisive verdict on speed, `assumed` (one a step) only with its assumption. */
  readonly source: "logged" | "declared" | "assumed" | "unknown";
  /** Updates per step of the log's axis. */
  readonly perStep: Estimate;
  /** Rows before which an unknown number of updates lies: the axis starts again there. No speed is read across them. */
  readonly breaks: ReadonlySet<number>;
}

interface Axes {
  readonly step: Float64Array | undefined;
  readonly updates: Float64Array | undefined;
  readonly episodeLength: Float64Array | undefined;
  /** Rows at which the reader saw the step axis start again. */
  readonly restarts?: readonly number[] | undefined;
}

/** What the program's axis counts: steps with an update each, nothing of the sort, or nobody knows. */
export type Counts = "steps" | "anything" | "nothing";

export function countsOf({ framework, sideBySide }: Series): Counts {
  return sideBySide ? "nothing" : framework === "unknown" ? "anything" : "steps";
}

/** Steps between rows up to which an axis looks like one of episodes, if episodes are known to be long. */
const EPISODE_STRIDE = 2;

export function updateAxis(
  axes: Axes,
  length: number,
  declared: DeclaredSettings,
  counts: Counts,
): UpdateAxis {
  const { step, updates, episodeLength, restarts = [] } = axes;
  if (updates) {
    const { policyDelay = 1 } = declared;
    const ofAlpha = policyDelay === 1 ? updates : updates.map((count) => count / policyDelay);
    const perStep = step ? ratio(ofAlpha, step) : Number.NaN;
    return { ...unwound(ofAlpha, []), source: "logged", perStep: exactly(perStep, "counted in the log") };
  }
  const stride = step ? median(differences(step)) : 1;
  const { stepsPerEpisode, updatesPerStep } = declared;
  const byEpisode = stepsPerEpisode !== undefined && !(stride > EPISODE_STRIDE);
  const perStep = (updatesPerStep ?? 1) * (byEpisode ? stepsPerEpisode : 1);
  if (step || byEpisode) {
    const axis = unwound(step ?? Float64Array.from({ length }, (_, i) => i + 1), restarts);
    const said = updatesPerStep !== undefined || byEpisode;
    if (!said && (counts === "nothing" || (counts === "anything" && !(stride > EPISODE_STRIDE)))) {
      const why =
        counts === "nothing"
          ? "the axis counts the steps of many environments at once: give --updates-per-step"
          : "the log's axis may count episodes: give --steps-per-episode or --updates-per-step";
      return { ...axis, source: "unknown", perStep: exactly(Number.NaN, why) };
    }
    return {
      updates: axis.updates.map((u) => u * perStep),
      breaks: axis.breaks,
      source: said ? "declared" : "assumed",
      perStep: exactly(perStep, assumption(updatesPerStep, byEpisode)),
    };
  }
  if (episodeLength) {
    let total = 0;
    return {
      updates: episodeLength.map((steps) => {
        total += (Number.isFinite(steps) ? steps : 0) * perStep;
        return total;
      }),
      breaks: new Set(),
      source: updatesPerStep === undefined ? "assumed" : "declared",
      perStep: exactly(
        perStep,
        `${assumption(updatesPerStep, false)}; rows are episodes of the logged length`,
      ),
    };
  }
  return {
    updates: Float64Array.from({ length }, (_, i) => i),
    breaks: new Set(),
    source: "unknown",
    perStep: exactly(Number.NaN, "the log has no step axis: rows are counted instead"),
  };
}

function assumption(updatesPerStep: number | undefined, byEpisode: boolean): string {
  const rate =
    updatesPerStep === undefined ? "one update per environment step, as by default" : "as declared";
  return byEpisode ? `${rate}; the log's axis counts episodes` : rate;
}

function exactly(value: number, because: string): Estimate {
  return { value, low: value, high: value, assumption: because };
}

function ratio(updates: Float64Array, step: Float64Array): number {
  const rates: number[] = [];
  for (let i = 1; i < step.length; i++) {
    const run = step[i]! - step[i - 1]!;
    if (run > 0) rates.push((updates[i]! - updates[i - 1]!) / run);
  }
  return median(rates);
}

function differences(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, i) => value - values[i]!);
}

/** Where the axis falls back (a resumed run, a second file), time goes on by what the new count says. */
function unwound(
  axis: Float64Array,
  restarts: readonly number[],
): { updates: Float64Array; breaks: ReadonlySet<number> } {
  const breaks = new Set(restarts);
  let offset = 0;
  let last = Number.NaN;
  const updates = axis.map((value, row) => {
    if (!Number.isFinite(value)) return Number.isNaN(last) ? 0 : last;
    if (value + offset < last) {
      offset = last - Math.min(0, value);
      breaks.add(row);
    }
    last = Math.max(value + offset, Number.isNaN(last) ? value + offset : last);
    return last;
  });
  return { updates, breaks };
}
