// What reset and step must answer, and what is wrong where they do not. `isReset` and `isStep` look at types and sizes, at
// next to no cost a step; `resetFaults` and `stepFaults` look at the values too and say everything that is wrong.

import { describe } from "./describe.ts";
import type { ResetResult, StepResult } from "./env.ts";
import { type BoxSpace, firstNotFinite, firstOutside, LARGEST_FLOAT32, sizeOf } from "./spaces.ts";

/** Observations are rounded to float32 on their way: that much beyond a bound, relative to max(1, |bound|), is inside. */
export const BOUND_TOLERANCE = 1e-6;

/** Read as "Expected … to be …, got …; do this". */
export interface Fault {
  /** Stable name of the kind of fault. */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly advice: string;
}

/** Whether `answer` has an observation of `size` numbers. */
export function isReset(answer: unknown, size: number): answer is ResetResult {
  if (typeof answer !== "object" || answer === null) return false;
  const { observation } = answer as Partial<ResetResult>;
  return isNumbers(observation) && observation.length === size;
}

/** Whether `answer` has an observation of `size` numbers, a number as reward, and two booleans. */
export function isStep(answer: unknown, size: number): answer is StepResult {
  if (!isReset(answer, size)) return false;
  const { reward, terminated, truncated } = answer as Partial<StepResult>;
  return typeof reward === "number" && typeof terminated === "boolean" && typeof truncated === "boolean";
}

/** Whether an observation of the right size is inside its space and finite in float32. */
export function isInside(space: BoxSpace, observation: ArrayLike<number>): boolean {
  return firstOutside(space, observation, BOUND_TOLERANCE) === -1 && firstNotFinite(observation) === -1;
}

/** Whether a number is finite in float32. */
export function isFiniteReward(reward: number): boolean {
  return Math.abs(reward) <= LARGEST_FLOAT32;
}

/** Gym's tuples: [observation, info], [observation, reward, terminated, truncated, info]. */
function tupleFault(what: "reset" | "step", members: string, answer: unknown): Fault[] {
  if (!Array.isArray(answer)) return [];
  return [
    {
      code: what.toUpperCase(),
      expected: `${what}() to return { ${members} }`,
      got: `a tuple of ${answer.length}, as Gym has them`,
      advice: `name its parts: return { ${members} }`,
    },
  ];
}

export function resetFaults(space: BoxSpace, answer: unknown): Fault[] {
  if (typeof answer !== "object" || answer === null) {
    return [
      {
        code: "RESET",
        expected: "reset() to return { observation, info }",
        got: describe(answer),
        advice: "return such an object, or a promise of it",
      },
    ];
  }
  const tuple = tupleFault("reset", "observation, info", answer);
  if (tuple.length > 0) return tuple;
  // As some write it: the observation alone.
  if (ArrayBuffer.isView(answer)) {
    const got = "an observation alone";
    const advice = "write return { observation, info: {} }";
    return [{ code: "RESET", expected: "reset() to return { observation, info }", got, advice }];
  }
  return observationFaults(space, (answer as Partial<ResetResult>).observation);
}

export function stepFaults(space: BoxSpace, answer: unknown): Fault[] {
  if (typeof answer !== "object" || answer === null) {
    return [
      {
        code: "STEP",
        expected: "step() to return { observation, reward, terminated, truncated, info }",
        got: describe(answer),
        advice: "return such an object, or a promise of it",
      },
    ];
  }
  const tuple = tupleFault("step", "observation, reward, terminated, truncated, info", answer);
  if (tuple.length > 0) return tuple;
  const { observation, reward, terminated, truncated, done } = answer as Partial<StepResult> & {
    readonly done?: unknown;
  };
  if (done !== undefined && (terminated === undefined || truncated === undefined)) {
    return [
      ...observationFaults(space, observation),
      {
        code: "FLAG",
        expected: "terminated and truncated to be true or false",
        got: `done ${describe(done)} in their place`,
        advice:
          "return terminated: true where the task has ended, and truncated: true where only time has run out, whose future still counts",
      },
    ];
  }
  return [
    ...observationFaults(space, observation),
    ...rewardFaults(reward),
    ...flagFaults("terminated", terminated, "true means that the task has ended"),
    ...flagFaults("truncated", truncated, "true means that only the watching has ended"),
  ];
}

export function rewardFaults(reward: unknown): Fault[] {
  if (typeof reward !== "number") {
    const advice = "return a number as reward, 0 where there is none";
    return [{ code: "REWARD", expected: "the reward to be a number", got: describe(reward), advice }];
  }
  if (isFiniteReward(reward)) return [];
  return [
    {
      code: "REWARD",
      expected: "the reward to be a finite number in float32",
      got: String(reward),
      advice: Number.isFinite(reward)
        ? "scale rewards down: those of size 1 or so suit the default settings"
        : "look for a division by zero or a missing value in what makes the reward",
    },
  ];
}

export function observationFaults(space: BoxSpace, observation: unknown): Fault[] {
  if (!isNumbers(observation)) {
    return [
      {
        code: "OBSERVATION_TYPE",
        expected: "the observation to be an array of numbers",
        got: describe(observation),
        advice: "write Float32Array.of(…)",
      },
    ];
  }
  if (observation.length !== sizeOf(space)) {
    return [
      {
        code: "OBSERVATION_SIZE",
        expected: `an observation of ${sizeOf(space)} numbers for shape [${space.shape}]`,
        got: String(observation.length),
        advice: "correct the shape of observationSpace or the observation",
      },
    ];
  }
  const outside = firstOutside(space, observation, BOUND_TOLERANCE);
  if (outside >= 0) {
    const missing = Number.isNaN(observation[outside]);
    return [
      {
        code: missing ? "OBSERVATION_NAN" : "OBSERVATION_SPACE",
        expected: `observation[${outside}] to be a number from ${space.low[outside]} to ${space.high[outside]}`,
        got: String(observation[outside]),
        advice: missing
          ? "look for a division by zero or a missing value"
          : "correct the env or widen the bounds of its observationSpace, ±Infinity if there are none",
      },
    ];
  }
  const infinite = firstNotFinite(observation);
  if (infinite < 0) return [];
  return [
    {
      code: "OBSERVATION_INFINITE",
      expected: `observation[${infinite}] to be a finite number in float32`,
      got: String(observation[infinite]),
      advice: "look for a division by zero or a value without bounds",
    },
  ];
}

function flagFaults(name: string, flag: unknown, meaning: string): Fault[] {
  if (typeof flag === "boolean") return [];
  return [{ code: "FLAG", expected: `${name} to be true or false`, got: describe(flag), advice: meaning }];
}

/** Plain arrays pass, though they are slower. */
function isNumbers(value: unknown): value is Float32Array | Float64Array {
  if (value instanceof Float32Array || value instanceof Float64Array) return true;
  return Array.isArray(value) && value.every((x) => typeof x === "number");
}
