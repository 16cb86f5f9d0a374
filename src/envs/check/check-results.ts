// Whether what reset and step return is what an agent can learn from.

import { type Fault, resetFaults, stepFaults } from "../answers.ts";
import { describe } from "../describe.ts";
import type { Env, ResetResult, StepResult } from "../env.ts";
import { isRecord, type Problems } from "./problems.ts";

export function checkReset(env: Env, result: ResetResult, problems: Problems): void {
  report(resetFaults(env.observationSpace, result), "from reset()", problems);
  checkInfo(result, "reset()", problems);
}

export function checkStep(env: Env, result: StepResult, step: number, problems: Problems): void {
  report(stepFaults(env.observationSpace, result), `at step ${step}`, problems);
  checkInfo(result, `step ${step}`, problems);
}

function report(faults: readonly Fault[], where: string, problems: Problems): void {
  for (const { code, expected, got, advice } of faults) {
    problems.error(code, `Expected ${expected}, got ${got} ${where}; ${advice}`);
  }
}

function checkInfo(result: ResetResult, where: string, problems: Problems): void {
  if (!isRecord(result) || isRecord(result.info)) return;
  problems.warning(
    "INFO",
    `Expected info to be an object, got ${describe(result.info)} from ${where}; return {} if there is nothing to say`,
  );
}
