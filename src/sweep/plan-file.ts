// The plan in the study's directory, for those who look at its runs while it goes on: the watch page, your programs.

import { join } from "node:path";
import type { StudyPlan } from "../curves/study-protocol.ts";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import type { Plan } from "./plan.ts";

export function writePlan(out: string, { name, version, runs }: Plan): void {
  const plan: StudyPlan = {
    format: "tempered-plan/1",
    name,
    version,
    runs: runs.map(({ id, env, setting, seed, config }) => ({ id, env, setting, seed, steps: config.steps })),
  };
  writeFileAtomically(join(out, "plan.json"), `${JSON.stringify(plan, undefined, 1)}\n`);
}
