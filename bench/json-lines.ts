// A program as a whole process that prints a JSON object a line.

import { spawnSync } from "node:child_process";
import { firstCores, heldTo } from "./contender.ts";

/** The JSON lines of a program held to as many cores as it has threads. @throws Error with the last line of its complaint */
export function lines(
  command: readonly string[],
  threads: number,
  environment: Record<string, string> = {},
): Record<string, unknown>[] {
  const [program, ...args] = [...heldTo(firstCores(threads)), ...command];
  const { status, stdout, stderr } = spawnSync(program!, args, {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1));
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
