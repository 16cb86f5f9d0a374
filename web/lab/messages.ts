// What the page and the training worker say to each other. Plain data; every message of the worker carries the number
// of the run it speaks of, so that a late word of an old run is not taken for the new one's.

import type { AgentFiles } from "../../src/agent/agent-files.ts";
import type { Finding, Verdict } from "../../src/doctor/finding.ts";
import type { Drawing } from "../../src/envs/render/drawing.ts";
import type { Setup } from "./setup.ts";

export type ToWorker =
  /** A new agent, at once running. */
  | { readonly kind: "start"; readonly run: number; readonly setup: Setup }
  /** Goes on with the same agent under other settings. */
  | { readonly kind: "change"; readonly setup: Setup }
  | { readonly kind: "run" }
  | { readonly kind: "pause" }
  /** One environment step and its update; only while paused. */
  | { readonly kind: "step" }
  /** Updates a second at most; Infinity is as fast as it goes. */
  | { readonly kind: "speed"; readonly updatesPerSecond: number }
  /** The action dimension that the densities are shown over. */
  | { readonly kind: "dimension"; readonly index: number }
  | { readonly kind: "export" };

export type FromWorker =
  | ({ readonly kind: "progress"; readonly run: number } & Progress)
  | ({ readonly kind: "scene"; readonly run: number } & Scene)
  | ({ readonly kind: "doctor"; readonly run: number } & LiveDiagnosis)
  | {
      readonly kind: "exported";
      readonly files: AgentFiles;
    }
  | { readonly kind: "failed"; readonly run: number; readonly message: string };

/** Columns of the charts, one value a row. */
export interface History {
  readonly step: Float64Array;
  readonly alpha: Float64Array;
  readonly entropy: Float64Array;
  readonly targetEntropy: Float64Array;
  readonly episodeStep: Float64Array;
  readonly episodeReturn: Float64Array;
  /** What the person did, and when. */
  readonly events: readonly LabEvent[];
}

export interface LabEvent {
  readonly step: number;
  readonly text: string;
  readonly faulty: boolean;
}

export interface Progress {
  readonly step: number;
  readonly updates: number;
  readonly updatesPerSecond: number;
  readonly seconds: number;
  readonly episodes: number;
  /** Mean return of the last five episodes; NaN before the fifth. */
  readonly recentReturn: number;
  /** Seconds and environment steps after which the task was first solved. */
  readonly solved: { readonly seconds: number; readonly step: number } | undefined;
  readonly update: TemperatureUpdate | undefined;
  readonly history: History;
  /** Threads of the engine. */
  readonly threads: number;
}

/** One temperature step with every number in it. Entropies in nats. */
export interface TemperatureUpdate {
  /** Mean log π of the batch, as the temperature sees it. */
  readonly logProb: number;
  readonly targetEntropy: number;
  /** H − H̄ */
  readonly gap: number;
  readonly loss: number;
  /** The gradient that Adam is given. */
  readonly gradient: number;
  /** Adam's direction, m̂ / (√v̂ + ε). */
  readonly direction: number;
  readonly learningRate: number;
  readonly logAlpha: number;
  readonly newLogAlpha: number;
  /** A bound cut the step off. */
  readonly held: boolean;
}

/** The world at one moment, and what the agent makes of it. */
export interface Scene {
  readonly drawing: Drawing;
  /** Number of the episode on stage: pictures of two episodes are not to be blended. */
  readonly episode: number;
  readonly stepSeconds: number;
  /** The action just taken in the dimension shown, unit actions. */
  readonly action: number;
  /** Densities over a grid of actions from −1 to 1: the policy's, and exp(Q/α)'s. */
  readonly policy: Float32Array;
  readonly boltzmann: Float32Array;
  readonly q: Float32Array;
  readonly mean: number;
  readonly std: number;
  readonly alpha: number;
}

export interface LiveDiagnosis {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Updates that the doctor has seen. */
  readonly updates: number;
}
