// Where a run goes that was given no directory: runs/ENV-seedS-TIME, with the time in UTC.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { isModulePath } from "../envs/load-env.node.ts";

/** A path that nothing has yet. @param folder the runs are gathered there */
export function freeRunPath(env: string, seed: number, now: Date, folder = "runs"): string {
  const name = isModulePath(env) ? basename(env).replace(/\.\w+$/, "") : env.replaceAll(/[^\w.-]+/g, "-");
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const path = join(folder, `${name}-seed${seed}-${time}`);
  let free = path;
  for (let n = 2; existsSync(free); n++) free = `${path}-${n}`;
  return free;
}
