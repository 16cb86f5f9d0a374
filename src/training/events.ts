// What a training tells while it goes on, as values: whoever listens (the command line, a sweep, a program of yours)
// decides what becomes of it.

import type { Evaluation } from "../agent/evaluate.ts";
import type { LearnMetrics } from "../agent/metrics-window.ts";
import type { Finding } from "../doctor/index.ts";
import type { Arithmetic } from "../engines/engine.ts";
import { TemperedError } from "../errors.ts";
import type { Metrics } from "../runs/metrics-line.ts";
import type { TrainConfig } from "./settings.ts";

export type TrainingEvent =
  /** Everything is there; the first step comes next. */
  | { readonly kind: "started"; readonly run: RunStart }
  /** An evaluation begins, which may take a while. */
  | { readonly kind: "evaluating" }
  /** A row of metrics was logged. */
  | ({ readonly kind: "progress" } & Report)
  /** What the doctor newly says of α: warnings and errors. */
  | { readonly kind: "findings"; readonly findings: readonly Finding[] }
  /** A checkpoint is on disk. */
  | { readonly kind: "checkpoint"; readonly step: number }
  /** Nothing stops the run, but somebody should know: a damaged checkpoint that was passed over. */
  | { readonly kind: "note"; readonly text: string }
  /** The run is over: to its end, or to its signal. */
  | { readonly kind: "done"; readonly summary: Summary };

export interface RunStart {
  readonly path: string;
  readonly config: TrainConfig;
  readonly engine: string;
  readonly threads: number;
  readonly arithmetic?: Arithmetic | undefined;
  readonly actionSize: number;
  /** Whether actions are choices, whose entropy is never below 0. */
  readonly isDiscrete: boolean;
  /** The most entropy that the policy can have, nats. */
  readonly maxEntropy: number;
  /** The environment step that a resumed run goes on from; 0 for a new one. */
  readonly resumedAt: number;
  /** H̄ at an environment step, nats. */
  targetEntropyAt(step: number): number;
  stepsSoFar(): number;
}

export interface Report {
  readonly metrics: LearnMetrics;
  /** As logged. */
  readonly row: Metrics;
  /** Seconds of learning so far, evaluations left out. */
  readonly seconds: number;
  readonly evaluation?: Evaluation | undefined;
}

export interface BestEvaluation {
  readonly step: number;
  readonly meanReturn: number;
}

export interface Summary {
  readonly path: string;
  /** Why the signal ended the run before its time, such as "SIGINT". */
  readonly interruptedBy?: string | undefined;
  readonly steps: number;
  readonly updates: number;
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** Of the agent as it is at the end; absent where the run was interrupted. */
  readonly evaluation?: Evaluation | undefined;
  /** The evaluation whose agent lies in best/; absent where there is none. */
  readonly best?: BestEvaluation | undefined;
}

/** The reason of a signal that ends a training: its message says by what. */
export class Interrupted extends Error {}

/** The reason of a signal that ends a training as one that has failed: something broke outside of its own steps. */
export class Failure extends TemperedError {}
