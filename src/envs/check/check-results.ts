// Whether what reset and step return is what an agent can learn from.

import type { Env, ResetResult, StepResult } from "../env.ts";
import { firstNotFinite, firstOutside, sizeOf } from "../spaces.ts";
import { BOUND_TOLERANCE } from "../wrappers/guard.ts";
import { describe, isRecord, type Problems } from "./problems.ts";

export function checkReset(env: Env, result: ResetResult, problems: Problems): void {
  if (!isRecord(result)) {
    problems.error("RESET", `Expected reset() to return { observation, info }, got ${describe(result)}`);
    return;
  }
  checkObservation(env, "reset()", result, problems);
}

export function checkStep(env: Env, result: StepResult, step: number, problems: Problems): void {
  const where = `step ${step}`;
  if (!isRecord(result)) {
    problems.error(
      "STEP",
      `Expected step() to return { observation, reward, terminated, truncated, info }, got ${describe(result)} at ${where}`,
    );
    return;
  }
  checkObservation(env, where, result, problems);
  if (typeof result.reward !== "number" || !Number.isFinite(result.reward)) {
    problems.error(
      "REWARD",
      `Expected the reward to be a finite number, got ${describe(result.reward)} at ${where}; look for a division by zero or a missing value`,
    );
  }
  for (const name of ["terminated", "truncated"] as const) {
    if (typeof result[name] !== "boolean") {
      problems.error(
        "FLAG",
        `Expected ${name} to be true or false, got ${describe(result[name])} at ${where}; ${name === "terminated" ? "true means that the task has ended" : "true means that only the watching has ended"}`,
      );
    }
  }
}

function checkObservation(
  env: Env,
  where: string,
  { observation, info }: ResetResult,
  problems: Problems,
): void {
  const space = env.observationSpace;
  if (!(observation instanceof Float32Array || observation instanceof Float64Array)) {
    problems.error(
      "OBSERVATION_TYPE",
      `Expected the observation to be a Float32Array or Float64Array, got ${describe(observation)} from ${where}; write Float32Array.of(…)`,
    );
    return;
  }
  if (observation.length !== sizeOf(space)) {
    problems.error(
      "OBSERVATION_SIZE",
      `Expected an observation of ${sizeOf(space)} numbers for shape [${space.shape}], got ${observation.length} from ${where}; correct the shape or the observation`,
    );
    return;
  }
  const i = firstOutside(space, observation, BOUND_TOLERANCE);
  if (i >= 0) {
    problems.error(
      Number.isNaN(observation[i]) ? "OBSERVATION_NAN" : "OBSERVATION_SPACE",
      `Expected observation[${i}] to be a number from ${space.low[i]} to ${space.high[i]}, got ${observation[i]} from ${where}; ${Number.isNaN(observation[i]) ? "look for a division by zero or a missing value" : "widen the bounds of observationSpace, ±Infinity if there are none"}`,
    );
  }
  const j = i >= 0 ? -1 : firstNotFinite(observation);
  if (j >= 0) {
    problems.error(
      "OBSERVATION_INFINITE",
      `Expected observation[${j}] to be a finite number in float32, got ${observation[j]} from ${where}; look for a division by zero or a value without bounds`,
    );
  }
  if (!isRecord(info)) {
    problems.warning(
      "INFO",
      `Expected info to be an object, got ${describe(info)} from ${where}; return {} if there is nothing to say`,
    );
  }
}
