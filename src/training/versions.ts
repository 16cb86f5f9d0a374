// Versions of what takes part in a run, for run.json and --version.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Our own version. */
export function ownVersion(): string {
  return versionIn(packageFile());
}

/** Our package.json: the one above this file, wherever the build has put it. */
export function packageFile(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, "package.json");
}

/** @param engine as `Engine.name` */
export function versions(engine: string): Record<string, string> {
  const own = {
    tempered: ownVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  if (engine !== "onnxruntime") return own;
  const entry = createRequire(import.meta.url).resolve("onnxruntime-node");
  return { ...own, "onnxruntime-node": versionIn(join(dirname(dirname(entry)), "package.json")) };
}

function versionIn(packageFile: string): string {
  return JSON.parse(readFileSync(packageFile, "utf8")).version;
}
