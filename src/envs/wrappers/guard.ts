// Stops training at the first answer that would poison it: a NaN or out-of-space observation, a reward that is no finite
// number, a flag that is none. The error names env, step and value; without it a run goes on and every weight turns NaN.

import { isFiniteReward, isInside, isReset, isStep, resetFaults, stepFaults } from "../answers.ts";
import type { ResetOptions, ResetResult, StepResult } from "../env.ts";
import { boxOf, sizeOf } from "../spaces.ts";
import type { StateParts } from "../stateful.ts";
import { StepCounter } from "../step-counter.ts";
import { Wrapper } from "./wrapper.ts";

/** Checks an env's answers. @throws (from reset and step) EnvError (ENV_VALUE), or (ENV_THROWN) where the env throws what is no error */
export class Guard extends Wrapper {
  private readonly counter = new StepCounter(this.env.id);
  private readonly space = boxOf(this.env);
  private readonly size = sizeOf(this.space);
  private readonly fail = (thrown: unknown): never => {
    throw this.counter.asError(thrown);
  };

  /** Begins an episode; what it gives is checked. */
  override reset(options?: ResetOptions): ResetResult | Promise<ResetResult> {
    this.counter.reset();
    try {
      const result = super.reset(options);
      return result instanceof Promise ? result.catch(this.fail) : result;
    } catch (thrown) {
      return this.fail(thrown);
    }
  }

  /** One step; what it gives is checked. */
  override step(action: ArrayLike<number>): StepResult | Promise<StepResult> {
    this.counter.step();
    try {
      const result = super.step(action);
      return result instanceof Promise ? result.catch(this.fail) : result;
    } catch (thrown) {
      return this.fail(thrown);
    }
  }

  protected override ownState() {
    return this.counter.state();
  }

  protected override restoreOwn(own: StateParts): void {
    this.counter.restore(own);
  }

  protected override afterReset(result: ResetResult): ResetResult {
    const isFine = isReset(result, this.size) && isInside(this.space, result.observation);
    return isFine ? result : this.counter.stop(resetFaults(this.space, result));
  }

  protected override afterStep(result: StepResult): StepResult {
    const isFine =
      isStep(result, this.size) && isInside(this.space, result.observation) && isFiniteReward(result.reward);
    return isFine ? result : this.counter.stop(stepFaults(this.space, result));
  }
}
