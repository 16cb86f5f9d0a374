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
  /** Of each averaged metric, or of its logarithm, over the updates since the last report that have it. */
  readonly sums: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Older versions counted the updates once for all metrics. */
type StoredWindow = Omit<MetricsWindowState, "counts"> &
  Partial<Pick<MetricsWindowState, "counts">> & { readonly count?: number };

export class MetricsWindow {
  episodes = 0;
  private returns: number[] = [];
  private lengths: number[] = [];
  private readonly sums = new Float64Array(averagedMetrics.length);
  /** Updates that have the metric: an actor may rest, and discrete actions have no saturation. */
  private readonly counts = new Float64Array(averagedMetrics.length);

  addUpdate(update: UpdateMetrics): void {
    averagedMetrics.forEach(([name, { mean, of = name }], i) => {
      const value = update[of as keyof UpdateMetrics];
      if (value === undefined || Number.isNaN(value)) return;
      this.sums[i]! += mean === "geometric" ? log(value) : value;
      this.counts[i]! += 1;
    });
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
      const count = this.counts[i]!;
      const average = this.sums[i]! / count;
      return [name, mean === "geometric" && count > 0 ? exp(average) : average];
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
    this.counts.fill(0);
    return report;
  }

  state(): MetricsWindowState {
    const { episodes, returns, lengths } = this;
    const named = (values: Float64Array) =>
      Object.fromEntries(averagedMetrics.map(([name], i) => [name, values[i]!]));
    return {
      episodes,
      returns: [...returns],
      lengths: [...lengths],
      sums: named(this.sums),
      counts: named(this.counts),
    };
  }

  restore({ episodes, returns, lengths, sums, counts, count = 0 }: StoredWindow): void {
    this.episodes = episodes;
    this.returns = [...returns];
    this.lengths = [...lengths];
    averagedMetrics.forEach(([name], i) => {
      this.sums[i] = sums[name] ?? Number.NaN;
      this.counts[i] = counts?.[name] ?? count;
    });
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
