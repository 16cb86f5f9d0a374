// The task as the lab's agent meets it: its rewards may be scaled by a fault at any time, while the returns that
// people see stay in the task's own units.

import type { ResetResult, StepResult, SyncEnv } from "../../../src/envs/env.ts";
import { TimeLimit } from "../../../src/envs/wrappers/time-limit.ts";
import { Wrapper } from "../../../src/envs/wrappers/wrapper.ts";
import type { Task } from "../tasks.ts";

export function timeLimited(task: Task): TimeLimit {
  return new TimeLimit(task.make() satisfies SyncEnv, task.maxEpisodeSteps);
}

export class TaskEnv extends Wrapper {
  rewardScale = 1;
  /** Return of every finished episode. */
  readonly returns: number[] = [];
  private total = 0;

  constructor(task: Task) {
    super(timeLimited(task));
  }

  protected override afterReset(result: ResetResult): ResetResult {
    this.total = 0;
    return result;
  }

  protected override afterStep(result: StepResult): StepResult {
    this.total += result.reward;
    if (result.terminated || result.truncated) this.returns.push(this.total);
    return this.rewardScale === 1 ? result : { ...result, reward: result.reward * this.rewardScale };
  }
}
