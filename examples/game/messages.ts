// What page and worker tell each other.

export type ToWorker = { readonly type: "learn" | "rest" | "forget" };

export interface Progress {
  readonly type: "progress";
  readonly steps: number;
  readonly updates: number;
  readonly updatesPerSecond: number;
  readonly alpha: number;
  /** Nats; NaN before the first update. */
  readonly entropy: number;
  readonly targetEntropy: number;
  /** Mean of the latest lives; NaN before one has ended. */
  readonly episodeReturn: number;
}

export type FromWorker =
  | Progress
  /** `module`: the exported policy, a JavaScript module as text. */
  | { readonly type: "policy"; readonly module: string; readonly steps: number }
  | { readonly type: "state"; readonly state: "learning" | "resting" | "learned"; readonly restored: boolean }
  | { readonly type: "error"; readonly message: string };
