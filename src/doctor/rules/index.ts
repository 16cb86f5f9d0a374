// All rules, by their public id.

import type { FindingId } from "../finding.ts";
import type { Rule } from "../rule.ts";
import { alphaAtBound } from "./alpha-at-bound.ts";
import { alphaCollapsed } from "./alpha-collapsed.ts";
import { alphaExploded } from "./alpha-exploded.ts";
import { alphaFasterThanDeclared } from "./alpha-faster-than-declared.ts";
import { alphaFrozen } from "./alpha-frozen.ts";
import { alphaLearningRateTooHigh } from "./alpha-lr-too-high.ts";
import { alphaLearningRateTooLow } from "./alpha-lr-too-low.ts";
import { alphaMislabelled } from "./alpha-mislabelled.ts";
import { alphaNegative } from "./alpha-negative.ts";
import { alphaReset } from "./alpha-reset.ts";
import { bangBang } from "./bang-bang.ts";
import { criticLossGrowing } from "./critic-loss-growing.ts";
import { entropyUnresponsive } from "./entropy-unresponsive.ts";
import { episodeLengthConstant } from "./episode-length-constant.ts";
import { evaluationBelowTraining } from "./evaluation-below-training.ts";
import { fixedAlpha } from "./fixed-alpha.ts";
import { initialAlphaTooHigh } from "./initial-alpha-too-high.ts";
import { logProbAveraged } from "./log-prob-averaged.ts";
import { logProbUncorrected } from "./log-prob-uncorrected.ts";
import { noUpdates } from "./no-updates.ts";
import { notFinite } from "./not-finite.ts";
import { oscillating } from "./oscillating.ts";
import { qDiverged } from "./q-diverged.ts";
import { qOverestimated } from "./q-overestimated.ts";
import { returnCollapsed } from "./return-collapsed.ts";
import { returnNeverMoved } from "./return-never-moved.ts";
import { rewardScaleLarge } from "./reward-scale-large.ts";
import { signInverted } from "./sign-inverted.ts";
import { slackConstraint } from "./slack-constraint.ts";
import { targetNeverBinds } from "./target-never-binds.ts";
import { targetTooHigh } from "./target-too-high.ts";
import { targetTooLow } from "./target-too-low.ts";
import { targetUnreachable } from "./target-unreachable.ts";
import { tooShort } from "./too-short.ts";
import { unitsMismatch } from "./units-mismatch.ts";

export const rules: Readonly<Record<FindingId, Rule>> = {
  "not-finite": notFinite,
  "sign-inverted": signInverted,
  "target-unreachable": targetUnreachable,
  "target-never-binds": targetNeverBinds,
  "log-prob-uncorrected": logProbUncorrected,
  "log-prob-averaged": logProbAveraged,
  "alpha-negative": alphaNegative,
  "alpha-mislabelled": alphaMislabelled,
  "alpha-reset": alphaReset,
  "alpha-frozen": alphaFrozen,
  "alpha-at-bound": alphaAtBound,
  "alpha-lr-too-high": alphaLearningRateTooHigh,
  "alpha-faster-than-declared": alphaFasterThanDeclared,
  "initial-alpha-too-high": initialAlphaTooHigh,
  "alpha-lr-too-low": alphaLearningRateTooLow,
  oscillating,
  "reward-scale-large": rewardScaleLarge,
  "entropy-unresponsive": entropyUnresponsive,
  "target-too-high": targetTooHigh,
  "target-too-low": targetTooLow,
  "units-mismatch": unitsMismatch,
  "bang-bang": bangBang,
  "q-diverged": qDiverged,
  "q-overestimated": qOverestimated,
  "critic-loss-growing": criticLossGrowing,
  "alpha-exploded": alphaExploded,
  "alpha-collapsed": alphaCollapsed,
  "return-collapsed": returnCollapsed,
  "return-never-moved": returnNeverMoved,
  "episode-length-constant": episodeLengthConstant,
  "evaluation-below-training": evaluationBelowTraining,
  "no-updates": noUpdates,
  "slack-constraint": slackConstraint,
  "fixed-alpha": fixedAlpha,
  "too-short": tooShort,
};
