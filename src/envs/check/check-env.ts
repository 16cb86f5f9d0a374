// Tells the author of an env what is wrong with it, before an agent learns from the mistake. It looks at the spaces,
// plays episodes with random actions, and tries what a careless caller would do.

import { RandomStream } from "../../random/index.ts";
import type { AnySpace } from "../composite-spaces.ts";
import { describeWithPlace } from "../describe.ts";
import type { Env } from "../env.ts";
import { EnvError } from "../errors.ts";
import { sample } from "../spaces.ts";
import { withRows } from "../wrappers/flatten-observation.ts";
import { Timeout } from "../wrappers/timeout.ts";
import { checkForeignActions, checkPlay, checkReproducible } from "./check-behaviour.ts";
import { checkReset, checkStep } from "./check-results.ts";
import { checkShape } from "./check-shape.ts";
import { type EnvProblem, Problems } from "./problems.ts";

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

/** Steps that tell most mistakes, and cost next to nothing. */
const FIRST_STEPS = 3;

/**
 * That `env` has an env's shape and gives a reset and its first steps as an agent takes them. Leaves it in an episode.
 * @throws EnvError (ENV_CHECK) that lists the errors, if there are any
 */
export async function assertPlayable(env: Env<AnySpace>): Promise<void> {
  const problems = new Problems();
  checkShape(env as Env, problems);
  if (!problems.hasErrors) {
    const random = new RandomStream(0, "check-env");
    try {
      const timed = new Timeout(withRows(env), 60);
      checkReset(timed, await timed.reset({ seed: 0 }), problems);
      for (let i = 1; i <= FIRST_STEPS && !problems.hasErrors; i++) {
        const result = await timed.step(sample(timed.actionSpace, random));
        checkStep(timed, result, i, problems);
        if (!problems.hasErrors && (result.terminated || result.truncated)) break;
      }
    } catch (error) {
      problems.error(
        "THROWS",
        `Expected reset and step to work, got the exception: ${describeWithPlace(error)}; correct what it names`,
      );
    }
  }
  refuse(env, problems.list());
}

/** That `env`, one or several that step together, has the methods and spaces of one. @throws EnvError (ENV_CHECK) */
export function assertShape(env: { readonly id: string }): void {
  const problems = new Problems();
  checkShape(env as Env, problems);
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
