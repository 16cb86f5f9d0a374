// An environment that lets the process breathe: training may compute for seconds without returning to the event loop,
// and then neither Ctrl-C nor a redraw would get through. Every now and then a step waits for its turn there.

import type { Env, StepResult } from "../../envs/env.ts";
import { Wrapper } from "../../envs/wrappers/wrapper.ts";

/** Longest time without the event loop, milliseconds; short enough for a smooth display, and it costs nothing. */
const PATIENCE = 50;

export class Breathing extends Wrapper {
  private last = performance.now();
  private readonly signal: AbortSignal | undefined;

  /** @param signal makes the next step after it throw its reason, for loops that know no signal themselves */
  constructor(env: Env, signal?: AbortSignal) {
    super(env);
    this.signal = signal;
  }

  override step(action: ArrayLike<number>): StepResult | Promise<StepResult> {
    this.signal?.throwIfAborted();
    if (performance.now() - this.last < PATIENCE) return super.step(action);
    return this.stepAfterBreath(action);
  }

  private async stepAfterBreath(action: ArrayLike<number>): Promise<StepResult> {
    await new Promise((resolve) => setImmediate(resolve));
    this.last = performance.now();
    return super.step(action);
  }
}
