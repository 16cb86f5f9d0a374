// One segment of a run: trains from where the directory's last checkpoint is to the first row of metrics at or behind the
// segment's end, and leaves a checkpoint there. Between two rows nothing is in flight, so that a run of many segments has
// the same metrics as one that was never interrupted.

import type { Evaluation } from "../agent/evaluate.ts";
import { Interrupted } from "../training/events.ts";
import type { TrainConfig } from "../training/settings.ts";
import { train } from "../training/train.ts";

/** How far a segment is. */
export interface SegmentProgress {
  /** Environment steps of the run so far. */
  readonly step: number;
  readonly alpha: number;
  readonly entropy: number;
  /** Mean return of the latest training episodes; NaN before the first has ended. */
  readonly episodeReturn: number;
}

export interface SegmentOptions {
  /** The run's directory: empty, or with a checkpoint. */
  readonly path: string;
  /** Environment steps to take. */
  readonly length: number;
  /** Ends the segment at the next row of metrics. */
  readonly drain?: AbortSignal;
  onProgress?(progress: SegmentProgress): void;
}

export interface SegmentEnd {
  readonly step: number;
  /** Of the agent at the run's end; absent where the run goes on. */
  readonly evaluation: Evaluation | undefined;
  readonly ended: boolean;
}

/** @throws what `train` throws */
export async function trainSegment(
  config: TrainConfig,
  { path, length, drain, onProgress }: SegmentOptions,
): Promise<SegmentEnd> {
  const end = new AbortController();
  let until = config.steps;
  let last: SegmentEnd = { step: 0, evaluation: undefined, ended: false };
  for await (const event of train(config, { run: path, resume: true, signal: end.signal })) {
    if (event.kind === "started") until = event.run.resumedAt + length;
    if (event.kind === "progress") {
      const { step, alpha, entropy, episodeReturn } = event.metrics;
      onProgress?.({ step, alpha, entropy, episodeReturn });
      if (step < config.steps && (step >= until || drain?.aborted))
        end.abort(new Interrupted("end of segment"));
    }
    if (event.kind === "done") {
      const { steps, evaluation, interruptedBy } = event.summary;
      last = { step: steps, evaluation, ended: interruptedBy === undefined };
    }
  }
  return last;
}
