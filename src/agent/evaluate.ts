// How good a policy is: its mean return over whole episodes, by default without noise.

import type { Env, StepResult } from "../envs/env.ts";
import { EventLoopTurns } from "./event-loop.ts";
import { STEP_SECONDS, within } from "./time-limit.ts";

/** What the episodes of an evaluation came to; returns are undiscounted sums of rewards. */
export interface Evaluation {
  readonly episodes: number;
  readonly meanReturn: number;
  /** Standard deviation over the episodes (population). */
  readonly stdReturn: number;
  readonly returns: readonly number[];
}

/** Whatever acts: an agent, or a program of yours. */
export interface Policy {
  /** The action for an observation, in the environment's units. */
  predict(observation: ArrayLike<number>, options: { readonly deterministic: boolean }): ArrayLike<number>;
}

/**
 * Runs `episodes` episodes in `env`, which should be another than the one the agent learns in.
 * @throws the signal's reason
 */
export async function evaluate(
  agent: Policy,
  env: Env,
  {
    episodes = 10,
    seed = 0,
    deterministic = true,
    signal,
  }: {
    /** Default 10. */
    episodes?: number;
    /** Seeds the env before the first episode. Default 0. */
    seed?: number;
    /** tanh(μ) instead of draws. Default true. */
    deterministic?: boolean;
    /** Ends the evaluation before its next step. */
    signal?: AbortSignal;
  } = {},
): Promise<Evaluation> {
  const returns: number[] = [];
  const turns = new EventLoopTurns();
  for (let episode = 0; episode < episodes; episode++) {
    const began = env.reset(episode === 0 ? { seed } : undefined);
    let { observation } =
      began instanceof Promise ? await within(began, STEP_SECONDS, () => `a reset of ${env.id}`) : began;
    let total = 0;
    for (let done = false; !done; ) {
      await turns.due();
      signal?.throwIfAborted();
      const outcome = env.step(agent.predict(observation, { deterministic }));
      const result: StepResult =
        outcome instanceof Promise
          ? await within(outcome, STEP_SECONDS, () => `a step of ${env.id}`)
          : outcome;
      total += result.reward;
      done = result.terminated || result.truncated;
      observation = result.observation;
    }
    returns.push(total);
  }
  const meanReturn = returns.reduce((sum, value) => sum + value, 0) / episodes;
  const variance = returns.reduce((sum, value) => sum + (value - meanReturn) ** 2, 0) / episodes;
  return { episodes, meanReturn, stdReturn: Math.sqrt(variance), returns };
}
