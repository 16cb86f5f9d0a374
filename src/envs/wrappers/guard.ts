// Stops training at the first value that would poison it: a NaN or out-of-space observation, a reward that is no
// finite number. The error names env, step and value; without it a run goes on and every weight turns NaN.

import type { Env, ResetResult, StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import { firstOutside } from "../spaces.ts";
import { Wrapper } from "./wrapper.ts";

/** Observations are rounded to float32 on their way: that much beyond a bound, relative to max(1, |bound|), is inside. */
export const BOUND_TOLERANCE = 1e-6;

/** `guard(env)` is `env` with its values checked. @throws (from reset and step) EnvError (ENV_VALUE) */
export function guard(env: Env): Guard {
  return new Guard(env);
}

export class Guard extends Wrapper {
  private steps = 0;
  private episodeSteps = 0;

  protected override afterReset(result: ResetResult): ResetResult {
    this.episodeSteps = 0;
    this.checkObservation(result.observation);
    return result;
  }

  protected override afterStep(result: StepResult): StepResult {
    this.steps++;
    this.episodeSteps++;
    this.checkObservation(result.observation);
    if (!Number.isFinite(result.reward)) this.stop(`the reward to be a finite number, got ${result.reward}`);
    return result;
  }

  private checkObservation(observation: Float32Array | Float64Array): void {
    const { low, high } = this.observationSpace;
    if (observation.length !== low.length) {
      this.stop(`an observation of ${low.length} numbers, got ${observation.length}`);
    }
    const i = firstOutside(this.observationSpace, observation, BOUND_TOLERANCE);
    if (i >= 0) {
      this.stop(`observation[${i}] to be a number from ${low[i]} to ${high[i]}, got ${observation[i]}`);
    }
  }

  private stop(expectedAndGot: string): never {
    const when =
      this.episodeSteps === 0
        ? `reset after step ${this.steps}`
        : `step ${this.steps} (step ${this.episodeSteps} of its episode)`;
    throw new EnvError(
      "ENV_VALUE",
      `${this.id}, ${when}: expected ${expectedAndGot}. Training stopped; correct the env or the bounds of its observationSpace`,
    );
  }
}
