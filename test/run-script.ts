// Runs a TypeScript file in a Node process of its own and gives what it printed, as JSON.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const loader = import.meta.resolve("tsx");

export async function runScript(path: string, flags: readonly string[] = []): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--import", loader, path]);
  return JSON.parse(stdout);
}
