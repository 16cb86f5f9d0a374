// A report of the agent as a row of metrics, under Stable-Baselines3's names where it has one. What has no value yet
// (a loss before the first update, a return before the first episode has ended) is left out of the row.

import type { Evaluation } from "../agent/evaluate.ts";
import type { LearnMetrics } from "../agent/metrics-window.ts";
import type { WatchedRow } from "../doctor/index.ts";
import { type Metrics, STEP } from "../runs/metrics-line.ts";

export interface RowContext {
  /** Seconds of learning so far, evaluations left out. */
  readonly seconds: number;
  readonly learningRate: number;
  /** Whether α is tuned; a fixed one has no loss. */
  readonly tuned: boolean;
  /** Whether there were updates since the last row. */
  readonly updated: boolean;
  readonly evaluation?: Evaluation | undefined;
}

export function rowOf(metrics: LearnMetrics, context: RowContext): Metrics {
  const { seconds, tuned, updated, evaluation } = context;
  const episodes = metrics.episodes > 0 && {
    "rollout/ep_rew_mean": metrics.episodeReturn,
    "rollout/ep_len_mean": metrics.episodeLength,
    "time/episodes": metrics.episodes,
  };
  const updates = updated && {
    "train/n_updates": metrics.updates,
    "train/learning_rate": context.learningRate,
    // As Stable-Baselines3: what the losses of this row were made with, before the steps.
    "train/ent_coef": tuned ? metrics.alphaOfLosses : metrics.alpha,
    ...(tuned && { "train/ent_coef_loss": metrics.alphaLoss }),
    "train/log_alpha": metrics.logAlpha,
    "train/entropy": metrics.entropy,
    "train/target_entropy": metrics.targetEntropy,
    "train/entropy_gap": metrics.entropyGap,
    "train/actor_loss": metrics.actorLoss,
    "train/critic_loss": metrics.criticLoss,
    "train/q_mean": metrics.qMean,
    "train/action_saturation": metrics.actionSaturation,
  };
  return {
    ...episodes,
    ...updates,
    ...(evaluation && { "eval/mean_reward": evaluation.meanReturn }),
    "time/fps": Math.round(metrics.step / seconds),
    "time/time_elapsed": Math.round(1000 * seconds) / 1000,
  };
}

/** What the doctor looks at in a row; quantities that a row does not have are missing. */
export function watchedRow(row: Metrics): WatchedRow {
  return {
    step: row[STEP],
    updates: row["train/n_updates"] ?? 0,
    alpha: row["train/ent_coef"],
    alphaLoss: row["train/ent_coef_loss"],
    entropy: row["train/entropy"],
    targetEntropy: row["train/target_entropy"],
    actorLoss: row["train/actor_loss"],
    criticLoss: row["train/critic_loss"],
    q: row["train/q_mean"],
    return: row["rollout/ep_rew_mean"],
    actionSaturation: row["train/action_saturation"],
  } as WatchedRow;
}
