// What the tests of the bridge run on: a Python, with gymnasium where one is found, and ways to see processes end.

import { spawnSync } from "node:child_process";
import { bridgeSource } from "./bridge.generated.ts";

export const python = process.env.TEMPERED_PYTHON || "python3";

/** Whether `python` imports gymnasium; tests that need it are skipped where it does not, as on plain CI machines. */
export const hasGymnasium = spawnSync(python, ["-c", "import gymnasium"]).status === 0;

export const needsGymnasium = hasGymnasium
  ? "with gymnasium"
  : `SKIPPED: ${python} has no gymnasium; name one that has with TEMPERED_PYTHON`;

/** bridge.py with another `main`, so that real sockets and real Python are tested where numpy is missing. */
export function bridgeWithMain(main: string): string {
  const call = "\n    main()\n";
  if (!bridgeSource.endsWith(call)) throw new Error("bridge.py no longer ends with main()");
  return `${bridgeSource.slice(0, -call.length)}\n${main.replace(/^/gm, "    ")}\n`;
}

/** Resolves once no process with this id runs (one that nobody has collected yet counts as ended). */
export async function ended(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
    if (state === "" || state.startsWith("Z")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Process ${pid} still runs.`);
}
