// Adam moves log α by at most about its learning rate an update. Where α went faster, the learning rate, the number of
// updates, the parameter or the optimiser is not what was said.

import { slopeLimits } from "../estimators/adam-speed.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

/** Effective over declared. */
const RATIO = 1.5;
const UPDATES = 2000;
/** Needed where fewer updates are logged. */
const SHORT_RATIO = 8;

export const alphaFasterThanDeclared: Rule = (e) => {
  const declared = e.settings.declared.alphaLearningRate;
  const { speed, rows } = e;
  if (declared === undefined || !(declared > 0) || !speed || e.resets.length > 0) return undefined;
  if (rows.axis.source === "unknown") return undefined;
  const form = e.form?.form ?? e.settings.declared.lossForm ?? "log-alpha";
  const limits = slopeLimits(declared, form);
  const limit = speed.slope > 0 ? limits.rise : limits.fall;
  const bySpeed = speed.slope / limit;
  const enough = speed.updates >= UPDATES ? RATIO : SHORT_RATIO;
  const replayed = e.replayed && e.replayed.updates >= UPDATES ? e.replayed : undefined;
  const byReplay = replayed ? replayed.low / declared : 0;
  if (bySpeed < enough && byReplay < RATIO) return undefined;
  const effective = bySpeed >= enough ? effectiveRate(e) : replayed!.value;
  const moved = Math.abs(speed.slope) * speed.updates;
  const needed = moved / Math.abs(limit);
  const counted = rows.axis.source === "assumed";
  return {
    id: "alpha-faster-than-declared",
    severity: "error",
    confidence: counted ? 0.8 : 0.95,
    steps: stepsOf(
      e,
      bySpeed >= enough ? speed.from : replayed!.from,
      bySpeed >= enough ? speed.to : replayed!.to,
    ),
    evidence: numbers({
      declaredLearningRate: declared,
      effectiveLearningRate: effective,
      ratio: effective / declared,
      slope: speed.slope,
      slopeLimit: limit,
      efolds: moved,
      updates: speed.updates,
      updatesNeeded: needed,
    }),
    message: `Adam at ${say(declared)} cannot do this: log α moved ${say(moved)} e-folds within ${say(speed.updates)} updates (${rows.axis.perStep.assumption}), where it needs ${say(needed)}. The effective learning rate is ${say(effective)}, ${say(effective / declared)} times the declared one.`,
    fix:
      "# 1. count the updates: several gradient steps per environment step?\n" +
      "# 2. is log α optimised, and not α?   log_alpha = torch.zeros(1, requires_grad=True)\n" +
      `# 3. is it Adam at this rate?          torch.optim.Adam([log_alpha], lr=${declared})  (SGD has no such limit)\n` +
      "# 4. did α start where you think?      print(log_alpha.exp()) before the first update",
    reference: "the question this project started from",
    suggestion: { alphaLearningRate: declared },
  };
};

/** From the slope itself where no learning rate of the form explains it. */
function effectiveRate({ speed, replayed }: Evidence): number {
  const alone = speed!.learningRate.value;
  if (replayed && replayed.value > 0 && replayed.updates >= 0.5 * speed!.updates) return replayed.value;
  return Number.isFinite(alone) ? alone : Math.abs(speed!.slope);
}
