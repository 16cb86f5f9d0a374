// An episode as it looked, moment by moment, for rendering afterwards.

import { TemperedError } from "../../errors.ts";
import type { Drawing } from "./drawing.ts";

/** One moment of an episode. */
export interface Moment {
  /** Steps taken until then. */
  readonly step: number;
  readonly drawing: Drawing;
  /** Sum of the rewards until then. */
  readonly episodeReturn: number;
}

/** An episode as moments, to be drawn afterwards. */
export class Recording {
  /** Shown as the title. */
  readonly title: string;
  /** Seconds between two moments, at the speed at which they happened. */
  readonly stepSeconds: number;
  readonly moments: Moment[] = [];
  #episodeReturn = 0;

  constructor(title: string, stepSeconds: number) {
    this.title = title;
    this.stepSeconds = stepSeconds;
  }

  /** Keeps a moment. @param reward of the step that led there; leave it out for the first moment */
  add(drawing: Drawing, reward = 0): void {
    this.#episodeReturn += reward;
    this.moments.push({ step: this.moments.length, drawing, episodeReturn: this.#episodeReturn });
  }

  /**
   * At most `count` moments, evenly spread, the first and the last among them.
   * @throws TemperedError (RECORDING_EMPTY)
   */
  sample(count: number): Moment[] {
    const last = this.moments.length - 1;
    if (last < 0) {
      throw new TemperedError(
        "RECORDING_EMPTY",
        "Expected a recorded episode, got no moment; add some first.",
      );
    }
    const taken = Math.max(1, Math.min(Math.floor(count), last + 1));
    return Array.from(
      { length: taken },
      (_, i) => this.moments[taken === 1 ? last : Math.round((i * last) / (taken - 1))]!,
    );
  }
}
