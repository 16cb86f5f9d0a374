// The MuJoCo tasks, by Gymnasium's ids.

import { ant } from "./ant.ts";
import { halfCheetah } from "./half-cheetah.ts";
import { hopper } from "./hopper.ts";
import { humanoid } from "./humanoid.ts";
import { invertedDoublePendulum } from "./inverted-double-pendulum.ts";
import { invertedPendulum } from "./inverted-pendulum.ts";
import type { Task } from "./task.ts";
import { walker2d } from "./walker2d.ts";

/** The MuJoCo tasks by their Gymnasium ids. */
export const mujocoTasks: readonly Task[] = [
  ant,
  halfCheetah,
  hopper,
  humanoid,
  invertedDoublePendulum,
  invertedPendulum,
  walker2d,
];
