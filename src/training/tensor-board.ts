// A TensorBoard event file for programs that call `learn` themselves:
//
//   await agent.learn({ totalTimesteps, log: tensorBoard("runs/mine") })

import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { MetricsRow } from "../agent/learn-options.ts";
import { encodeFileHeader, encodeScalars } from "../runs/tfevents/index.ts";

/**
 * A log that appends each row to a new event file in `directory`, which is made where it is missing. A row is written whole
 * before learning goes on.
 * @param clock milliseconds since 1970. Default `Date.now`
 */
export function tensorBoard(
  directory: string,
  clock: () => number = Date.now,
): (row: MetricsRow, step: number) => void {
  mkdirSync(directory, { recursive: true });
  const seconds = () => clock() / 1000;
  const name = `events.out.tfevents.${Math.floor(seconds())}.${hostname()}.${process.pid}.${files++}`;
  const file = join(directory, name);
  writeFileSync(file, encodeFileHeader(seconds()), { flag: "wx" });
  return (row, step) => appendFileSync(file, encodeScalars(step, seconds(), row));
}

/** Of this process: two of the same second are two files. */
let files = 0;
