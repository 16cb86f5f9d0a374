// Several environments stepped side by side count a step each, and one update follows for all. Stable-Baselines3 logs
// the learning rate that its α really has, so where its updates are not logged, α's pace tells how many there are.

import type { Series } from "../../runs/series.ts";
import type { Estimate } from "../finding.ts";
import type { Rows } from "../rows.ts";
import type { Settings } from "../settings.ts";

const MOST = 64;
/** Of the path's own rate, high over low, up to which it can tell one number of environments from the next. */
const TIGHT = 1.25;

interface Known {
  readonly series: Series;
  readonly settings: Settings;
  readonly rows: Rows;
  /** The learning rate by replay, at one update a step. */
  readonly replayed: Estimate | undefined;
}

/** @returns undefined where nothing says that there is more than one */
export function environmentsOf(e: Known): number | undefined {
  const { series, settings, rows, replayed } = e;
  const logged = series.declared.alphaLearningRate;
  if (series.framework !== "Stable-Baselines3" || rows.axis.source !== "assumed") return undefined;
  if (!series.columns.learningRate || !replayed || logged === undefined) return undefined;
  if (settings.declared.alphaLearningRate !== logged || replayed.high > TIGHT * replayed.low)
    return undefined;
  const usual = [2, 4, 8, 16, 32, MOST].find((n) => within(logged / n, replayed));
  const nearest = Math.round(logged / replayed.value);
  const count = usual ?? nearest;
  return count >= 2 && count <= MOST && within(logged / count, replayed) ? count : undefined;
}

/** Replay over rows some thousands of updates apart is good to some percent more than its scatter says. */
function within(rate: number, { low, high }: { readonly low: number; readonly high: number }): boolean {
  return rate > 0.95 * low && rate < 1.05 * high;
}
