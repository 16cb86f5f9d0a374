// Puts every action into the env's box before it gets there.

import type { Env } from "../env.ts";
import { EnvError } from "../errors.ts";
import type { BoxSpace } from "../spaces.ts";
import { Wrapper } from "./wrapper.ts";

export class ClipAction extends Wrapper {
  private readonly inner: BoxSpace;
  private readonly clipped: Float64Array;

  /** @throws EnvError (ENV_SPACE) unless the env's actions are a box */
  constructor(env: Env) {
    super(env);
    if (env.actionSpace.kind !== "box") {
      throw new EnvError(
        "ENV_SPACE",
        `Expected ${env.id} to have a box of actions, got a ${env.actionSpace.kind} space; leave ClipAction out`,
      );
    }
    this.inner = env.actionSpace;
    this.clipped = new Float64Array(this.inner.low.length);
  }

  protected override beforeStep(action: ArrayLike<number>): ArrayLike<number> {
    if (action.length !== this.clipped.length) return action;
    const { low, high } = this.inner;
    for (let i = 0; i < this.clipped.length; i++) {
      this.clipped[i] = Math.min(Math.max(action[i]!, low[i]!), high[i]!);
    }
    return this.clipped;
  }
}
