// Where the module of a run's environment is: as it was named, which is often relative to where it was trained from, and, for
// whoever looks at the run from elsewhere, as a path from the root and one from the run's own directory.

import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isModulePath } from "../envs/load-env.node.ts";
import type { RunManifest } from "../runs/run-manifest.ts";

/** What run.json keeps of a module. */
export type ModulePlace = NonNullable<RunManifest["module"]>;

/** The place of an environment that is a module, as seen from the current directory; undefined for others. */
export function placeOfModule(env: string, run: string): ModulePlace | undefined {
  if (!isModulePath(env)) return undefined;
  const absolute = env.startsWith("file:") ? fileURLToPath(env) : resolve(env);
  return { name: env, absolute, relative: relative(resolve(run), absolute) };
}

/**
 * The name under which a stored run's environment is found from here: its module's path where it lies where it did, or where
 * it lies now if run and module were moved together; else as the run names it.
 */
export function environmentOf(
  directory: string,
  { env, module }: Pick<RunManifest, "env" | "module">,
): string {
  if (module?.name !== env) return env;
  return [module.absolute, join(resolve(directory), module.relative)].find(existsSync) ?? env;
}
