// Lets an agent act in [−1, 1] in every dimension, whatever the env's bounds: −1 becomes the lower bound, 1 the upper,
// both exactly, and what lies between is linear. What lies beyond stays beyond: see ClipAction.

import type { Env } from "../env.ts";
import { EnvError } from "../errors.ts";
import { type BoxSpace, box } from "../spaces.ts";
import { Wrapper } from "./wrapper.ts";

export class RescaleAction extends Wrapper {
  private readonly unitSpace: BoxSpace;
  private readonly inner: BoxSpace;
  private readonly scaled: Float64Array;

  /** @throws EnvError (ENV_SPACE) unless the env's actions are a box with finite bounds */
  constructor(env: Env) {
    super(env);
    const space = env.actionSpace;
    if (space.kind !== "box" || ![...space.low, ...space.high].every(Number.isFinite)) {
      throw new EnvError(
        "ENV_SPACE",
        `Expected ${env.id} to have a box of actions with finite bounds, got ${space.kind === "box" ? "an infinite bound" : `a ${space.kind} space`}; only bounded actions can be rescaled`,
      );
    }
    this.inner = space;
    this.unitSpace = box(-1, 1, space.shape);
    this.scaled = new Float64Array(space.low.length);
  }

  override get actionSpace(): BoxSpace {
    return this.unitSpace;
  }

  protected override beforeStep(action: ArrayLike<number>): ArrayLike<number> {
    if (action.length !== this.scaled.length) return action;
    const { low, high } = this.inner;
    for (let i = 0; i < this.scaled.length; i++) {
      const t = 0.5 * (action[i]! + 1);
      this.scaled[i] = low[i]! * (1 - t) + high[i]! * t;
    }
    return this.scaled;
  }
}
