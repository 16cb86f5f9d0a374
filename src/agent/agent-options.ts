// What an agent is made of, and the learner that follows from it.

import type { Engine } from "../engines/engine.ts";
import { RandomStream } from "../random/index.ts";
import { initialWeights } from "../sac/initial-weights.ts";
import type { UpdateParts } from "../sac/losses.ts";
import { sacNetworks } from "../sac/networks.ts";
import type { Temperature, TemperatureOptions } from "../sac/temperature.ts";
import type { ActionScale } from "./action-scale.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { Learner } from "./learner.ts";
import type { SacOptions } from "./options.ts";
import { updateSpec } from "./update-spec.ts";

/** What an agent runs on: engine, threads, seed. */
export interface RunningOptions {
  /** Runs the updates. */
  readonly engine: Engine;
  /** Whether disposing the agent disposes the engine too. Default false. */
  readonly ownsEngine?: boolean;
  /** Replaced parts of the update: see `src/faults`. */
  readonly parts?: UpdateParts;
}

/** What an agent is made of beside its hyperparameters. */
export interface AgentOptions extends Omit<SacOptions, "temperature">, RunningOptions {
  /** Settings, or a temperature of your own, which the agent then only hands entropies to. */
  readonly temperature?: TemperatureOptions | Temperature;
}

/** A learner with fresh weights, by the seed, for an environment of these sizes. */
export function createLearner({
  engine,
  settings,
  temperature,
  observationSize,
  scale,
  seed,
  parts,
}: {
  readonly engine: Engine;
  readonly settings: Hyperparameters;
  readonly temperature: Temperature;
  readonly observationSize: number;
  readonly scale: Pick<ActionScale, "size" | "choices">;
  readonly seed: number;
  readonly parts?: UpdateParts | undefined;
}): Promise<Learner> {
  const spec = updateSpec(settings, { observationSize, actionSize: scale.size, choices: scale.choices });
  return Learner.create({
    ...settings,
    engine,
    spec,
    temperature,
    weights: initialWeights(sacNetworks(spec), new RandomStream(seed, "initial weights")),
    ...(parts && { parts }),
  });
}
