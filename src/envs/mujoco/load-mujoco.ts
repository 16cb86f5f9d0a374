// MuJoCo itself: Google DeepMind's WebAssembly build from npm. It is an optional peer dependency, fetched when the
// first MuJoCo env is made.

import type { MainModule } from "@mujoco/mujoco";
import { MujocoError } from "./errors.ts";

export type Mujoco = MainModule;

let loading: Promise<Mujoco> | undefined;

/**
 * The MuJoCo module, instantiated once a process like any other module: its heap (at most 2 GiB) is shared by all envs.
 * @throws MujocoError (ENV_MUJOCO_MISSING)
 */
export function loadMujoco(): Promise<Mujoco> {
  loading ??= instantiate(() => import("@mujoco/mujoco"));
  return loading;
}

/** @param importPackage how the package is imported */
export async function instantiate(
  importPackage: () => Promise<{ default: () => Promise<Mujoco> }>,
): Promise<Mujoco> {
  let factory: () => Promise<Mujoco>;
  try {
    factory = (await importPackage()).default;
  } catch (cause) {
    throw new MujocoError(
      "ENV_MUJOCO_MISSING",
      "Expected the package @mujoco/mujoco, which runs the physics of MuJoCo envs, but it could not be loaded. " +
        "Install it: npm install @mujoco/mujoco",
      { cause },
    );
  }
  return factory();
}
