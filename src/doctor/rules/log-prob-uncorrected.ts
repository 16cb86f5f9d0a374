// More entropy than the action box has room for: log π lacks the tanh correction, or is the density of an action that
// was clipped. On unit actions no policy has more than d·log 2 nats.

import { dialectOf } from "../dialects.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { MAX_TANH_GAUSSIAN } from "../settings.ts";
import { median } from "../statistics/quantiles.ts";
import { runningMedian } from "../statistics/stretch.ts";

export const logProbUncorrected: Rule = (e) => byEntropy(e) ?? byGap(e);

const ROWS = 11;
/** Beyond the bound by this much per dimension, since single batches overshoot. */
const MARGIN = 0.2;
/** Half-range of the widest action boxes in use; Pendulum's is 2, InvertedPendulum's 3. */
const WIDE_RANGE = 4;
/** Entropy per dimension of a Gaussian without its correction, from σ ≈ 0.6 to σ = e² (log σ = 2). */
const UNCORRECTED: readonly [number, number] = [0.9, 3.7];

function finding(
  e: Evidence,
  rows: readonly [number, number],
  certain: boolean,
  confidence: number,
  evidence: Record<string, number | undefined>,
  message: string,
): Finding {
  return {
    id: "log-prob-uncorrected",
    severity: certain ? "error" : "warning",
    confidence,
    steps: stepsOf(e, rows[0], rows[1]),
    evidence: numbers(evidence),
    message,
    fix: dialectOf(e.series.framework).logProb,
    reference: "ml-agents #4866, rl_games #153, skrl",
  };
}

function byEntropy(e: Evidence): Finding | undefined {
  const { entropy, settings } = e;
  const { actionDim } = settings;
  if (!entropy || actionDim === undefined) return undefined;
  const known = settings.maxEntropy !== undefined;
  const bound = settings.maxEntropy ?? actionDim * Math.LN2;
  const limit = bound + MARGIN * actionDim;
  const smooth = runningMedian(entropy, ROWS);
  const above = smooth.findIndex((h) => h > limit);
  if (above < 0 || entropy.filter(Number.isFinite).length < 10) return undefined;
  let to = smooth.length - 1;
  while (!(smooth[to]! > limit)) to--;
  const height = median(entropy.slice(above, to + 1));
  return finding(
    e,
    [above, to],
    known && settings.units !== "unknown",
    known ? 0.95 : 0.5,
    { entropy: height, bound, excess: height - bound },
    known
      ? `The entropy is ${say(height)} nats, more than the ${say(bound)} of a uniform policy on the action box: log π is not that of the squashed action.`
      : `The entropy is ${say(height)} nats, more than unit actions have room for (${say(bound)}); in environment units with a half-range above ${say(Math.exp((height - bound) / actionDim))} it could be right. Give --action-half-range to settle it.`,
  );
}

/** No entropy logged: the gap of an untrained policy at the default target, per dimension, gives it away. */
function byGap(e: Evidence): Finding | undefined {
  const { gap, entropy, settings } = e;
  const { actionDim, unitOffset, maxEntropy } = settings;
  const target = settings.targetEntropy ?? settings.defaultTarget;
  if (!gap || entropy || actionDim === undefined || target === undefined) return undefined;
  const finite = gap.values.filter(Number.isFinite);
  if (finite.length < 10) return undefined;
  // Where the action range is not known, one of the widest in use is granted.
  const offset = unitOffset ?? actionDim * Math.log(WIDE_RANGE);
  const perDimension = (median(finite) + target - offset) / actionDim;
  const first = (median(finite.slice(0, 5)) + target - offset) / actionDim;
  const [low, high] = UNCORRECTED;
  if (!(perDimension > low && perDimension < high && first > low)) return undefined;
  const implied = median(finite) + target;
  return finding(
    e,
    [0, e.rows.length - 1],
    false,
    settings.targetEntropy === undefined ? 0.6 : 0.85,
    { impliedEntropy: implied, bound: maxEntropy, gap: median(finite), target },
    `With a target of ${say(target)}${settings.targetEntropy === undefined ? " (the default, assumed)" : ""} the gap of ${say(median(finite))} nats implies an entropy of ${say(implied)}, ${maxEntropy === undefined ? `for which actions would have to reach ±${say(Math.exp((implied - actionDim * MAX_TANH_GAUSSIAN) / actionDim))} (--action-half-range settles it)` : `more than the ${say(maxEntropy)} that the action box has room for`}: log π lacks its tanh correction.`,
  );
}
