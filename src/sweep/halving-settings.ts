// The table [halving] of a study's file.

import { nearestName } from "../text/nearest-name.ts";
import type { Halving } from "./halving.ts";

const KEYS = ["keep", "rungs"];

/**
 * @param steps of a run
 * @param complain told the key and what is wrong with it
 */
export function halvingOf(
  table: Readonly<Record<string, unknown>>,
  steps: number,
  complain: (key: string, message: string) => never,
): Halving {
  const unknown = Object.keys(table).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    return complain(unknown, `there is no "${unknown}" in [halving]; ${remedy(nearestName(unknown, KEYS))}`);
  const { keep = 0.5, rungs = 2 } = table;
  if (typeof keep !== "number" || !(keep > 0 && keep < 1))
    return complain(
      "keep",
      `keep: expected the share of the settings that goes on, above 0 and below 1, got ${JSON.stringify(keep)}`,
    );
  const at = typeof rungs === "number" ? spaced(rungs, keep, steps) : rungs;
  if (!isRising(at, steps))
    return complain(
      "rungs",
      `rungs: expected a number of them, or a list of rising environment steps below steps = ${steps}, ` +
        `got ${JSON.stringify(rungs)}`,
    );
  return { keep, rungs: at };
}

/** So that each rung costs about as many steps in all as the one before: the last at keep × steps. */
function spaced(count: number, keep: number, steps: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > 20) return [];
  const rungs: number[] = [];
  for (let at = keep * steps; rungs.length < count; at *= keep) rungs.unshift(Math.round(at));
  return rungs;
}

function isRising(rungs: unknown, steps: number): rungs is readonly number[] {
  return (
    Array.isArray(rungs) &&
    rungs.length > 0 &&
    rungs.every((rung, k) => Number.isInteger(rung) && rung > (rungs[k - 1] ?? 0) && rung < steps)
  );
}

function remedy(nearest: string | undefined): string {
  return nearest === undefined ? `there are ${KEYS.join(" and ")}` : `did you mean ${nearest}?`;
}
