// How an env behaves over time: through episodes of random actions, twice under the same seed, under an action beyond
// its bounds, and after an episode's end.

import { RandomStream } from "../../random/index.ts";
import type { Env } from "../env.ts";
import { choicesOf, sample } from "../spaces.ts";
import { checkReset, checkStep } from "./check-results.ts";
import type { Problems } from "./problems.ts";

export async function checkPlay(env: Env, steps: number, seed: number, problems: Problems): Promise<void> {
  const random = new RandomStream(seed, "check-env");
  checkReset(env, await env.reset({ seed }), problems);
  let ends = 0;
  for (let i = 1; i <= steps && !problems.hasErrors; i++) {
    const result = await env.step(sample(env.actionSpace, random));
    checkStep(env, result, i, problems);
    if (problems.hasErrors || !(result.terminated || result.truncated)) continue;
    if (ends++ === 0) await checkStepAfterEnd(env, problems);
    checkReset(env, await env.reset(), problems);
  }
  if (ends === 0 && !problems.hasErrors) {
    problems.warning(
      "ENDLESS",
      `Expected an episode to end within ${steps} steps of random actions, got none; wrap the env in TimeLimit so that training sees whole episodes`,
    );
  }
}

async function checkStepAfterEnd(env: Env, problems: Problems): Promise<void> {
  try {
    await env.step(sample(env.actionSpace, new RandomStream(0, "check-env after the end")));
  } catch {
    return;
  }
  problems.warning(
    "STEP_AFTER_END",
    "Expected step() after the end of an episode to throw, got another step; throw an error there, or wrap the env in TimeLimit, so that a forgotten reset() is noticed",
  );
}

/** The first steps of an episode, as numbers. */
async function record(env: Env, seed: number, actions: readonly ArrayLike<number>[]): Promise<number[][]> {
  const frames = [[...(await env.reset({ seed })).observation]];
  for (const action of actions) {
    const { observation, reward, terminated, truncated } = await env.step(action);
    frames.push([...observation, reward, Number(terminated), Number(truncated)]);
    if (terminated || truncated) break;
  }
  return frames;
}

export async function checkReproducible(env: Env, seed: number, problems: Problems): Promise<void> {
  const random = new RandomStream(seed, "check-env actions");
  const actions = Array.from({ length: 50 }, () => sample(env.actionSpace, random));
  const first = await record(env, seed, actions);
  const second = await record(env, seed, actions);
  const at = first.findIndex((frame, i) => !frame.every((x, j) => Object.is(x, second[i]?.[j])));
  if (at >= 0 || first.length !== second.length) {
    problems.error(
      "SEED",
      `Expected the same episode after reset({ seed: ${seed} }) twice, got a difference at step ${at < 0 ? first.length : at}; draw all randomness from a stream that reset({ seed }) restarts, never from Math.random or the clock`,
    );
  }
}

/** An action beyond its bounds may be refused or clipped; anything else lets a mistake in the units pass unseen. */
export async function checkForeignActions(env: Env, seed: number, problems: Problems): Promise<void> {
  if (env.actionSpace.kind !== "box") {
    await checkForeignChoice(env, seed, problems);
    return;
  }
  const { low, high } = env.actionSpace;
  const beyond = high.map((x, i) => x + (x - low[i]!));
  try {
    const clipped = await record(env, seed, [Float64Array.from(high)]);
    const foreign = await record(env, seed, [beyond]);
    if (clipped.flat().some((x, i) => !Object.is(x, foreign.flat()[i]))) {
      problems.warning(
        "ACTION",
        `Expected an action beyond the bounds ([${beyond}]) to be refused or to act as its nearest bound, got another effect; clip it, throw an error, or wrap the env in ClipAction`,
      );
    }
  } catch {
    return;
  }
}

/** A choice that there is not must be refused: there is no nearest one. */
async function checkForeignChoice(env: Env, seed: number, problems: Problems): Promise<void> {
  const beyond = choicesOf(env.actionSpace)!.map(({ n, start }) => start + n);
  try {
    await record(env, seed, [beyond]);
  } catch {
    return;
  }
  problems.warning(
    "ACTION",
    `Expected a choice that there is not (${beyond}) to be refused, got a step; throw an error that names the choices`,
  );
}
