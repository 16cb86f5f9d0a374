// What the doctor says: a finding is one cause (or outcome, or remark) with its numbers, a diagnosis is all of them
// for one run with a verdict. The ids are a public vocabulary: JSON, documentation pages and scripts rely on them.

/** The published order: what comes first explains what comes after, and outcomes stand behind their causes. */
export const FINDING_IDS = [
  "not-finite",
  "sign-inverted",
  "target-unreachable",
  "target-never-binds",
  "log-prob-uncorrected",
  "log-prob-averaged",
  "alpha-negative",
  "alpha-mislabelled",
  "alpha-reset",
  "alpha-frozen",
  "alpha-at-bound",
  "alpha-lr-too-high",
  "alpha-faster-than-declared",
  "initial-alpha-too-high",
  "alpha-lr-too-low",
  "oscillating",
  "reward-scale-large",
  "entropy-unresponsive",
  "target-too-high",
  "target-too-low",
  "units-mismatch",
  "bang-bang",
  "q-diverged",
  "q-overestimated",
  "critic-loss-growing",
  "alpha-exploded",
  "alpha-collapsed",
  "return-collapsed",
  "return-never-moved",
  "episode-length-constant",
  "evaluation-below-training",
  "no-updates",
  "slack-constraint",
  "fixed-alpha",
  "too-short",
] as const;

/** The names of all findings; public vocabulary. */
export type FindingId = (typeof FINDING_IDS)[number];
/** `error` makes a run a fault, `warning` a suspect; `info` is a remark. */
export type Severity = "error" | "warning" | "info";
/** The verdict over a run, from the severities of its findings. */
export type Verdict = "healthy" | "fault" | "suspect" | "inconclusive";

/** One thing that the doctor found: a cause, an outcome or a remark, with its numbers. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** 0 to 1. */
  readonly confidence: number;
  /** First and last step of the evidence, in the log's own axis. */
  readonly steps: readonly [number, number];
  readonly evidence: Readonly<Record<string, number>>;
  /** What happened and how it shows, in one or two sentences. */
  readonly message: string;
  /** What to do: code for the program that wrote the log, where it is known. */
  readonly fix: string;
  /** Where it was seen before. */
  readonly reference: string;
  /** What the fix would set; lets a report show what α would have done. */
  readonly suggestion?: Suggestion;
}

/** Settings of the temperature that a fix changes; absent ones stay as they are. */
export interface Suggestion {
  readonly targetEntropy?: number;
  readonly alphaLearningRate?: number;
  readonly initialAlpha?: number;
  readonly alphaMin?: number;
  readonly alphaMax?: number;
  /** The gap changes sign. */
  readonly invert?: boolean;
}

/** A number with its confidence interval (95% where nothing else is said) and what had to be assumed. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly assumption: string;
}
