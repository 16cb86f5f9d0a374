// What `learn` reports: means over the updates since the last report, α as it is now, and the latest episodes.

import { exp, log } from "../math/index.ts";
import { type AgentMetrics, type AveragedName, averagedMetrics } from "../metrics/table.ts";
import type { UpdateMetrics } from "./learner.ts";

/** Episodes that returns and lengths are averaged over, as in Stable-Baselines3. */
const RECENT_EPISODES = 100;

/** See the comments in the table of metrics. */
export interface LearnMetrics extends AgentMetrics {}

/** Plain data: survives JSON, to the bit. */
export interface MetricsWindowState {
  readonly episodes: number;
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
  /** Of each averaged metric, or of its logarithm, over the updates since the last report. */
  readonly sums: Readonly<Record<string, number>>;
  readonly count: number;
}

export class MetricsWindow {
  episodes = 0;
  private returns: number[] = [];
  private lengths: number[] = [];
  private readonly sums = new Float64Array(averagedMetrics.length);
  private count = 0;

  addUpdate(update: UpdateMetrics): void {
    averagedMetrics.forEach(([name, { mean, of = name }], i) => {
      const value = update[of as keyof UpdateMetrics];
      this.sums[i]! += mean === "geometric" ? log(value) : value;
    });
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
    const means = averagedMetrics.map(([name, { mean }], i) => {
      const average = this.sums[i]! / this.count;
      return [name, mean === "geometric" && this.count > 0 ? exp(average) : average];
    });
    return {
      ...now,
      episodes: this.episodes,
      episodeReturn: mean(this.returns),
      episodeLength: mean(this.lengths),
      lastReturn: this.returns.at(-1) ?? Number.NaN,
      ...(Object.fromEntries(means) as Pick<LearnMetrics, AveragedName>),
    };
  }

  /** The report; the means start anew. */
  report(now: Parameters<MetricsWindow["peek"]>[0]): LearnMetrics {
    const report = this.peek(now);
    this.sums.fill(0);
    this.count = 0;
    return report;
  }

  state(): MetricsWindowState {
    const { episodes, returns, lengths, count } = this;
    const sums = Object.fromEntries(averagedMetrics.map(([name], i) => [name, this.sums[i]!]));
    return { episodes, returns: [...returns], lengths: [...lengths], sums, count };
  }

  restore({ episodes, returns, lengths, sums, count }: MetricsWindowState): void {
    this.episodes = episodes;
    this.returns = [...returns];
    this.lengths = [...lengths];
    averagedMetrics.forEach(([name], i) => {
      this.sums[i] = sums[name] ?? Number.NaN;
    });
    this.count = count;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
