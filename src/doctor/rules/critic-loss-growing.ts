// The critic's loss grows by orders of magnitude while the return gets no better: its targets move faster than it learns.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { alphaExploded } from "./alpha-exploded.ts";
import { eighth, rewardScale } from "./shared/rewards.ts";
import { errorRatio, LARGE_ERRORS } from "./shared/value-scale.ts";

const GROWN = 1e3;
/** √loss over |Q|: errors as large as what is predicted. */
const SHARE = 0.3;
/** Growth beyond which the errors may be small beside Q, if Q grows with them and is this many times the largest return. */
const FED = 1.5e3;
const FED_Q = 30;
const BEYOND = 30;
const ROWS = 20;

export const criticLossGrowing: Rule = (e) => {
  const { rows, value, returns } = e;
  const loss = rows.column("criticLoss");
  if (!loss || rows.length < ROWS || e.updates < 2000 || returns?.improved) return undefined;
  const late = eighth(loss, 7);
  const early = Math.max(eighth(loss, 1), eighth(loss, 0));
  if (!(early > 0 && late > GROWN * early && late > 1.2 * eighth(loss, 6))) return undefined;
  const q = value && eighth(value, 7);
  const returned = rewardScale(e)?.largest;
  const fed =
    q !== undefined &&
    returned !== undefined &&
    late > FED * early &&
    q > FED_Q * eighth(value!, 1) &&
    q > BEYOND * returned &&
    !alphaExploded(e);
  if (q !== undefined && !fed && !(Math.sqrt(late) > SHARE * q)) return undefined;
  // Errors that α makes itself are the work of what drives α.
  const lastRows = Array.from({ length: Math.ceil(rows.length / 8) }, (_, i) => rows.length - 1 - i);
  const byRewards = errorRatio(e, lastRows);
  if (byRewards !== undefined && byRewards < LARGE_ERRORS) return undefined;
  return {
    id: "critic-loss-growing",
    severity: "warning",
    confidence: 0.7,
    steps: stepsOf(e, Math.floor(rows.length / 8), rows.length - 1),
    evidence: numbers({ criticLoss: late, earlyCriticLoss: early, growth: late / early, q }),
    message: `The critic's loss has grown ${say(late / early)} times, from ${say(early)} to ${say(late)}, and the return has not improved: ${fed ? `|Q| is ${say(q)} where no return is beyond ${say(returned)}` : `its errors are ${q === undefined ? "out of hand" : `of the order of Q itself (${say(q)})`}`}.`,
    fix: `${dialectOf(e.series.framework).criticLearningRate("1e-4")}\n${dialectOf(e.series.framework).scale}`,
    reference: "FinRL #476",
  };
};
