// Makes numbers in a row of observations of any space, with a name for each: what agents take. Choices become one of n, as
// Gymnasium's FlattenObservation has them.

import type { AnySpace } from "../composite-spaces.ts";
import type { Env, ResetResult, StepResult } from "../env.ts";
import { type Flattening, flattening } from "../flatten.ts";
import type { BoxSpace } from "../spaces.ts";
import type { StateParts } from "../stateful.ts";
import { StepCounter } from "../step-counter.ts";
import { Wrapper } from "./wrapper.ts";

/** `env` with observations that are numbers in a row: itself, or in a FlattenObservation. */
export function withRows(env: Env<AnySpace>): Env {
  return env.observationSpace.kind === "box" ? (env as Env) : new FlattenObservation(env);
}

/** @throws (from reset and step) EnvError (ENV_VALUE) for an observation that is no element of its space */
export class FlattenObservation extends Wrapper {
  private readonly flat: Flattening;
  private readonly row: Float64Array;
  private readonly counter = new StepCounter(this.env.id);

  constructor(env: Env<AnySpace>) {
    // Nothing but this class sees what is inside.
    super(env as unknown as Env);
    this.flat = flattening(env.observationSpace);
    this.row = new Float64Array(this.flat.names.length);
  }

  override get observationSpace(): BoxSpace {
    return this.flat.space;
  }

  override get observationNames(): readonly string[] {
    return this.flat.names;
  }

  protected override ownState() {
    return this.counter.state();
  }

  protected override restoreOwn(own: StateParts): void {
    this.counter.restore(own);
  }

  /** The observation as one vector. */
  protected override afterReset(result: ResetResult): ResetResult {
    this.counter.reset();
    return this.flattened(result);
  }

  /** The observation as one vector. */
  protected override afterStep(result: StepResult): StepResult {
    this.counter.step();
    return this.flattened(result);
  }

  private flattened<T extends ResetResult>(result: T): T {
    // What is no result at all is for others to refuse.
    if (typeof result !== "object" || result === null) return result;
    const misfit = this.flat.write(result.observation, this.row);
    if (misfit === undefined) return { ...result, observation: this.row };
    return this.counter.stop([
      { ...misfit, code: "OBSERVATION_SPACE", advice: "correct the observation or observationSpace" },
    ]);
  }
}
