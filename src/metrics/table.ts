// Every number that a run logs, told once: its name in code, its tag in the logs, how it is averaged, its unit, and how
// charts and the terminal show it. The metrics window, metrics.jsonl and event files, the terminal's figures, the
// dashboard's and the laboratory's charts, and what the doctor reads in our own logs all follow from this table.

export interface Metric {
  /** In metrics.jsonl and event files, Stable-Baselines3's where it has one. Without one it is not logged. */
  readonly tag?: string;
  /** Which rows have it: those after updates, after updates of a tuned α, after an episode, after an evaluation, or all. */
  readonly rows?: "updates" | "tuned" | "episodes" | "evaluations" | "all";
  /** Of a number that each update has: how the updates since the last row become one. Others are as they are now. */
  readonly mean?: "arithmetic" | "geometric";
  /** The update's number that the mean is of, where its name is another one. */
  readonly of?: string;
  /** Whether the update's graph puts it out, under this very name. */
  readonly graph?: true;
  readonly unit?: string;
  /** Its column in a `Series`, where all logs have such a one or the charts draw it. */
  readonly quantity?: string;
  readonly chart?: MetricChart;
  /** In the terminal's line of figures: what stands before it, and how it is written where not as a plain number. */
  readonly figure?: { readonly label: string; readonly as?: "percent" };
}

/** A chart of its own on the dashboard. */
export interface MetricChart {
  readonly title: string;
  /** Unit or how to read it; beside the title. */
  readonly note: string;
  /** What the line is called. */
  readonly name: string;
  readonly log?: true;
}

/** In the order of a row. The comments are the documentation of `LearnMetrics`. */
export const metrics = {
  /** Environment steps so far. */
  step: { tag: "time/total_timesteps", unit: "steps", quantity: "step" },
  /** Mean return of the last 100 episodes; NaN before the first has ended. */
  episodeReturn: { tag: "rollout/ep_rew_mean", rows: "episodes", unit: "reward", quantity: "return" },
  /** Mean length of the last 100 episodes; NaN before the first has ended. */
  episodeLength: { tag: "rollout/ep_len_mean", rows: "episodes", unit: "steps", quantity: "episodeLength" },
  episodes: { tag: "time/episodes", rows: "episodes" },
  /** Return of the latest episode; NaN before the first has ended. */
  lastReturn: { unit: "reward" },
  /** Updates so far. */
  updates: { tag: "train/n_updates", rows: "updates", quantity: "updates" },
  /** Adam's, of actor and critics. */
  learningRate: { tag: "train/learning_rate", rows: "updates", quantity: "learningRate" },
  /** α after the latest update. */
  alpha: {},
  /**
   * The α that the losses below were made with: geometric mean over the same updates, each before its step. It is
   * what belongs beside `alphaLoss`, and what Stable-Baselines3 logs; NaN before the first update.
   */
  alphaOfLosses: {
    tag: "train/ent_coef",
    rows: "updates",
    mean: "geometric",
    of: "alpha",
    quantity: "alpha",
  },
  /** log α after the latest update. */
  logAlpha: { tag: "train/log_alpha", rows: "updates" },
  /** Nats, unit actions, mean over the updates since the last report; NaN before the first update, as all below. */
  entropy: {
    tag: "train/entropy",
    rows: "updates",
    mean: "arithmetic",
    graph: true,
    unit: "nats",
    quantity: "entropy",
  },
  /** H̄, nats. */
  targetEntropy: {
    tag: "train/target_entropy",
    rows: "updates",
    mean: "arithmetic",
    unit: "nats",
    quantity: "targetEntropy",
  },
  /** entropy − targetEntropy, nats. */
  entropyGap: { tag: "train/entropy_gap", rows: "updates", mean: "arithmetic", unit: "nats" },
  /** Mean of all critics over the batches. */
  qMean: {
    tag: "train/q_mean",
    rows: "updates",
    mean: "arithmetic",
    graph: true,
    unit: "reward",
    quantity: "q",
    chart: { title: "Q", note: "mean over the batch", name: "Q" },
    figure: { label: "Q" },
  },
  criticLoss: {
    tag: "train/critic_loss",
    rows: "updates",
    mean: "arithmetic",
    graph: true,
    unit: "reward², logarithmic",
    quantity: "criticLoss",
    chart: { title: "Critic loss", note: "", name: "loss", log: true },
    figure: { label: "critic loss" },
  },
  actorLoss: {
    tag: "train/actor_loss",
    rows: "updates",
    mean: "arithmetic",
    graph: true,
    unit: "reward",
    quantity: "actorLoss",
    chart: { title: "Actor loss", note: "", name: "loss" },
    figure: { label: "actor loss" },
  },
  alphaLoss: {
    tag: "train/ent_coef_loss",
    rows: "tuned",
    mean: "arithmetic",
    unit: "nats",
    quantity: "alphaLoss",
    chart: { title: "α loss", note: "", name: "loss" },
  },
  /** Share of the policy's action components with |a| > 0.99; NaN where actions are discrete. */
  actionSaturation: {
    tag: "train/action_saturation",
    rows: "updates",
    mean: "arithmetic",
    graph: true,
    unit: "share",
    quantity: "actionSaturation",
    chart: { title: "Saturated actions", note: "share with |a| > 0.99", name: "saturated" },
    figure: { label: "saturated", as: "percent" },
  },
  /** Mean return of an evaluation's episodes. */
  evalReturn: { tag: "eval/mean_reward", rows: "evaluations", unit: "reward", quantity: "evalReturn" },
  /** Environment steps a second since the run began. */
  stepsPerSecond: { tag: "time/fps", rows: "all" },
  /** Of learning so far, evaluations left out. */
  seconds: { tag: "time/time_elapsed", rows: "all", unit: "s", quantity: "time" },
} as const satisfies Readonly<Record<string, Metric>>;

