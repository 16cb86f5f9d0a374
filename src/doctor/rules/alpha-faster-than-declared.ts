// Adam moves log α by at most about its learning rate an update. Where α went faster, the learning rate, the number of
// updates, the parameter or the optimiser is not what was said.

import type { LossForm } from "../../runs/series.ts";
import { learningRateOfSlope, slopeLimits } from "../estimators/adam-speed.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

/** Effective over declared. */
const RATIO = 1.5;
const UPDATES = 2000;
/** Needed where fewer updates are logged. */
const SHORT_RATIO = 8;

export const alphaFasterThanDeclared: Rule = (e) => {
  const declared = e.settings.declared.alphaLearningRate;
  const { rows } = e;
  if (declared === undefined || !(declared > 0) || e.resets.length > 0) return undefined;
  if (rows.axis.source === "unknown") return undefined;
  const form = e.form?.form ?? e.settings.declared.lossForm ?? e.series.usualLossForm ?? "log-alpha";
  const limits = slopeLimits(declared, form);
  const limitOf = (slope: number) => (slope > 0 ? limits.rise : limits.fall);
  const tooFast = ({ slope, updates }: Pace) =>
    slope / limitOf(slope) >= (updates >= UPDATES ? RATIO : SHORT_RATIO);
  const pace = [e.leg, e.speed].find((candidate) => candidate && tooFast(candidate)) ?? e.speed;
  if (!pace) return undefined;
  const limit = limitOf(pace.slope);
  const replayed = e.replayed && e.replayed.updates >= UPDATES ? e.replayed : undefined;
  const byReplay = replayed ? replayed.low / declared : 0;
  const bySpeed = tooFast(pace);
  if (!bySpeed && byReplay < RATIO) return undefined;
  const effective = bySpeed ? effectiveRate(e, pace, form) : replayed!.value;
  const moved = Math.abs(pace.slope) * pace.updates;
  const needed = moved / Math.abs(limit);
  const counted = rows.axis.source === "assumed";
  return {
    id: "alpha-faster-than-declared",
    severity: "error",
    confidence: counted ? 0.8 : 0.95,
    steps: stepsOf(e, bySpeed ? pace.from : replayed!.from, bySpeed ? pace.to : replayed!.to),
    evidence: numbers({
      declaredLearningRate: declared,
      effectiveLearningRate: effective,
      ratio: effective / declared,
      slope: pace.slope,
      slopeLimit: limit,
      efolds: moved,
      updates: pace.updates,
      updatesNeeded: needed,
    }),
    message: `Adam at ${say(declared)} cannot do this: log α moved ${say(moved)} e-folds within ${say(pace.updates)} updates (${rows.axis.perStep.assumption}), where it needs ${say(needed)}. The effective learning rate is ${say(effective)}, ${say(effective / declared)} times the declared one.`,
    fix:
      "# 1. count the updates: several gradient steps per environment step?\n" +
      "# 2. is log α optimised, and not α itself?\n" +
      `# 3. by Adam at this rate? torch.optim.Adam([log_alpha], lr=${declared})\n` +
      "# 4. where does α start? print(log_alpha.exp()) before the first update",
    reference: "the question this project started from",
    suggestion: { alphaLearningRate: declared },
  };
};

/** A stretch of log α with its slope per update. */
interface Pace {
  readonly slope: number;
  readonly updates: number;
  readonly from: number;
  readonly to: number;
}

/** From the slope itself where no learning rate of the form explains it. */
function effectiveRate({ replayed }: Evidence, pace: Pace, form: LossForm): number {
  if (replayed && replayed.value > 0 && replayed.updates >= 0.5 * pace.updates) return replayed.value;
  const alone = learningRateOfSlope(pace.slope, form);
  return Number.isFinite(alone) ? alone : Math.abs(pace.slope);
}
