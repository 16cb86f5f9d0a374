// Adds the return and length of an episode to the info of its last step, as `episode: { r, l }`. Gymnasium adds the
// wall clock too; here nothing of a run may depend on it.

import type { ResetResult, StepResult } from "../env.ts";
import type { StateParts } from "../stateful.ts";
import { Wrapper } from "./wrapper.ts";

/** Return and length of an episode that has ended. */
export interface EpisodeStatistics {
  /** Return: the undiscounted sum of rewards. */
  readonly r: number;
  /** Length in steps. */
  readonly l: number;
}

export class RecordEpisodeStatistics extends Wrapper {
  private sum = 0;
  private length = 0;

  protected override ownState() {
    return { sum: Float64Array.of(this.sum), length: this.length };
  }

  protected override restoreOwn({ sum, length }: StateParts): void {
    this.sum = (sum as Float64Array)[0]!;
    this.length = length as number;
  }

  protected override afterReset(result: ResetResult): ResetResult {
    this.sum = 0;
    this.length = 0;
    return result;
  }

  protected override afterStep(result: StepResult): StepResult {
    this.sum += result.reward;
    this.length++;
    if (!(result.terminated || result.truncated)) return result;
    const episode: EpisodeStatistics = { r: this.sum, l: this.length };
    return { ...result, info: { ...result.info, episode } };
  }
}
