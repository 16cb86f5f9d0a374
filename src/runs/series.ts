// A series is a run's log in one shape, whoever wrote it: a column for each quantity the doctor and the charts know,
// row by row in the order of the log, with NaN where a cell is missing. Readers make it; nothing else knows formats.

import type { OwnQuantity } from "../metrics/table.ts";

/**
 * Every known quantity: those of our own logs. All entropies and log-probabilities in nats, `time` in seconds since any
 * moment.
 */
export type Quantity = OwnQuantity;

/** How the α loss is formed: α·g (`alpha`) or log α·g (`log-alpha`); see docs/temperature.md. */
export type LossForm = "alpha" | "log-alpha";

/** What the log, a file beside it, or a flag says about the run's settings. Absent means: nobody said. */
export interface DeclaredSettings {
  /** Of a schedule, where it starts. */
  readonly alphaLearningRate?: number;
  /** Where a schedule of it ends. */
  readonly alphaLearningRateEnd?: number;
  readonly targetEntropy?: number;
  readonly initialAlpha?: number;
  readonly alphaMin?: number;
  readonly alphaMax?: number;
  readonly lossForm?: LossForm;
  readonly actionDim?: number;
  /** Number of discrete actions, where the policy is categorical. */
  readonly discreteActions?: number;
  /** Half-range of each action dimension, where log π and the target are in environment units. */
  readonly actionHalfRange?: readonly number[];
  readonly updatesPerStep?: number;
  /** Logged updates to one of actor and α. Default 1. */
  readonly policyDelay?: number;
  readonly stepsPerEpisode?: number;
  readonly gamma?: number;
  /** Environment id, where it is known. */
  readonly env?: string;
}

/** Units of log π, entropy and target: unit actions, or the environment's own action range. */
export type ActionUnits = "unit" | "environment" | "unknown";

/** A run's log as columns of known quantities, whoever wrote it. */
export interface Series {
  /** Where the log was read from, as the user would name it. */
  readonly path: string;
  /** Detected file format. */
  readonly format: "csv" | "jsonl" | "json" | "tfevents" | "text";
  /** Detected program, such as "Stable-Baselines3"; "unknown" where nothing gave it away. */
  readonly framework: string;
  /** Rows; every column has this length. */
  readonly length: number;
  readonly columns: Readonly<Partial<Record<Quantity, Float64Array>>>;
  readonly declared: DeclaredSettings;
  /** Units of the entropies in this log, by the program's source. Absent means unknown. */
  readonly units?: ActionUnits;
  /** The loss form of this program's source; `declared.lossForm` is what this very run says. */
  readonly usualLossForm?: LossForm;
  /** Whether a row's α is the one its losses used (`before` the step) or the one after. Absent means unknown. */
  readonly alphaLogged?: "before" | "after";
  /** First row in which a quantity was written as NaN or ±∞ (and not merely left out). */
  readonly notFinite?: Readonly<Partial<Record<Quantity, number>>>;
  /** Many environments are stepped at once, and how many updates follow is not in the log. */
  readonly sideBySide?: true;
  /**
   * Rows at which the step axis starts again although the run goes on (learning was called again): how many updates lie
   * before such a row is not in the log.
   */
  readonly restarts?: readonly number[];
  /** What the reader had to leave out or assume, one sentence each (a truncated last record, a duplicated header…). */
  readonly notes: readonly string[];
}
