// Who tells the person or the program at the other end how the run is doing. The run calls; how it is told is theirs.

import type { Evaluation } from "../../agent/evaluate.ts";
import type { LearnMetrics } from "../../agent/metrics-window.ts";
import type { Finding } from "../../doctor/index.ts";
import type { Metrics } from "../../runs/metrics-line.ts";
import type { TrainConfig } from "../config/schema.ts";

export interface RunStart {
  readonly path: string;
  readonly config: TrainConfig;
  readonly engine: string;
  readonly threads: number;
  readonly actionSize: number;
  /** The most entropy that the policy can have, nats. */
  readonly maxEntropy: number;
  /** H̄ at an environment step, nats. */
  targetEntropyAt(step: number): number;
  stepsSoFar(): number;
}

/** The environment, and how many of it where they are several: "Hopper-v5 × 3". */
export function environmentText({ env, envs }: TrainConfig): string {
  return envs === 1 ? env : `${env} × ${envs}`;
}

export interface Report {
  readonly metrics: LearnMetrics;
  /** As logged. */
  readonly row: Metrics;
  /** Seconds of learning so far, evaluations left out. */
  readonly seconds: number;
  readonly evaluation?: Evaluation | undefined;
}

export interface Summary {
  readonly path: string;
  /** The signal that ended the run before its time. */
  readonly interruptedBy?: NodeJS.Signals | undefined;
  readonly steps: number;
  readonly updates: number;
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** Of the agent as it is at the end; absent where the run was interrupted. */
  readonly evaluation?: Evaluation | undefined;
  /** The evaluation whose agent lies in best/; absent where there is none. */
  readonly best?: { readonly step: number; readonly meanReturn: number } | undefined;
}

export interface Reporter {
  start(start: RunStart): void;
  report(report: Report): void;
  /** What the doctor newly says of α: warnings and errors. */
  warn(findings: readonly Finding[]): void;
  /** Something takes a while: "evaluating". */
  busy?(what: string): void;
  done(summary: Summary): void;
  /** The run failed; the error itself is told by the command line. */
  failed(error: Error, path: string): void;
}
