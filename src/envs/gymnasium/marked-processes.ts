// Processes that an environment has started in a session of their own are in no group of ours, and those whose parent is gone
// are nobody's children. They have inherited a mark in their environment's variables, by which Linux shows them.

import { readdirSync, readFileSync } from "node:fs";

export const MARK = "TEMPERED_BRIDGE";

/** Kills every process of this user that bears the mark; where there is no /proc, none. */
export function killMarked(mark: string): void {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return;
  }
  const needle = `${MARK}=${mark}\0`;
  for (const name of names) {
    if (Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, "latin1").includes(needle))
        process.kill(Number(name), "SIGKILL");
    } catch {
      // Another user's, or gone meanwhile.
    }
  }
}
