// Records the first episode of an environment that can be drawn.

import type { Env, ResetOptions, ResetResult, StepResult } from "../envs/env.ts";
import { type Drawable, drawableOf, Recording } from "../envs/render/index.ts";
import { Wrapper } from "../envs/wrappers/wrapper.ts";
import { BadInput } from "./bad-input.ts";

export class Recorder extends Wrapper {
  readonly recording: Recording;
  private readonly drawable: Drawable;
  private episodes = 0;

  /** @throws BadInput (NOT_DRAWABLE) */
  constructor(env: Env, title: string) {
    super(env);
    const drawable = drawableOf(env);
    if (drawable === undefined) {
      throw new BadInput(
        "NOT_DRAWABLE",
        `Expected an environment that can be drawn for --render, got ${title}`,
      );
    }
    this.drawable = drawable;
    this.recording = new Recording(title, drawable.stepSeconds);
  }

  override reset(options?: ResetOptions): ResetResult | Promise<ResetResult> {
    this.episodes++;
    return super.reset(options);
  }

  protected override afterReset(result: ResetResult): ResetResult {
    if (this.episodes === 1) this.recording.add(this.drawable.drawing());
    return result;
  }

  protected override afterStep(result: StepResult): StepResult {
    if (this.episodes === 1) this.recording.add(this.drawable.drawing(), result.reward);
    return result;
  }
}
