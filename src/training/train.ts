// A run from its first step to its last, or from a checkpoint on: learn, log, evaluate, keep the best, save. It tells what
// happens as events and leaves it to others to show them. However it ends, the directory says how, and holds what was
// learned.

import { join } from "node:path";
import { cutNote, type Evaluation, evaluate } from "../agent/evaluate.ts";
import { rowOf } from "../agent/metrics-row.ts";
import { STEP_SECONDS } from "../agent/time-limit.ts";
import { watchAlpha } from "../doctor/index.ts";
import { describe, isError } from "../envs/describe.ts";
import { TemperedError } from "../errors.ts";
import { maxEntropy, scheduledAt, targetEntropyAt } from "../sac/temperature.ts";
import { EVALUATION_SEED } from "./evaluation-seed.ts";
import { type BestEvaluation, Failure, Interrupted, type Summary, type TrainingEvent } from "./events.ts";
import { type Prepared, prepare, type RunState } from "./prepare.ts";
import { watchedRow } from "./rows.ts";
import { readRun } from "./run-directory.ts";
import type { TrainConfig } from "./settings.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What `train` takes beside the settings. */
export interface TrainOptions {
  /** The run's directory. Default: a new one below runs/. */
  readonly run?: string | undefined;
  /** Goes on from the newest checkpoint in `run`; begins there where it holds none. Default false. */
  readonly resume?: boolean | undefined;
  /** A run or a saved agent whose weights and α a new run begins with, in an environment of the same spaces. */
  readonly initFrom?: string | undefined;
  /** Where the environment is found, if not as the settings name it: a run that goes on elsewhere. */
  readonly environment?: string | undefined;
  /** Ends the run after the step in flight; what was learned is saved. Its reason is told where it is an Error. */
  readonly signal?: AbortSignal | undefined;
}

/** Seconds after which a checkpoint is due, however few steps there were. */
const CHECKPOINT_SECONDS = 60;

/**
 * Trains; ends with a `done` event.
 * @throws TemperedError for settings, an environment or a directory that cannot work, before `started`; afterwards
 *   whatever ended the run: the directory is then closed and says so
 */
