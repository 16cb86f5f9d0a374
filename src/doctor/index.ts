// The doctor: from a series of any program's log to what is wrong with α, with numbers, and what to do about it.

export { type Diagnosis, diagnose } from "./diagnose.ts";
export type { AlphaSpeed } from "./estimators/alpha-speed.ts";
export type { Climb } from "./estimators/climb.ts";
export type { Descent } from "./estimators/descent.ts";
export type { EffectiveLearningRate } from "./estimators/effective-learning-rate.ts";
export type { EffectiveTarget } from "./estimators/effective-target.ts";
export type { Gap } from "./estimators/gap.ts";
export type { IdentityFit } from "./estimators/identity.ts";
export type { Leg } from "./estimators/leg.ts";
export type { LossFormEstimate } from "./estimators/loss-form.ts";
export type { RawFit } from "./estimators/optimised-parameter.ts";
export type { Plateau } from "./estimators/plateaus.ts";
export type { Reset } from "./estimators/resets.ts";
export type { Returns } from "./estimators/returns.ts";
export type { UpdateAxis } from "./estimators/update-axis.ts";
export { type Evidence, evidenceOf } from "./evidence.ts";
export {
  type Estimate,
  FINDING_IDS,
  type Finding,
  type FindingId,
  type Severity,
  type Suggestion,
  type Verdict,
} from "./finding.ts";
export * from "./report/index.ts";
export type { Rows } from "./rows.ts";
export type { Settings } from "./settings.ts";
export { type AlphaWatch, type WatchedRow, type WatchOptions, watchAlpha } from "./watch.ts";
