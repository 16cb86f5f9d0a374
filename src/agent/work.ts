// How large an agent's update is, for an engine that is to choose its threads by it.

import type { Work } from "../engines/threads.ts";
import type { Env } from "../envs/env.ts";
import { sizeOf } from "../envs/spaces.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { actionScale } from "./action-scale.ts";
import type { Hyperparameters } from "./hyperparameters.ts";

/** @throws TemperedError where the environment's actions are of no kind that an agent has */
export function workIn(
  env: Env | VectorEnv,
  hyperparameters: Pick<Hyperparameters, "batchSize" | "hidden" | "criticHidden" | "residual">,
): Work {
  return {
    ...hyperparameters,
    observationSize: sizeOf(env.observationSpace),
    actionSize: actionScale(env.actionSpace).size,
  };
}
