// Evaluations earn far less than training does, where the deterministic policy should earn as much or more: they see
// other observations (statistics of a normaliser that are not shared), another reward, or another environment.

import { stepAt } from "../rows.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median, rowNoise, spread } from "../statistics/quantiles.ts";

const EVALUATIONS = 5;
/** Enough for a warning. */
const MANY = 20;
const RETURNS = 20;
/** In units of scatter. */
const CLEAR = 4;
/** Share of what training has gained. */
const SHARE = 0.6;

export const evaluationBelowTraining: Rule = (e) => {
  const { columns, length } = e.series;
  const training = columns.return?.filter(Number.isFinite);
  const evaluation = columns.evalReturn?.filter(Number.isFinite);
  if (!training || !evaluation || training.length < RETURNS || evaluation.length < EVALUATIONS)
    return undefined;
  const late = (values: Float64Array) => median(values.slice(Math.floor(values.length / 2)));
  const [trained, evaluated] = [late(training), late(evaluation)];
  const noise = rowNoise(training) || 0;
  const scatter = spread(evaluation.slice(Math.floor(evaluation.length / 2))) || 0;
  const gained = Math.abs(trained - median(training.slice(0, 5)));
  const behind = trained - evaluated;
  if (
    !(behind > CLEAR * noise && behind > CLEAR * scatter && behind > SHARE * gained && gained > CLEAR * noise)
  )
    return undefined;
  return {
    id: "evaluation-below-training",
    severity: evaluation.length >= MANY ? "warning" : "info",
    confidence: evaluation.length >= MANY ? 0.75 : 0.5,
    steps: [stepAt(e.series, length >> 1), stepAt(e.series, length - 1)],
    evidence: numbers({
      trainingReturn: trained,
      evaluationReturn: evaluated,
      evaluations: evaluation.length,
      noise,
    }),
    message: `Over the second half ${evaluation.length >> 1} evaluations earn ${say(evaluated)} where training earns ${say(trained)}: they do not see what training sees (a normaliser's statistics, the reward's scale, the action's range).`,
    fix: "sync_envs_normalization(train_env, eval_env)  # or evaluate in the training environment's own wrappers",
    reference: "Stable-Baselines3, VecNormalize",
  };
};
