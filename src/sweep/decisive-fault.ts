// Whether a run that goes on is broken beyond doubt, so that the rest of its steps would be wasted. A warning is none, and
// neither is an error of which the doctor is not sure.

import { diagnose, type FindingId } from "../doctor/index.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";

const SURE = 0.9;

/** @param path of the run's directory @returns the first error that is as good as certain */
export async function decisiveFault(path: string): Promise<FindingId | undefined> {
  const { series } = await readPaths([path]);
  const log = series.find(({ columns }) => columns.alpha);
  if (!log) return undefined;
  return diagnose(log, log.declared).findings.find(
    ({ severity, confidence }) => severity === "error" && confidence >= SURE,
  )?.id;
}
