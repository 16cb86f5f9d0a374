// Tells the author of an env what is wrong with it, before an agent learns from the mistake. It looks at the spaces,
// plays episodes with random actions, and tries what a careless caller would do.

import type { AnySpace } from "../composite-spaces.ts";
import { describeWithPlace } from "../describe.ts";
import type { Env, ResetResult, StepResult } from "../env.ts";
import { EnvError } from "../errors.ts";
import { withRows } from "../wrappers/flatten-observation.ts";
import { Timeout } from "../wrappers/timeout.ts";
import { checkForeignActions, checkPlay, checkReproducible } from "./check-behaviour.ts";
import { checkReset, checkStep } from "./check-results.ts";
import { checkShape } from "./check-shape.ts";
import { type EnvProblem, Problems } from "./problems.ts";

/** How thoroughly `checkEnv` looks. */
export interface CheckOptions {
  /** Steps to play with random actions. Default 1000. */
  readonly steps?: number;
  /** Default 0. */
  readonly seed?: number;
  /** How long a promise of the env may take. Default 60. */
  readonly timeoutSeconds?: number;
}

/**
 * Plays with `env` and returns what is wrong, errors first; an empty list is a clean bill. Leaves the env at some point
 * of an episode and does not close it. Never throws on account of the env.
 */
export async function checkEnv(
  env: Env<AnySpace>,
  { steps = 1000, seed = 0, timeoutSeconds = 60 }: CheckOptions = {},
): Promise<EnvProblem[]> {
  const problems = new Problems();
  checkShape(env as Env, problems);
  if (problems.hasErrors) return problems.list();
  const timed = new Timeout(withRows(env), timeoutSeconds);
  try {
    await checkPlay(timed, steps, seed, problems);
    if (!problems.hasErrors) {
      await checkReproducible(timed, seed, problems);
      await checkForeignActions(timed, seed, problems);
    }
  } catch (error) {
    problems.error(
      "THROWS",
      `Expected reset and step to work with every seed and every action of the space, got the exception: ${describeWithPlace(error)}; correct what it names`,
    );
  }
  return problems.list();
}

/** @throws EnvError (ENV_CHECK) that lists the errors, if there are any */
export async function assertEnv(env: Env<AnySpace>, options?: CheckOptions): Promise<void> {
  refuse(env, await checkEnv(env, options));
}

/**
 * Refuses an env without the methods, the id or the spaces of one; returns where nothing is wrong with it.
 * @throws EnvError (ENV_CHECK) that lists the errors
 */
export function refuseShape(env: { readonly id: string }): void {
  const problems = new Problems();
  checkShape(env as Env, problems);
  refuse(env, problems.list());
}

/**
 * Refuses what `env` answered to a reset (step 0) or to a step.
 * @throws EnvError (ENV_CHECK) that lists the errors
 */
export function refuseAnswer(env: Env, answer: unknown, step: number): void {
  const problems = new Problems();
  if (step === 0) checkReset(env, answer as ResetResult, problems);
  else checkStep(env, answer as StepResult, step, problems);
  refuse(env, problems.list());
}

/** Refuses an env that threw. @throws EnvError (ENV_CHECK) */
export function refuseThrown(env: Env, thrown: unknown): void {
  const problems = new Problems();
  problems.error(
    "THROWS",
    `Expected reset and step to work, got the exception: ${describeWithPlace(thrown)}; correct what it names`,
  );
  refuse(env, problems.list());
}

function refuse(env: { readonly id: string }, found: readonly EnvProblem[]): void {
  const errors = found.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  throw new EnvError(
    "ENV_CHECK",
    `Expected an env without errors, got ${errors.length} in ${String(env?.id ?? "the env")}:\n` +
      errors.map(({ message }) => `- ${message}`).join("\n"),
  );
}
