// Where an agent acts: an environment as people give it, made into what agents take. What few environments need is fetched
// where one does.

import { assertShape } from "../envs/check/playable.ts";
import type { AnySpace } from "../envs/composite-spaces.ts";
import type { Env } from "../envs/env.ts";
import { isVectorEnv, type VectorEnv } from "../envs/vector/vector-env.ts";
import { Guard } from "../envs/wrappers/guard.ts";

/** One environment, or several that step together, or the id of one that tempered brings. */
export type World = Env<AnySpace> | VectorEnv | string;

/** With observations that are numbers in a row. @throws EnvError (ENV_CHECK, ENV_UNKNOWN) */
export async function worldOf(given: World): Promise<Env | VectorEnv> {
  const world = typeof given === "string" ? (await import("../envs/registry.ts")).makeEnv(given) : given;
  await assertShape(world);
  if (world.observationSpace.kind === "box") return world as Env | VectorEnv;
  const { FlattenObservation } = await import("../envs/wrappers/flatten-observation.ts");
  return new FlattenObservation(world as Env<AnySpace>);
}

/** With its answers checked. */
export async function guarded(world: Env | VectorEnv): Promise<Env | VectorEnv> {
  if (!isVectorEnv(world)) return new Guard(world);
  const { GuardVector } = await import("../envs/wrappers/guard-vector.ts");
  return new GuardVector(world);
}
