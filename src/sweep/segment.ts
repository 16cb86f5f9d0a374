// One segment of a run: trains from where the directory's last checkpoint is to the first row of metrics at or behind the
// segment's end, and leaves a checkpoint there. Between two rows nothing is in flight, so that a run of many segments has
// the same metrics as one that was never interrupted.

import type { Evaluation } from "../agent/evaluate.ts";
import type { FindingId } from "../doctor/index.ts";
import { Interrupted } from "../training/events.ts";
import type { TrainConfig } from "../training/settings.ts";
import { train } from "../training/train.ts";
import { decisiveFault } from "./decisive-fault.ts";

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
  /** Environment step of the run at which it has to wait. Default: none */
  readonly until?: number | undefined;
  /** Whether a run that the doctor finds decisively broken ends there. Default false */
  readonly stopWhenBroken?: boolean | undefined;
  /** Ends the segment at the next row of metrics. */
  readonly drain?: AbortSignal;
  onProgress?(progress: SegmentProgress): void;
}

export interface SegmentEnd {
  readonly step: number;
  /** Of the agent at the run's end; absent where the run goes on. */
  readonly evaluation: Evaluation | undefined;
  readonly ended: boolean;
  /** What the doctor has ended it for. */
  readonly broken?: FindingId | undefined;
}

/** The doctor looks at a run so often, whatever its segments are, so that it always stops in the same place. */
const LOOKS = 20;

/** @throws what `train` throws */
export async function trainSegment(
  config: TrainConfig,
  {
    path,
    length,
    until: pause = Number.POSITIVE_INFINITY,
    stopWhenBroken,
    drain,
    onProgress,
  }: SegmentOptions,
): Promise<SegmentEnd> {
  const end = new AbortController();
  const between = config.steps / LOOKS;
  let until = config.steps;
  let seen = 0;
  let broken: FindingId | undefined;
  let last: SegmentEnd = { step: 0, evaluation: undefined, ended: false };
  for await (const event of train(config, { run: path, resume: true, signal: end.signal })) {
    if (event.kind === "started") {
      seen = event.run.resumedAt;
      until = Math.min(seen + length, pause);
    }
    if (event.kind === "progress") {
      const { step, alpha, entropy, episodeReturn } = event.metrics;
      onProgress?.({ step, alpha, entropy, episodeReturn });
      if (stopWhenBroken && step < config.steps && Math.floor(step / between) > Math.floor(seen / between))
        broken = await decisiveFault(path);
      seen = step;
      if (step < config.steps && (step >= until || drain?.aborted || broken))
        end.abort(new Interrupted("end of segment"));
    }
    if (event.kind === "done") {
      const { steps, evaluation, interruptedBy } = event.summary;
      last = { step: steps, evaluation, ended: interruptedBy === undefined, broken };
    }
  }
  return last;
}
