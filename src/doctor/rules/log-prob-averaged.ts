// The log-probability is averaged over action dimensions instead of summed: an untrained policy then shows the entropy
// of one dimension, about 0.65 nats, however many it has.

import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { UNTRAINED_ENTROPY } from "../settings.ts";

/** What one dimension shows at the start, a little less if the first row comes late. */
const RANGE: readonly [number, number] = [0.4, 0.72];
/** Where the entropy itself is logged: no sum over three dimensions comes so low within the first rows. */
const LOGGED_LOW = 0.3;
const FIRST_UPDATES = 1000;
/** Nats within those; an average has lost one at most. */
const COLLAPSING = 2;
/** α may have moved this far from its start, in e-folds; 1,000 updates at a learning rate of 1e-3. */
const NEAR = 1.05;
/** Updates × learning rate at the first row, up to which the policy still is what it was made as. */
const UNTRAINED = 0.22;
/** Times what Adam could do. */
const LOADED = 1.5;
/** Learning rate to reckon with where α, which never moves, shows none. */
const FAST = 1e-3;

export const logProbAveraged: Rule = (e) => {
  const { actionDim, unitOffset } = e.settings;
  if (actionDim === undefined || actionDim < 2) return undefined;
  const first = firstEntropies(e);
  if (!first || first.values.length === 0) return undefined;
  // Unknown ranges are taken for 1, as most have: no usual one makes a sum look like this.
  const height = Math.max(...first.values) - (unitOffset ?? 0) / actionDim;
  if (height < (e.entropy && actionDim > 2 && e.speed?.slope ? LOGGED_LOW : RANGE[0]) || height > RANGE[1])
    return undefined;
  // A policy that falls as fast as that is collapsing: a mean over the dimensions hides d times as much.
  if (Math.max(...first.values) - Math.min(...first.values) > COLLAPSING) return undefined;
  if (first.assumed && halfTarget(e, actionDim)) return undefined;
  return {
    id: "log-prob-averaged",
    severity: "warning",
    confidence: first.assumed ? 0.7 : 0.85,
    steps: stepsOf(e, 0, first.to),
    evidence: numbers({ entropy: height, expected: 0.65 * actionDim, actionDim }),
    message: `An untrained policy shows ${say(height)} nats${first.assumed ? " (with H̄ = −d assumed)" : ""}: that is one dimension's worth, where ${actionDim} should add up to about ${say(0.65 * actionDim)}. log π is averaged over dimensions instead of summed.`,
    fix: "log_prob = log_prob.sum(dim=-1)  # not .mean()",
    reference: "Stable-Baselines3 0.3.0",
  };
};

/** The first gap is rather that of a right sum at the target −d/2, which is in use too, than of a mean at −d. */
function halfTarget({ firstGap }: Evidence, d: number): boolean {
  if (!firstGap) return true;
  const averaged = UNTRAINED_ENTROPY + d;
  const half = (UNTRAINED_ENTROPY + 0.5) * d;
  return Math.abs(firstGap.value - half) < Math.abs(firstGap.value - averaged) + 0.05;
}

/** Entropies of the first updates: logged, or from the gap with the declared or the default target. */
function firstEntropies(e: Evidence): { values: number[]; to: number; assumed: boolean } | undefined {
  const { entropy, gap, rows, settings } = e;
  const target = settings.targetEntropy ?? settings.defaultTarget;
  if (!entropy && (!gap || target === undefined)) return undefined;
  // Steps count from before the first update in many logs; α itself tells how much of training has passed.
  const fallen = Math.abs(rows.logAlpha[0]! - Math.log(settings.declared.initialAlpha ?? 1));
  const moves = e.speed?.slope !== 0;
  const reach = rows.updates[0]! * (moves ? e.learningRate : FAST);
  // A loaded α is further from its start than so many updates take it.
  const trained = moves && fallen > LOADED * reach + 0.1 ? fallen : Math.min(reach, fallen);
  // A small α that is fixed holds nothing up: the policy is another one sooner.
  if (!rows.fromStart || trained > UNTRAINED * (moves ? 1 : Math.min(1, rows.alpha[0]!))) return undefined;
  const values: number[] = [];
  let to = 0;
  for (let i = 0; i < rows.length; i++) {
    if (rows.updates[i]! - rows.updates[0]! > FIRST_UPDATES) break;
    if (Math.abs(rows.logAlpha[i]! - rows.logAlpha[0]!) > NEAR) break;
    const value = entropy ? entropy[i]! : gap!.values[i]! + target!;
    if (Number.isFinite(value)) {
      values.push(value);
      to = i;
    }
  }
  return { values, to, assumed: !entropy && settings.targetEntropy === undefined };
}
