// The command line for tests that run it as a process of its own: built once, without types, in a folder that goes when the
// tests are over. It starts in a third of the time that its sources take, and is what users run.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("..", import.meta.url));

export default async function setup(): Promise<(() => void) | undefined> {
  // Another project of the same vitest has done it.
  if (process.env.TEMPERED_PROGRAM) return undefined;
  const folder = join(root, `.program-${process.pid}`);
  await build({ cwd: root, outDir: folder, dts: false, logLevel: "error" });
  process.env.TEMPERED_PROGRAM = join(folder, "cli", "main.js");
  return () => rmSync(folder, { recursive: true, force: true });
}
