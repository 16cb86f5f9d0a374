// What can go wrong with MuJoCo envs beside what can with any env.

import { EnvError } from "../errors.ts";

/**
 * - `ENV_MUJOCO_MISSING`: the optional package @mujoco/mujoco could not be loaded.
 * - `ENV_CLOSED`: a call came after `close`.
 */
export class MujocoError extends EnvError {}
