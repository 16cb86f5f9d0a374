// MuJoCo itself: Google DeepMind's WebAssembly build from npm. It is an optional peer dependency, fetched when the
// first MuJoCo env is made.

import { MujocoError } from "./errors.ts";
import type { Mujoco } from "./mujoco-module.ts";

let loading: Promise<Mujoco> | undefined;

/**
 * The MuJoCo module, instantiated once a process like any other module: its heap (at most 2 GiB) is shared by all envs.
 * @throws MujocoError (ENV_MUJOCO_MISSING)
 */
export function loadMujoco(): Promise<Mujoco> {
  loading ??= instantiate(async () => {
    const { default: make } = await import("@mujoco/mujoco");
    // Its classes take only themselves, whose hundreds of members nobody here names.
    return { default: make as unknown as () => Promise<Mujoco> };
  });
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
