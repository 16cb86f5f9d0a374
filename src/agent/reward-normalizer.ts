// Rewards divided by the standard deviation of the discounted return, so that Q is of order one whatever the environment pays,
// as Stable-Baselines3's VecNormalize and Gymnasium's NormalizeReward do. The replay buffer keeps rewards as they came, and
// what is drawn from it is scaled by the statistics as they stand then. Returns that are reported are the environment's own.

import { RunningStatistics, type RunningStatisticsState } from "./running-statistics.ts";

/** Added to the variance, so that an environment that pays nothing does not divide by 0. */
const EPSILON = 1e-8;

/** Plain data: survives JSON, to the bit. */
export interface RewardNormalizerState {
  readonly statistics: RunningStatisticsState;
  /** Of each environment's episode so far: Σ γᵏ r, the latest reward whole. */
  readonly returns: readonly number[];
}

export class RewardNormalizer {
  /** Of the discounted returns, one number each. */
  readonly statistics = new RunningStatistics(1);
  private readonly gamma: number;
  private readonly returns: Float64Array;
  private readonly latest = new Float64Array(1);

  /** @param count environments that step together */
  constructor(count: number, gamma: number) {
    this.returns = new Float64Array(count);
    this.gamma = gamma;
  }

  /** Takes in what environment `i` paid for a step. @param isOver whether its episode ended with it */
  add(i: number, reward: number, isOver: boolean): void {
    const total = this.gamma * this.returns[i]! + reward;
    this.latest[0] = total;
    this.statistics.add(this.latest);
    this.returns[i] = isOver ? 0 : total;
  }

  /** Scales rewards, or sums of them, where they are. */
  normalize(rewards: Float32Array): void {
    const scale = 1 / Math.sqrt(this.statistics.variance[0]! + EPSILON);
    for (let i = 0; i < rewards.length; i++) rewards[i]! *= scale;
  }

  /** Episodes begin anew everywhere. */
  begin(): void {
    this.returns.fill(0);
  }

  state(): RewardNormalizerState {
    return { statistics: this.statistics.state(), returns: Array.from(this.returns) };
  }

  /** @throws TemperedError (STATISTICS_STATE) */
  restore({ statistics, returns }: RewardNormalizerState): void {
    this.statistics.restore(statistics);
    this.returns.forEach((_, i) => {
      this.returns[i] = returns[i] ?? 0;
    });
  }
}
