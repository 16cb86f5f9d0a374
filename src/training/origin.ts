// Whose run is it? A run of an environment that is code (a module, or one that Python imports) names that code, and whoever
// evaluates the run or goes on with it executes it. A run made here by this user says so with a seal that nobody else can
// make: a hash of the environment's name and place under a key that never leaves the user's own files. A run from elsewhere,
// or one whose environment was changed, has none, and its code is run only where the user names it.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isModulePath } from "../envs/load-env.node.ts";
import { TemperedError } from "../errors.ts";
import { readPlainFile } from "../files/plain-file.node.ts";
import type { RunManifest } from "../runs/run-manifest.ts";

const KEY_BYTES = 32;

/** Whether an environment of that name is code that does not come with tempered or an installed Gymnasium. */
export function runsCode(env: string): boolean {
  return isModulePath(env) || /^gymnasium:.*:/s.test(env);
}

/** The seal of a run with that environment; undefined where it needs none, or no key can be kept. */
export function originOf(env: string): string | undefined {
  const key = runsCode(env) ? ownKey(true) : undefined;
  return key && sealOf(env, key).toString("hex");
}

/**
 * That a stored run's environment may be executed.
 * @param named the environment as the user has named it now, where they have
 * @throws TemperedError (RUN_ORIGIN) where it is code, was not named, and the run was not made here
 */
export function mustBeOwn(
  directory: string,
  { env, origin }: Pick<RunManifest, "env" | "origin">,
  named?: string,
): void {
  if (named !== undefined || !runsCode(env)) return;
  const key = origin === undefined ? undefined : ownKey(false);
  const given = Buffer.from(String(origin), "hex");
  const own = key && sealOf(env, key);
  if (own && given.length === own.length && timingSafeEqual(given, own)) return;
  throw new TemperedError(
    "RUN_ORIGIN",
    `Expected --env, because ${directory} was made elsewhere (by somebody else, on another machine, or from another ` +
      `directory) and its environment is code that would be run: ${JSON.stringify(env)}. Look at it; then name it: ` +
      `--env ${/^[\w@%+=:,./-]+$/.test(env) ? env : `'${env.replaceAll("'", "'\\''")}'`}`,
  );
}

/** Of the code's place: a file's own, and where Python looks for modules first. */
function sealOf(env: string, key: Uint8Array): Buffer {
  const place = env.startsWith("file:")
    ? fileURLToPath(env)
    : isModulePath(env)
      ? resolve(env)
      : `${resolve()}\n${env}`;
  return createHmac("sha256", key).update(place).digest();
}

function ownKey(make: boolean): Uint8Array | undefined {
  const state = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  const path = join(state, "tempered", "origin.key");
  try {
    const key = readPlainFile(path, KEY_BYTES);
    if (key.length === KEY_BYTES) return key;
  } catch {}
  if (!make) return undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, randomBytes(KEY_BYTES), { flag: "wx", mode: 0o600 });
    chmodSync(path, 0o600);
    return readPlainFile(path, KEY_BYTES);
  } catch {
    // No home to write to: such runs are then named anew each time.
    return undefined;
  }
}
