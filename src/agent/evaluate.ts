// How good a policy is: its mean return over whole episodes, by default without noise.

import type { Env, StepResult } from "../envs/env.ts";
import { grouped } from "../text/numbers.ts";
import { EventLoopTurns } from "./event-loop.ts";
import { STEP_SECONDS, within } from "./time-limit.ts";

/** What the episodes of an evaluation came to; returns are undiscounted sums of rewards. */
export interface Evaluation {
  readonly episodes: number;
  readonly meanReturn: number;
  /** Standard deviation over the episodes (population). */
  readonly stdReturn: number;
  readonly returns: readonly number[];
  /** Steps at which the last of these episodes was cut, which had no end; the evaluation ends with it. */
  readonly cutAt?: number;
}

/** Longer than episodes of any benchmark; some seconds with an environment of ours. */
const MOST_STEPS = 100_000;

/** Whatever acts: an agent, or a program of yours. */
export interface Policy {
  /** The action for an observation, in the environment's units. */
  predict(observation: ArrayLike<number>, options: { readonly deterministic: boolean }): ArrayLike<number>;
}

/**
 * Runs `episodes` episodes in `env`, which should be another than the one the agent learns in.
 * @param seed seeds the env before the first episode. Default 0
 * @param deterministic tanh(μ) instead of draws. Default true
 * @param maxSteps an episode that is not over by then is cut, and the last of the evaluation. Default 100,000
 * @param signal ends the evaluation before its next step
 * @throws the signal's reason
 */
export async function evaluate(
  agent: Policy,
  env: Env,
  {
    episodes = 10,
    seed = 0,
    deterministic = true,
    maxSteps = MOST_STEPS,
    signal,
  }: {
    episodes?: number;
    seed?: number;
    deterministic?: boolean;
    maxSteps?: number;
    signal?: AbortSignal;
  } = {},
): Promise<Evaluation> {
  const returns: number[] = [];
  const turns = new EventLoopTurns();
  let isCut = false;
  for (let episode = 0; episode < episodes && !isCut; episode++) {
    const began = env.reset(episode === 0 ? { seed } : undefined);
    let { observation } =
      began instanceof Promise ? await within(began, STEP_SECONDS, () => `a reset of ${env.id}`) : began;
    let total = 0;
    let steps = 0;
    for (let done = false; !done && !isCut; ) {
      await turns.due();
      signal?.throwIfAborted();
      const outcome = env.step(agent.predict(observation, { deterministic }));
      const result: StepResult =
        outcome instanceof Promise
          ? await within(outcome, STEP_SECONDS, () => `a step of ${env.id}`)
          : outcome;
      total += result.reward;
      done = result.terminated || result.truncated;
      isCut = ++steps >= maxSteps && !done;
      observation = result.observation;
    }
    returns.push(total);
  }
  const played = returns.length;
  const meanReturn = returns.reduce((sum, value) => sum + value, 0) / played;
  const variance = returns.reduce((sum, value) => sum + (value - meanReturn) ** 2, 0) / played;
  const cut = isCut ? { cutAt: maxSteps } : {};
  return { episodes: played, meanReturn, stdReturn: Math.sqrt(variance), returns, ...cut };
}

/** Of an evaluation whose last episode was cut: what happened, and what to do. */
export function cutNote({ episodes, cutAt }: Evaluation): string | undefined {
  if (cutAt === undefined) return undefined;
  return (
    `the evaluation ended in its episode ${episodes}, which was not over after ${grouped(cutAt)} steps; let the ` +
    "environment say truncated or terminated, or give it a limit: new TimeLimit(env, steps)"
  );
}
