// The doctor: from a series of any program's log to what is wrong with α, with numbers, and what to do about it.

export { type Diagnosis, diagnose } from "./diagnose.ts";
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
export { type AlphaWatch, type WatchedRow, type WatchOptions, watchAlpha } from "./watch.ts";
