// The return is the same in every row, or has not left its noise over a very long run: nothing that the agent does
// changes what it earns, or it never meets a reward.

import type { Evidence } from "../evidence.ts";
import { stepAt } from "../rows.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

const ROWS = 20;
const UPDATES = 5000;
/** For a return that is not constant but flat. */
const MANY = 60;
const LONG = 100_000;

export const returnNeverMoved: Rule = (e) => {
  const found = e.series.columns.return;
  const values = found?.filter(Number.isFinite);
  if (!found || !values || values.length < ROWS || e.updates < UPDATES) return undefined;
  const constant = values.every((x) => x === values[0]);
  const { returns } = e;
  const moved = returns && Math.max(returns.best - returns.first, returns.first - returns.worst);
  const flat =
    values.length >= MANY && e.updates >= LONG && returns !== undefined && moved! < 0.7 * returns.noise;
  if (!constant && !flat) return undefined;
  const length = constantLength(e);
  return {
    id: "return-never-moved",
    severity: constant ? "warning" : "info",
    confidence: constant ? 0.85 : 0.6,
    steps: [stepAt(e.series, 0), stepAt(e.series, e.series.length - 1)],
    evidence: numbers({
      return: median(values),
      rows: values.length,
      updates: e.updates,
      episodeLength: length,
    }),
    message: constant
      ? `The return is ${say(values[0]!)} in all ${values.length} rows${length === undefined ? "" : ` and every episode has ${say(length)} steps`}: the agent has never met a reward that differs, or what it does has no effect.`
      : `The return has not left its noise (${say(returns!.noise)}) over ${say(e.updates)} updates; it stays about ${say(median(values))}.`,
    fix: "# look at one episode: do actions reach the environment, and does any state give another reward?\nprint(env.action_space, action.min(), action.max(), reward)",
    reference: "seen in our own runs only",
  };
};

export function constantLength({ series }: Evidence): number | undefined {
  const lengths = series.columns.episodeLength?.filter(Number.isFinite);
  return lengths && lengths.length >= ROWS && lengths.every((x) => x === lengths[0]) ? lengths[0] : undefined;
}