type Table = typeof metrics;
export type MetricName = keyof Table;

/** Names whose entry has the property `P`, with the value `V` where one is given. */
type NamesWith<P extends keyof Metric, V = unknown> = {
  [N in MetricName]: Table[N] extends Readonly<Record<P, V>> ? N : never;
}[MetricName];

/** What the update's graph puts out. */
export type GraphMetrics = { readonly [N in keyof Table as Extract<N, NamesWith<"graph">>]: number };
/** What is averaged over updates. */
export type AveragedName = NamesWith<"mean">;
/** Numbers of the run, which an agent does not have. */
type RunMetric = "learningRate" | "evalReturn" | "stepsPerSecond" | "seconds";
/** What an agent reports. */
export type AgentMetrics = { readonly [N in keyof Table as Exclude<N, RunMetric>]: number };
/** What a row is made of. */
export type RowMetrics = Readonly<Record<MetricName, number>>;
/** Columns of a `Series` that our own logs have. */
export type OwnQuantity = Extract<Table[MetricName], { quantity: string }>["quantity"];
/** Columns that have a chart of their own. */
export type ChartedQuantity = Table[NamesWith<"chart">]["quantity"];

/** The table's rows, in order. */
export const metricEntries = Object.entries(metrics) as readonly (readonly [MetricName, Metric])[];

export const averagedMetrics = metricEntries.filter(
  ([, { mean }]) => mean !== undefined,
) as readonly (readonly [AveragedName, Metric])[];

/** Columns that are averaged over updates, each with the metric that it is of. */
export type AveragedQuantity = Extract<Table[AveragedName], { quantity: string }>["quantity"];
export const averagedQuantities = averagedMetrics.flatMap(([name, { quantity }]) =>
  quantity ? [[quantity as AveragedQuantity, name] as const] : [],
);

/** Charts of single metrics, each with its column and the unit of its axis. */
export const metricCharts = metricEntries.flatMap(([, { quantity, chart, unit = "" }]) =>
  chart ? [{ ...chart, unit, quantity: quantity as ChartedQuantity }] : [],
);

/** The tag of each column in our own logs. */
export const ownTags = Object.fromEntries(
  metricEntries.flatMap(([, { quantity, tag }]) => (quantity && tag ? [[quantity, tag]] : [])),
) as Readonly<Record<OwnQuantity, string>>;
