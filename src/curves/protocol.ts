// What the server tells the page. Everything is state that can be told again: a summary of a run replaces the one before,
// rows replace those from their first row on, and whoever missed too much is told everything anew.

import type { Severity, Verdict } from "../doctor/finding.ts";
import { metricCharts } from "../metrics/table.ts";

/** What the charts draw, each as a column. */
export const CURVES = [
  "alpha",
  "entropy",
  "target",
  "gap",
  "slope",
  "return",
  "evalReturn",
  ...metricCharts.map(({ quantity }) => quantity),
] as const;
export type Curve = (typeof CURVES)[number];

export const AXES = ["step", "updates", "time"] as const;
export type Axis = (typeof AXES)[number];

export interface FindingSummary {
  readonly id: string;
  readonly severity: Severity;
  /** 0 to 1. */
  readonly confidence: number;
  readonly message: string;
  readonly fix: string;
  readonly reference: string;
  readonly evidence: Readonly<Record<string, number>>;
  /** Where it shows, on each axis that the run has. */
  readonly range: Readonly<Partial<Record<Axis, readonly [number, number]>>>;
}

export interface RunSummary {
  /** Names the run in requests; says nothing about where it lies. */
  readonly id: string;
  /** Its path below the watched folder. */
  readonly name: string;
  readonly framework: string;
  readonly format: string;
  readonly env?: string;
  readonly rows: number;
  /** Rises when rows that were told before have changed: the curves must be fetched anew. */
  readonly generation: number;
  /** Milliseconds since 1970 of the last change of its files. */
  readonly changedAt: number;
  /** Undefined until the doctor has looked. */
  readonly verdict?: Verdict;
  /** For runs without findings. */
  readonly remark?: string;
  readonly findings: readonly FindingSummary[];
  readonly axes: readonly Axis[];
  /** Why the updates are what they are, where they were not logged. */
  readonly updatesNote?: string;
  /** Whether the entropy was logged, or follows from the α loss and the target. */
  readonly entropySource?: "logged" | "loss";
  /** Entropy that the policy class can reach at most, nats, in the log's units. */
  readonly reachable?: number;
  /** Speed limit of ln α per update under Adam. */
  readonly limits?: {
    readonly rise: number;
    readonly fall: number;
    readonly learningRate: number;
    readonly declared: boolean;
  };
  /** Last value of each curve. */
  readonly last: Readonly<Partial<Record<Curve, number>>>;
  /** ln α along the run, at most 64 points from first to last row; null where α is missing. */
  readonly spark: readonly (number | null)[];
  /** What the reader left out or assumed. */
  readonly notes: readonly string[];
}

/** Columns of rows, null where missing. */
export type RowColumns = Readonly<Partial<Record<Axis | Curve, readonly (number | null)[]>>>;

export type WatchEvent =
  | {
      readonly type: "hello";
      readonly folder: string;
      readonly scanning: boolean;
      readonly runs: readonly RunSummary[];
    }
  | { readonly type: "scanned" }
  | { readonly type: "run"; readonly run: RunSummary }
  | { readonly type: "removed"; readonly id: string }
  | {
      readonly type: "rows";
      readonly id: string;
      readonly generation: number;
      /** Index of the first row; those from here on are replaced. */
      readonly from: number;
      /** Rows of the run now. */
      readonly rows: number;
      readonly columns: RowColumns;
    };

export interface CurvePoints {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** How smoothing goes on. */
  readonly state: { readonly sum: number; readonly weight: number };
}

/** Answer to a request for a run's curves. */
export interface RunView {
  readonly id: string;
  readonly generation: number;
  readonly rows: number;
  readonly axis: Axis;
  /** First and last x of the whole run; undefined without points. */
  readonly extent?: readonly [number, number];
  readonly curves: Readonly<Partial<Record<Curve, CurvePoints>>>;
}
