// From the name on a command line to an env: an id, `gymnasium:ID` for the user's Python, or the path of an ES module
// whose default export makes an env. The module gets what it needs to build spaces and random streams as an argument,
// so that an env is one file that imports nothing and lies anywhere.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RandomStream } from "../random/index.ts";
import { answerSeconds } from "./answer-seconds.node.ts";
import { checkShape } from "./check/check-shape.ts";
import { Problems } from "./check/problems.ts";
import { dict, tuple } from "./composite-spaces.ts";
import { describe, describeWithPlace } from "./describe.ts";
import type { Env } from "./env.ts";
import { EnvError } from "./errors.ts";
import { GymnasiumEnv, GymnasiumVectorEnv } from "./gymnasium/index.ts";
import { type EnvOptions, makeEnv } from "./registry.ts";
import { box, discrete, multiBinary, multiDiscrete } from "./spaces.ts";
import { stateLike, stateOf } from "./stateful.ts";
import { SyncVectorEnv } from "./vector/sync-vector-env.ts";
import type { VectorEnv } from "./vector/vector-env.ts";
import { withRows } from "./wrappers/flatten-observation.ts";
import { TimeLimit } from "./wrappers/time-limit.ts";
import { within } from "./wrappers/timeout.ts";

/** What the maker in a module is given first: `export default function ({ box, RandomStream }, options) { … }`. */
export interface EnvTools {
  readonly box: typeof box;
  readonly discrete: typeof discrete;
  readonly multiDiscrete: typeof multiDiscrete;
  readonly multiBinary: typeof multiBinary;
  readonly dict: typeof dict;
  readonly tuple: typeof tuple;
  readonly RandomStream: typeof RandomStream;
  /** For an env with `state()` and `restore()`; see docs/environments.md. */
  readonly stateOf: typeof stateOf;
  readonly stateLike: typeof stateLike;
}

const tools: EnvTools = {
  box,
  discrete,
  multiDiscrete,
  multiBinary,
  dict,
  tuple,
  RandomStream,
  stateOf,
  stateLike,
};

const GYMNASIUM = "gymnasium:";
/** Nobody looks at the infos of an env that was named on a command line, and sending them takes time. */
const LEAN = { info: false };

/**
 * Makes the env of that name; each call makes another one.
 * @param options passed to the env of ours, to Gymnasium's bridge, or to what the module exports
 * @throws EnvError (ENV_UNKNOWN, ENV_OPTION, ENV_MODULE); GymnasiumError
 */
export async function loadEnv(name: string, options: EnvOptions = {}): Promise<Env> {
  const python = pythonOf(name);
  if (python !== undefined) return GymnasiumEnv.create(python, { ...LEAN, ...options });
  return isModulePath(name) ? loadEnvModule(name, options) : makeEnv(name, options);
}

/**
 * `count` envs of that name that step together, with NextStep autoreset: Python's in as many processes as there are
 * cores, all others one after the other here.
 * @throws as `loadEnv`
 */
export async function loadVectorEnv(
  name: string,
  count: number,
  options: EnvOptions = {},
): Promise<VectorEnv> {
  const python = pythonOf(name);
  if (python !== undefined) {
    return GymnasiumVectorEnv.create(python, { ...LEAN, ...options, environments: count });
  }
  const envs: Env[] = [];
  try {
    while (envs.length < count) envs.push(await loadEnv(name, options));
    return new SyncVectorEnv(envs);
  } catch (error) {
    for (const env of envs) await env.close?.();
    throw error;
  }
}

/** The id behind `gymnasium:`; undefined for any other name. */
function pythonOf(name: string): string | undefined {
  return name.startsWith(GYMNASIUM) ? name.slice(GYMNASIUM.length) : undefined;
}

/** Whether a name means a file: it begins as a path or ends as a module. */
export function isModulePath(name: string): boolean {
  return /^(\.{0,2}[/\\]|[A-Za-z]:[/\\]|file:)/.test(name) || /\.(js|mjs|ts|mts)$/.test(name);
}

/**
 * Imports a module and makes its env. The default export is a function (async if it likes) or a class; it is called
 * with EnvTools and `options`. A number exported as `maxEpisodeSteps` puts the env into a TimeLimit, and
 * observations that are no box are flattened. The module and
 * what it exports may take TEMPERED_TIMEOUT seconds (60).
 * @throws EnvError (ENV_MODULE, ENV_TIMEOUT)
 */
export async function loadEnvModule(path: string, options: EnvOptions = {}): Promise<Env> {
  const exported = await importModule(path);
  const made = await make(path, exported.default, options);
  const problems = new Problems();
  checkShape(made, problems);
  if (problems.hasErrors) {
    const errors = problems.list().filter(({ severity }) => severity === "error");
    throw moduleError(
      path,
      `the default export to make an env, got one with these errors:\n${errors.map((e) => `- ${e.message}`).join("\n")}`,
    );
  }
  const env = withRows(made);
  const { maxEpisodeSteps } = exported;
  if (maxEpisodeSteps === undefined) return env;
  if (typeof maxEpisodeSteps !== "number") {
    throw moduleError(path, `maxEpisodeSteps to be a number, got ${describe(maxEpisodeSteps)}`);
  }
  return new TimeLimit(env, maxEpisodeSteps);
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  const url = path.startsWith("file:") ? new URL(path) : pathToFileURL(resolve(path));
  if (!existsSync(url)) {
    throw moduleError(
      path,
      `an ES module, got no file at ${url.pathname}; check the path and the current directory`,
    );
  }
  try {
    return await within(import(url.href), answerSeconds(), () => `the import of ${path}`);
  } catch (cause) {
    if (cause instanceof EnvError) throw cause;
    const hint = /\.m?ts$/.test(path)
      ? "; TypeScript needs a loader: node --import tsx, or compile it to JavaScript"
      : "";
    throw moduleError(path, `a module that can be imported, got ${describeWithPlace(cause)}${hint}`, cause);
  }
}

async function make(path: string, maker: unknown, options: EnvOptions): Promise<Env> {
  if (typeof maker !== "function") {
    throw moduleError(
      path,
      `a default export that makes an env (a function or a class), got ${describe(maker)}; write "export default function () { return … }"`,
    );
  }
  try {
    const made = isClass(maker) ? Reflect.construct(maker, [tools, options]) : maker(tools, options);
    return await within(Promise.resolve(made), answerSeconds(), () => `the default export of ${path}`);
  } catch (cause) {
    if (cause instanceof EnvError) throw cause;
    throw moduleError(
      path,
      `the default export to make an env, got the exception: ${describeWithPlace(cause)}`,
      cause,
    );
  }
}

function isClass(maker: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(maker));
}

function moduleError(path: string, expectedAndGot: string, cause?: unknown): EnvError {
  return new EnvError("ENV_MODULE", `${path}: expected ${expectedAndGot}`, { cause });
}
