// What the page is told of a study of many runs: its settings as bands over their seeds, and how far each run has come.

import type { Severity, Verdict } from "../doctor/finding.ts";

/** The plan as a sweep leaves it in its directory, as plan.json. */
export interface StudyPlan {
  readonly format: "tempered-plan/1";
  readonly name: string;
  /** Of tempered. */
  readonly version: string;
  readonly runs: readonly StudyRun[];
}

export interface StudyRun {
  readonly id: string;
  readonly env: string;
  readonly setting: string;
  readonly seed: number;
  /** Environment steps at its end. */
  readonly steps: number;
}

/** What a study's panels show, one each. */
export const STUDY_CURVES = ["return", "alpha", "entropy", "gap"] as const;
export type StudyCurve = (typeof STUDY_CURVES)[number];

/** Median and middle half over the runs that have come so far. */
export interface StudyBand {
  /** Environment steps. */
  readonly x: readonly number[];
  readonly median: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface StudySetting {
  readonly env: string;
  readonly setting: string;
  readonly bands: Readonly<Partial<Record<StudyCurve, StudyBand>>>;
  readonly runs: readonly StudyRunState[];
}

export interface StudyRunState {
  readonly id: string;
  readonly seed: number;
  /** Names the run in requests; undefined before it has begun. */
  readonly run?: string;
  /** Environment steps so far, and at its end. */
  readonly step: number;
  readonly steps: number;
  readonly status: "missing" | "running" | "ended" | "stopped" | "failed";
  readonly verdict?: Verdict;
  /** The doctor's warnings and errors, and from which step on they show. */
  readonly findings: readonly {
    readonly id: string;
    readonly severity: Severity;
    readonly from: number | undefined;
  }[];
  readonly last: Readonly<Partial<Record<StudyCurve, number>>>;
}

/** Answer to a request for the watched study. */
export interface StudyView {
  readonly name: string;
  readonly settings: readonly StudySetting[];
}
