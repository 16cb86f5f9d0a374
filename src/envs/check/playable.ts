// What every agent asks of its env before it learns: the shape of an env, and a reset and first steps that one can learn
// from, told here in a yes or no. Why it is a no says the checker, which is fetched then: pages seldom need it.

import { RandomStream } from "../../random/index.ts";
import { isFiniteReward, isInside, isReset, isStep } from "../answers.ts";
import type { AnySpace } from "../composite-spaces.ts";
import type { Env } from "../env.ts";
import { sample, sizeOf } from "../spaces.ts";
import { within } from "../wrappers/timeout.ts";

/** Steps that tell most mistakes, and cost next to nothing. */
const FIRST_STEPS = 3;
/** That a promise of one may take. */
const SECONDS = 60;

/** That `env`, one or several that step together, has the methods and spaces of one. @throws EnvError (ENV_CHECK) */
export async function assertShape(env: { readonly id: string }): Promise<void> {
  if (isPlainEnv(env)) return;
  const { refuseShape } = await import("./check-env.ts");
  refuseShape(env);
}

/**
 * That `env` gives a reset and its first steps as an agent takes them. Leaves it in an episode.
 * @throws EnvError (ENV_CHECK) that lists the errors, if there are any
 */
export async function assertPlayable(env: Env): Promise<void> {
  const random = new RandomStream(0, "check-env");
  const space = env.observationSpace;
  const size = sizeOf(space);
  for (let step = 0; step <= FIRST_STEPS; step++) {
    let answer: unknown;
    try {
      const given = step === 0 ? env.reset({ seed: 0 }) : env.step(sample(env.actionSpace, random));
      const what = () => `${step === 0 ? "a reset" : "a step"} of ${env.id}`;
      answer = given instanceof Promise ? await within<unknown>(given, SECONDS, what) : given;
    } catch (thrown) {
      return (await import("./check-env.ts")).refuseThrown(env, thrown);
    }
    const isFine = isReset(answer, size) && isInside(space, answer.observation);
    if (!isFine || (step > 0 && !(isStep(answer, size) && isFiniteReward(answer.reward)))) {
      return (await import("./check-env.ts")).refuseAnswer(env, answer, step);
    }
    if (step > 0 && isStep(answer, size) && (answer.terminated || answer.truncated)) return;
  }
}

/** Whether all is as in most envs; others the checker looks at. */
export function isPlainEnv(env: unknown): boolean {
  if (typeof env !== "object" || env === null) return false;
  const { reset, step, id, observationSpace, actionSpace } = env as Partial<Env>;
  return (
    typeof reset === "function" &&
    typeof step === "function" &&
    typeof id === "string" &&
    id !== "" &&
    isPlainBox(observationSpace, (low, high) => low <= high) &&
    (isPlainBox(actionSpace, (low, high) => low < high && high - low < Infinity) ||
      isPlainChoice(actionSpace))
  );
}

function isPlainBox(space: AnySpace | undefined, isRange: (low: number, high: number) => boolean): boolean {
  if (space?.kind !== "box" || !Array.isArray(space.shape)) return false;
  const { low, high } = space;
  const size = space.shape.reduce((product, length) => product * length, 1);
  if (!(Number.isSafeInteger(size) && size >= 1 && low?.length === size && high?.length === size))
    return false;
  for (let i = 0; i < size; i++) if (!isRange(low[i]!, high[i]!)) return false;
  return true;
}

function isPlainChoice(space: AnySpace | undefined): boolean {
  return space?.kind === "discrete" && Number.isSafeInteger(space.n) && space.n >= 1;
}
