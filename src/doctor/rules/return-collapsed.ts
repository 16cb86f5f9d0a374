// The agent had learned and lost it again, late and for good: what it earns has fallen back most of the way.

import { dialectOf } from "../dialects.ts";
import { told } from "../estimators/returns.ts";
import { stepAt } from "../rows.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

/** Share of what had been gained. */
const LOST = 0.75;
/** In units of one return's scatter. */
const CLEAR = 4;
/** Share of the return's own size that had been gained. */
const GAIN = 0.25;
const ROWS = 40;
const PARTS = 8;

export const returnCollapsed: Rule = (e) => {
  const { returns, series } = e;
  if (!returns) return undefined;
  const { evalReturn, return: training } = series.columns;
  const values = returns.source === "evaluation" ? evalReturn!.filter(Number.isFinite) : told(training);
  if (values.length < ROWS) return undefined;
  const { first, best, last, noise } = returns;
  const gained = best - first;
  const lost = best - last;
  if (!(gained > CLEAR * noise && lost > CLEAR * noise && lost > LOST * gained)) return undefined;
  // A smoothed return hardly scatters: what was gained has to be worth losing, too.
  if (!(gained > GAIN * Math.max(Math.abs(first), Math.abs(best)))) return undefined;
  // The last two of eight parts stay down: no bad moment, and no way back.
  const previous = median(
    values.slice(
      Math.floor((values.length * (PARTS - 2)) / PARTS),
      Math.floor((values.length * (PARTS - 1)) / PARTS),
    ),
  );
  if (!(best - previous > 0.5 * lost)) return undefined;
  const from = Math.floor((series.length * (PARTS - 2)) / PARTS);
  return {
    id: "return-collapsed",
    severity: "warning",
    confidence: 0.7,
    steps: [stepAt(series, from), stepAt(series, series.length - 1)],
    evidence: numbers({ firstReturn: first, bestReturn: best, lastReturn: last, noise }),
    message: `The return rose from ${say(first)} to ${say(best)} and fell back to ${say(last)}, ${say(lost / noise)} times the scatter of a single one: what was learned is lost.`,
    fix: `# keep the best checkpoint; then look at |Q| and the critic's loss where the fall begins\n${dialectOf(e.series.framework).criticLearningRate("1e-4")}`,
    reference: "Stable-Baselines3 #723",
  };
};
