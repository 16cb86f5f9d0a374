// What `learn` reports: means over the updates since the last report, α as it is now, and the latest episodes.

import { exp, log } from "../math/index.ts";
import type { UpdateMetrics } from "./learner.ts";

/** Episodes that returns and lengths are averaged over, as in Stable-Baselines3. */
const RECENT_EPISODES = 100;

export interface LearnMetrics {
  /** Environment steps so far. */
  readonly step: number;
  /** Updates so far. */
  readonly updates: number;
  readonly episodes: number;
  /** Mean return of the last 100 episodes; NaN before the first has ended. */
  readonly episodeReturn: number;
  /** Mean length of the last 100 episodes; NaN before the first has ended. */
  readonly episodeLength: number;
  /** Return of the latest episode; NaN before the first has ended. */
  readonly lastReturn: number;
  /** α after the latest update. */
  readonly alpha: number;
  readonly logAlpha: number;
  /**
   * The α that the losses below were made with: geometric mean over the same updates, each before its step. It is
   * what belongs beside `alphaLoss`; NaN before the first update.
   */
  readonly alphaOfLosses: number;
  /** Nats, unit actions, mean over the updates since the last report; NaN before the first update, as all below. */
  readonly entropy: number;
  readonly targetEntropy: number;
  /** entropy − targetEntropy, nats. */
  readonly entropyGap: number;
  readonly alphaLoss: number;
  readonly actorLoss: number;
  readonly criticLoss: number;
  /** Mean of both critics over the batches. */
  readonly qMean: number;
  /** Share of the policy's action components with |a| > 0.99. */
  readonly actionSaturation: number;
}

const averaged = [
  "entropy",
  "targetEntropy",
  "entropyGap",
  "alphaLoss",
  "actorLoss",
  "criticLoss",
  "qMean",
  "actionSaturation",
] as const satisfies (keyof UpdateMetrics)[];

/** Plain data: survives JSON, to the bit. */
export interface MetricsWindowState {
  readonly episodes: number;
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
  /** Over the updates since the last report. */
  readonly sums: readonly number[];
  readonly logAlphas: number;
  readonly count: number;
}

export class MetricsWindow {
  episodes = 0;
  private returns: number[] = [];
  private lengths: number[] = [];
  private readonly sums = new Float64Array(averaged.length);
  private logAlphas = 0;
  private count = 0;

  addUpdate(update: UpdateMetrics): void {
    averaged.forEach((name, i) => {
      this.sums[i]! += update[name];
    });
    this.logAlphas += log(update.alpha);
    this.count += 1;
  }

  addEpisode(total: number, length: number): void {
    this.episodes += 1;
    this.returns.push(total);
    this.lengths.push(length);
    if (this.returns.length > RECENT_EPISODES) {
      this.returns.shift();
      this.lengths.shift();
    }
  }

  /** What there is to report; the window stays as it is. */
  peek(now: { step: number; updates: number; alpha: number; logAlpha: number }): LearnMetrics {
    const means = Object.fromEntries(averaged.map((name, i) => [name, this.sums[i]! / this.count])) as Record<
      (typeof averaged)[number],
      number
    >;
    return {
      alphaOfLosses: this.count > 0 ? exp(this.logAlphas / this.count) : Number.NaN,
      ...now,
      episodes: this.episodes,
      episodeReturn: mean(this.returns),
      episodeLength: mean(this.lengths),
      lastReturn: this.returns.at(-1) ?? Number.NaN,
      ...means,
    };
  }

  /** The report; the means start anew. */
  report(now: Parameters<MetricsWindow["peek"]>[0]): LearnMetrics {
    const report = this.peek(now);
    this.sums.fill(0);
    [this.logAlphas, this.count] = [0, 0];
    return report;
  }

  state(): MetricsWindowState {
    const { episodes, returns, lengths, sums, logAlphas, count } = this;
    return { episodes, returns: [...returns], lengths: [...lengths], sums: [...sums], logAlphas, count };
  }

  restore({ episodes, returns, lengths, sums, logAlphas, count }: MetricsWindowState): void {
    this.episodes = episodes;
    this.returns = [...returns];
    this.lengths = [...lengths];
    this.sums.set(sums);
    this.logAlphas = logAlphas;
    this.count = count;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
