// What `agent.learn` is asked for, checked before anything is learned: who writes another framework's call is told ours.

import type { Env } from "../envs/env.ts";
import { unwrapped } from "../envs/wrappers/wrapper.ts";
import { TemperedError } from "../errors.ts";
import { nearestName } from "../text/nearest-name.ts";
import type { Evaluation } from "./evaluate.ts";
import type { LearnMetrics } from "./metrics-window.ts";

/** A row of metrics under Stable-Baselines3's names: what TensorBoard, W&B and the like take. */
export type MetricsRow = Readonly<Record<string, number>>;

/**
 * Takes each row of metrics; may answer with a promise, which learning waits for.
 * @param step environment steps so far
 */
export type MetricsLog = (row: MetricsRow, step: number) => unknown;

export interface LearnEvaluation extends Evaluation {
  /** Environment steps so far. */
  readonly step: number;
  /** Whether no evaluation of this call of `learn` had a greater mean return before it. */
  readonly isBest: boolean;
}

export interface EvaluationOptions {
  /** Another environment than the agent learns in, of the same kind. */
  readonly env: Env;
  /** Environment steps of learning between two evaluations, which come with the next report; there is one at the end, too. */
  readonly every: number;
  /** Episodes of an evaluation. Default 10. */
  readonly episodes?: number;
  /** Seeds `env` before each evaluation, so that all play the same episodes. Default 0. */
  readonly seed?: number;
}

export interface LearnOptions {
  /** Environment steps to take, all environments together; up to N − 1 more where N step at once. */
  readonly totalTimesteps: number;
  /** Ends learning after the current step; the agent stays usable. */
  readonly signal?: AbortSignal;
  /** Environment steps between two reports. Default 100. */
  readonly logEvery?: number;
  /** How long the environments may take for a step or a reset. Default 90. */
  readonly stepSeconds?: number;
  /** Evaluates while it learns, without noise. Default: not at all. */
  readonly evaluation?: EvaluationOptions;
  /** Called with every report. Learning waits for it; what it throws ends learning. */
  readonly onMetrics?: (metrics: LearnMetrics) => unknown;
  /** Called with every evaluation: `({ isBest }) => isBest && agent.save("best")`. As `onMetrics`. */
  readonly onEvaluation?: (evaluation: LearnEvaluation) => unknown;
  /** Takes every report as a row, that of an evaluation among it: `tensorBoard(…)` of tempered/training, or your own. */
  readonly log?: MetricsLog | readonly MetricsLog[];
}

/** What other frameworks, or a hurry, call the steps. */
const STEPS = ["total_timesteps", "timesteps", "steps", "total_steps", "totalSteps", "nSteps"];

const names = [
  "totalTimesteps",
  "signal",
  "logEvery",
  "stepSeconds",
  "evaluation",
  "onMetrics",
  "onEvaluation",
  "log",
] as const satisfies readonly (keyof LearnOptions)[];

const RIGHT = "learn({ totalTimesteps: 10_000 })";

/**
 * @param learnedIn what the agent learns in
 * @throws TemperedError (LEARN_OPTIONS) that says how it is called
 */
export function learnOptions(given: unknown, learnedIn: object): LearnOptions {
  if (typeof given === "number")
    throw refused(`Expected learn({ totalTimesteps: ${given} }), got learn(${given})`);
  if (typeof given !== "object" || given === null) throw refused(`Expected ${RIGHT}, got learn(${given})`);
  const options = given as LearnOptions;
  for (const name of Object.keys(given)) {
    if ((names as readonly string[]).includes(name)) continue;
    const meant = STEPS.includes(name) ? "totalTimesteps" : nearestName(name, names);
    throw refused(
      `Expected options of learn (${names.join(", ")}), got "${name}"; ` +
        (meant ? `did you mean ${meant}?` : "settings of the agent go into SAC.create"),
    );
  }
  const { totalTimesteps, logEvery = 100, stepSeconds = 90, evaluation, onEvaluation, log = [] } = options;
  const isCount = Number.isInteger(totalTimesteps) || totalTimesteps === Infinity;
  if (!isCount || totalTimesteps < 0)
    throw refused(
      `Expected totalTimesteps to be an integer from 0 up, got ${totalTimesteps}; write ${RIGHT}`,
    );
  if (!(Number.isInteger(logEvery) && logEvery > 0))
    throw refused(`Expected logEvery to be environment steps, an integer from 1 up, got ${logEvery}`);
  if (!(stepSeconds > 0))
    throw refused(`Expected stepSeconds to be a number of seconds above 0, got ${stepSeconds}`);
  const { every = 0, env } = evaluation ?? {};
  if (evaluation !== undefined && !(Number.isInteger(every) && every > 0 && typeof env?.step === "function"))
    throw refused(
      "Expected evaluation: { env, every } with an environment to play in and steps of learning between two evaluations, " +
        `got ${env ? `every ${every}` : "no environment"}; write evaluation: { env: makeEnv("Pendulum-v1"), every: 1000 }`,
    );
  if (env && unwrapped(env) === unwrapped(learnedIn as Env))
    throw refused(
      `Expected another environment to evaluate in than the one it learns in, got ${env.id} for both; make a second one`,
    );
  if (onEvaluation !== undefined && evaluation === undefined)
    throw refused("Expected evaluation: { env, every } beside onEvaluation, got none; nothing would call it");
  if ([log].flat().some((each) => typeof each !== "function"))
    throw refused(
      "Expected log to be a function (row, step) => …, or several; tempered/training has tensorBoard",
    );
  return options;
}

function refused(message: string): TemperedError {
  return new TemperedError("LEARN_OPTIONS", message);
}