export async function* train(
  config: TrainConfig,
  {
    run: path,
    resume = false,
    initFrom,
    environment,
    signal = new AbortController().signal,
  }: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void, void> {
  const prepared = await prepare(config, { path, resume, initFrom, environment });
  const { agent, engine, run, checkpoints } = prepared;
  const watch = new Stopwatch(prepared.state.seconds);
  try {
    for (const text of prepared.notes) yield { kind: "note", text };
    yield {
      kind: "started",
      run: {
        path: run.path,
        config,
        engine: engine.name,
        threads: engine.threads,
        arithmetic: engine.arithmetic,
        actionSize: agent.actionSize,
        maxEntropy: maxEntropy(agent.choices ?? agent.actionSize),
        isDiscrete: agent.choices !== undefined,
        resumedAt: agent.steps,
        targetEntropyAt: (step) => targetEntropyAt(agent.temperature!.targetEntropy, step),
        stepsSoFar: () => agent.steps,
      },
    };
    const { evaluation, best } = yield* learn(config, prepared, signal, watch);
    if (signal.reason instanceof Failure) throw signal.reason;
    await agent.save(join(run.path, "agent"));
    const seconds = Math.round(1000 * watch.seconds) / 1000;
    const summary: Summary = {
      path: run.path,
      interruptedBy: signal.aborted ? reasonOf(signal) : undefined,
      steps: agent.steps,
      updates: agent.learner.updates,
      seconds,
      stepsPerSecond: Math.round((10 * agent.steps) / watch.seconds) / 10,
      evaluation,
      best,
    };
    const { path: _, evaluation: _evaluation, ...figures } = summary;
    run.close({ outcome: signal.aborted ? "interrupted" : "finished", ...figures, eval: evaluation });
    yield { kind: "done", summary };
  } catch (thrown) {
    // A step that never ended may be no more than what else broke.
    const error = signal.reason instanceof Failure ? signal.reason : asError(thrown);
    throw await rescued(error, prepared);
  } finally {
    await checkpoints?.settled();
    await prepared.dispose();
  }
}

/** Environments may throw anything, also what cannot be looked at. */
function asError(thrown: unknown): Error {
  try {
    if (isError(thrown) && `${thrown.name}${thrown.message}` !== "") return thrown;
  } catch {}
  return new TemperedError("THROWN", `Expected an Error where the training failed, got ${describe(thrown)}`);
}

function codeOf(error: Error): string | undefined {
  try {
    return "code" in error && typeof error.code === "string" ? error.code : undefined;
  } catch {
    return undefined;
  }
}

/** Saves what can be saved of a run that failed, each thing apart. @returns the error, which also tells what could not be */
async function rescued(error: Error, { agent, run }: Prepared): Promise<Error> {
  const [name, message, code] = [`${error.name}`, `${error.message}`, codeOf(error)];
  const problems: string[] = [];
  const attempt = async (what: string, act: () => unknown) => {
    try {
      await act();
    } catch (problem) {
      problems.push(`${what} could not be saved in ${run.path} (${asError(problem).message})`);
    }
  };
  // Losses that are not finite and lost threads have corrupted the weights; after any other error they are as before it.
  if (code !== "NOT_FINITE" && code !== "THREAD_LOST") {
    await attempt("the agent", () => agent.save(join(run.path, "agent")));
  }
  await attempt("how the run ended", () =>
    run.close({ outcome: "failed", error: { name, code, message }, steps: agent.steps }),
  );
  return problems.length === 0
    ? error
    : new TemperedError(code ?? "FAILED", `${message}; and ${problems.join(", ")}`, { cause: error });
}

async function* learn(
  config: TrainConfig,
  { agent, evaluationEnv, run, checkpoints, state }: Prepared,
  signal: AbortSignal,
  watch: Stopwatch,
): AsyncGenerator<
  TrainingEvent,
  { evaluation: Evaluation | undefined; best: BestEvaluation | undefined },
  void
> {
  const { steps, logEvery, evalEvery, evalEpisodes, learningRate, checkpointEvery } = config;
  let { updates, evaluated, best } = state;
  let evaluation: Evaluation | undefined;
  let checkpointed = { step: agent.steps, seconds: watch.seconds };
  const doctor = watchAlpha({ declared: run.manifest.declared ?? {} });
  if (agent.steps > 0) for (const row of readRun(run.path).metrics) doctor.push(watchedRow(row));

  /** The state as it is now. */
  const snapshot = async () => {
    const runState: RunState = { positions: run.positions, seconds: watch.seconds, updates, evaluated, best };
    return { agent: await agent.state({ replaySince: checkpoints!.replayWritten }), run: runState };
  };
  const events: TrainingEvent[] = [];

  for await (const metrics of agent.learn({
    totalTimesteps: Math.max(0, steps - agent.steps),
    logEvery,
    signal,
    stepSeconds: stepSeconds(),
  })) {
    watch.pause();
    const { step } = metrics;
    const due = step >= steps || (evalEvery > 0 && step - evaluated >= evalEvery);
    evaluation = undefined;
    if (due && !signal.aborted) {
      evaluated = step;
      yield { kind: "evaluating" };
      evaluation = await unlessInterrupted(
        evaluate(agent, evaluationEnv, { episodes: evalEpisodes, seed: EVALUATION_SEED, signal }),
      );
      const text = evaluation && cutNote(evaluation);
      if (text) yield { kind: "note", text };
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
      learningRate: scheduledAt(learningRate, step),
      tuned: config.alpha === "auto",
      updated,
      evaluation,
    });
    run.log(step, row);
    yield { kind: "progress", metrics, row, seconds, evaluation };
    const findings = updated ? doctor.push(watchedRow(row)) : [];
    if (findings.length > 0) yield { kind: "findings", findings };
    const isDue =
      checkpointEvery > 0 &&
      (step - checkpointed.step >= checkpointEvery || seconds - checkpointed.seconds >= CHECKPOINT_SECONDS);
    if (isDue && step < steps && !signal.aborted && !checkpoints!.isBusy) {
      checkpointed = { step, seconds };
      // It is written while learning goes on; whether it could be is told with the next row.
      checkpoints!.write(await snapshot()).then(
        () => events.push({ kind: "checkpoint", step }),
        (error: Error) =>
          events.push({ kind: "note", text: `no checkpoint at step ${step}: ${error.message}` }),
      );
    }
    yield* events.splice(0);
    watch.go();
  }
  watch.pause();
  await checkpoints?.settled();
  yield* events.splice(0);
  if (checkpoints) {
    await checkpoints.write(await snapshot());
    yield { kind: "checkpoint", step: agent.steps };
  }
  return { evaluation, best };
}

/** The bridge to Python has the same variable, gives up first and says more. */
function stepSeconds(): number {
  const seconds = Number(process.env.TEMPERED_TIMEOUT);
  return seconds > 0 ? 1.5 * seconds : STEP_SECONDS;
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason);
}

async function unlessInterrupted(evaluation: Promise<Evaluation>): Promise<Evaluation | undefined> {
  try {
    return await evaluation;
  } catch (error) {
    const isEnd = error instanceof Interrupted || error instanceof Failure;
    if (isEnd || (error as Error)?.name === "AbortError") return undefined;
    throw error;
  }
}
