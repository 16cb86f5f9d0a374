// A run from its first step to its last: learn, log, evaluate, keep the best, save. However it ends, the directory
// says how, and holds what was learned.

import { join } from "node:path";
import { type Evaluation, evaluate } from "../../agent/evaluate.ts";
import type { LearnMetrics } from "../../agent/metrics-window.ts";
import { type WatchedRow, watchAlpha } from "../../doctor/index.ts";
import { MAX_ENTROPY_PER_DIMENSION, targetEntropyAt } from "../../sac/temperature.ts";
import type { TrainConfig } from "../config/schema.ts";
import { EVALUATION_SEED } from "../evaluation-seed.ts";
import { Interrupted, type Interruption } from "./interruption.ts";
import { rowOf } from "./metric-names.ts";
import type { Prepared } from "./prepare.ts";
import type { Reporter, Summary } from "./reporter.ts";
import { Stopwatch } from "./stopwatch.ts";

/** @throws whatever ended the run; the directory is then closed and says so */
export async function runTraining(
  config: TrainConfig,
  prepared: Prepared,
  reporter: Reporter,
  interruption: Interruption,
): Promise<Summary> {
  const { agent, engine, run } = prepared;
  reporter.start({
    path: run.path,
    config,
    engine: engine.name,
    threads: engine.threads,
    actionSize: agent.actionSize,
    maxEntropy: MAX_ENTROPY_PER_DIMENSION * agent.actionSize,
    targetEntropyAt: (step) => targetEntropyAt(agent.temperature!.targetEntropy, step),
    stepsSoFar: () => agent.steps,
  });
  const watch = new Stopwatch();
  try {
    const { evaluation, best } = await learn(config, prepared, reporter, interruption, watch);
    await agent.save(join(run.path, "agent"));
    const seconds = Math.round(1000 * watch.seconds) / 1000;
    const summary: Summary = {
      path: run.path,
      interruptedBy: interruption.name,
      steps: agent.steps,
      updates: agent.learner.updates,
      seconds,
      stepsPerSecond: Math.round((10 * agent.steps) / watch.seconds) / 10,
      evaluation,
      best,
    };
    const { path: _, evaluation: _evaluation, ...figures } = summary;
    run.close({ outcome: interruption.name ? "interrupted" : "finished", ...figures, eval: evaluation });
    return summary;
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    // Losses that are not finite and lost threads have corrupted the weights; after any other error they are as before it.
    if (code !== "NOT_FINITE" && code !== "THREAD_LOST") await agent.save(join(run.path, "agent"));
    run.close({ outcome: "failed", error: { name, code, message }, steps: agent.steps });
    throw error;
  }
}

async function learn(
  config: TrainConfig,
  { agent, evaluationEnv, run }: Prepared,
  reporter: Reporter,
  interruption: Interruption,
  watch: Stopwatch,
): Promise<Pick<Summary, "evaluation" | "best">> {
  const { steps, logEvery, evalEvery, evalEpisodes, learningRate } = config;
  let [updates, evaluated] = [0, 0];
  let evaluation: Evaluation | undefined;
  let best: Summary["best"];
  const doctor = watchAlpha({ declared: run.manifest.declared ?? {} });

  for await (const metrics of agent.learn({ totalTimesteps: steps, logEvery, signal: interruption.signal })) {
    watch.pause();
    const { step } = metrics;
    const due = step >= steps || (evalEvery > 0 && step - evaluated >= evalEvery);
    evaluation = undefined;
    if (due && !interruption.signal.aborted) {
      evaluated = step;
      reporter.busy?.("evaluating");
      evaluation = await unlessInterrupted(
        evaluate(agent, evaluationEnv, {
          episodes: evalEpisodes,
          seed: EVALUATION_SEED,
          signal: interruption.signal,
        }),
      );
    }
    if (evaluation && evalEvery > 0) {
      await agent.save(join(run.path, "agent"));
      if (best === undefined || evaluation.meanReturn > best.meanReturn) {
        best = { step, meanReturn: evaluation.meanReturn };
        await agent.save(join(run.path, "best"));
      }
    }
    const { seconds } = watch;
    const updated = metrics.updates > updates;
    updates = metrics.updates;
    const row = rowOf(metrics, {
      seconds,
      learningRate,
      tuned: config.alpha === "auto",
      updated,
      evaluation,
    });
    run.log(step, row);
    reporter.report({ metrics, row, seconds, evaluation });
    if (updated) reporter.warn(doctor.push(watchedRow(metrics)));
    watch.go();
  }
  watch.pause();
  return { evaluation, best };
}

/** What the doctor looks at. Before the first episode has ended there is no return. */
function watchedRow(metrics: LearnMetrics): WatchedRow {
  const { step, updates, alphaOfLosses, alphaLoss, entropy, targetEntropy, actorLoss, criticLoss, qMean } =
    metrics;
  return {
    step,
    updates,
    alpha: alphaOfLosses,
    alphaLoss,
    entropy,
    targetEntropy,
    actorLoss,
    criticLoss,
    q: qMean,
    return: metrics.episodeReturn,
    actionSaturation: metrics.actionSaturation,
  };
}

async function unlessInterrupted(evaluation: Promise<Evaluation>): Promise<Evaluation | undefined> {
  try {
    return await evaluation;
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}
