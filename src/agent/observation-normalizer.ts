// Observations shifted and scaled to mean 0 and variance 1 by the statistics of all that the agent met while it
// learned. They are the agent's own, saved and loaded with it: whoever asks it for an action gives the observation as
// the environment does. The replay buffer keeps observations as they came, and what is drawn from it is normalized as
// the statistics stand then; so does Stable-Baselines3's VecNormalize, whose bounds these are.

import { RunningStatistics, type RunningStatisticsState } from "./running-statistics.ts";

/** Added to the variance, so that a constant observation does not divide by 0. */
const EPSILON = 1e-8;
/** What hardly ever changed in training may lie thousands of deviations off: normalized values end here. */
const CLIP = 10;

/** Scales observations to mean 0 and deviation 1 as they come. */
export class ObservationNormalizer {
  readonly statistics: RunningStatistics;

  /** @param size numbers an observation */
  constructor(size: number) {
    this.statistics = new RunningStatistics(size);
  }

  /** What observations of such statistics are shifted by and multiplied with. */
  static factorsOf({ mean, variance }: RunningStatisticsState): { shift: Float64Array; scale: Float64Array } {
    return {
      shift: Float64Array.from(mean),
      scale: Float64Array.from(variance, (value) => 1 / Math.sqrt(value + EPSILON)),
    };
  }

  /**
   * Writes observations, normalized, to `out`, which may be where they are.
   * @param observations [n, size], row-major
   */
  normalize(observations: ArrayLike<number>, out: Float32Array): void {
    const { mean, variance } = this.statistics;
    const size = mean.length;
    for (let i = 0; i < size; i++) {
      const [middle, scale] = [mean[i]!, 1 / Math.sqrt(variance[i]! + EPSILON)];
      for (let at = i; at < out.length; at += size) {
        out[at] = Math.min(Math.max((observations[at]! - middle) * scale, -CLIP), CLIP);
      }
    }
  }
}
