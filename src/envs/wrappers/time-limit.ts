// Ends episodes after a number of steps. That is truncation: the task goes on, somebody stopped watching, and the
// learner bootstraps. Also keeps order, as it knows whether an episode is running: a step needs one.

import type { Env, ResetResult, StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import type { StateParts } from "../stateful.ts";
import { Wrapper } from "./wrapper.ts";

export class TimeLimit extends Wrapper {
  readonly maxEpisodeSteps: number;
  private elapsed = 0;
  private running = false;

  /** @throws EnvError (ENV_OPTION) unless `maxEpisodeSteps` is an integer from 1 up */
  constructor(env: Env, maxEpisodeSteps: number) {
    super(env);
    if (!Number.isSafeInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
      throw new EnvError(
        "ENV_OPTION",
        `Expected maxEpisodeSteps to be an integer from 1 up, got ${maxEpisodeSteps}; leave TimeLimit out for episodes without one`,
      );
    }
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  protected override ownState() {
    return { elapsed: this.elapsed, running: this.running };
  }

  protected override restoreOwn({ elapsed, running }: StateParts): void {
    this.elapsed = elapsed as number;
    this.running = running as boolean;
  }

  protected override afterReset(result: ResetResult): ResetResult {
    this.elapsed = 0;
    this.running = true;
    return result;
  }

  /** @throws EnvError (ENV_ORDER) before the first reset and after the end of an episode */
  protected override beforeStep(action: ArrayLike<number>): ArrayLike<number> {
    if (!this.running) {
      const what =
        this.elapsed === 0 ? "before the first reset" : `after the episode's end at step ${this.elapsed}`;
      throw new EnvError(
        "ENV_ORDER",
        `Expected a running episode of ${this.id}, got a step ${what}; call reset() first`,
      );
    }
    return action;
  }

  protected override afterStep(result: StepResult): StepResult {
    this.elapsed++;
    const truncated = result.truncated || this.elapsed >= this.maxEpisodeSteps;
    this.running = !(truncated || result.terminated);
    return truncated === result.truncated ? result : { ...result, truncated };
  }
}
