// Everything an agent has learned, as plain data: a manifest that survives JSON, and named tensors. Weights are in
// torch.nn.Linear's layout under names such as `actor.0.weight`; the optimiser's moments stand beside them as
// `actor.0.weight.moment1` and `.moment2` (as Adam here keeps them, see sac/adam.ts). The replay buffer is left out.

import { TemperedError } from "../errors.ts";
import type { RandomState } from "../random/index.ts";
import type { AdamPowers } from "../sac/adam.ts";
import type { LayerValues, MlpLayout } from "../sac/network.ts";
import type {
  TargetEntropySchedule,
  TemperatureOptions,
  TemperatureSettings,
  TemperatureState,
} from "../sac/temperature.ts";
import { momentNames } from "../sac/update.ts";
import type { Agent } from "./agent.ts";
import type { Hyperparameters } from "./options.ts";
import type { RunningStatisticsState } from "./running-statistics.ts";
import type { StoredTensor } from "./safetensors.ts";

export const SNAPSHOT_FORMAT = "tempered-agent/1";

export interface SnapshotManifest {
  readonly format: typeof SNAPSHOT_FORMAT;
  /** Id of the environment it learned in. */
  readonly env: string;
  readonly seed: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly hyperparameters: Hyperparameters;
  /** Options that make the same temperature again; a target that was a function is kept as its latest value. */
  readonly temperature: TemperatureOptions;
  readonly steps: number;
  readonly updates: number;
  readonly temperatureState: TemperatureState;
  readonly adamPowers: AdamPowers;
  readonly random: readonly RandomState[];
  /** Of the observations, where the agent normalizes them. */
  readonly observationStatistics?: RunningStatisticsState;
}

export interface Snapshot {
  readonly manifest: SnapshotManifest;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export function takeSnapshot(agent: Agent): Snapshot {
  const { learner } = agent;
  const tensors = new Map<string, StoredTensor>();
  for (const { layout, suffix, states } of storedBlocks(agent)) {
    const layers = layout.unpack(states.map((name) => learner.program.readState(name)));
    layers.forEach(({ weight, bias }, i) => {
      const name = `${layout.spec.name}.${i}`;
      tensors.set(`${name}.weight${suffix}`, {
        shape: [bias.length, weight.length / bias.length],
        values: weight,
      });
      tensors.set(`${name}.bias${suffix}`, { shape: [bias.length], values: bias });
    });
  }
  const manifest: SnapshotManifest = {
    format: SNAPSHOT_FORMAT,
    env: agent.env.id,
    seed: agent.seed,
    observationSize: learner.layouts.actor.spec.inputSize,
    actionSize: agent.actionSize,
    hyperparameters: agent.hyperparameters,
    temperature: optionsOf(agent.temperature, agent.steps),
    steps: agent.steps,
    updates: learner.updates,
    temperatureState: learner.temperature,
    adamPowers: learner.powers,
    random: agent.randomStates(),
    ...(agent.normalizer && { observationStatistics: agent.normalizer.statistics.state() }),
  };
  return { manifest, tensors };
}

/**
 * Puts an agent made with the manifest's hyperparameters and temperature where the snapshot was taken.
 * @throws TemperedError (SNAPSHOT) where the snapshot does not fit the agent, or a tensor is missing
 */
export function restoreSnapshot(agent: Agent, { manifest, tensors }: Snapshot): void {
  const { learner } = agent;
  const { inputSize } = learner.layouts.actor.spec;
  if (manifest.observationSize !== inputSize || manifest.actionSize !== agent.actionSize) {
    throw new TemperedError(
      "SNAPSHOT",
      `Expected an environment with ${manifest.observationSize} observations and ${manifest.actionSize} action ` +
        `dimensions, as ${manifest.env} that the agent learned in, got ${inputSize} and ${agent.actionSize} in ${agent.env.id}`,
    );
  }
  const { observationStatistics: statistics } = manifest;
  if (agent.normalizer && statistics === undefined) {
    throw new TemperedError(
      "SNAPSHOT",
      "Expected observationStatistics in the saved agent, because it normalizes its observations, got none; save it again",
    );
  }
  for (const { layout, suffix, states } of storedBlocks(agent)) {
    const { inputSize, hidden, outputSize } = layout.spec;
    const widths = [inputSize, ...hidden, outputSize];
    const layers = widths.slice(1).map((outputs, i): LayerValues => {
      const read = (part: string, size: number) => {
        const name = `${layout.spec.name}.${i}.${part}${suffix}`;
        const tensor = tensors.get(name);
        if (tensor?.values.length === size) return tensor.values;
        throw new TemperedError(
          "SNAPSHOT",
          `Expected tensor "${name}" with ${size} values in the saved agent, got ${tensor?.values.length ?? "none"}`,
        );
      };
      return { weight: read("weight", outputs * widths[i]!), bias: read("bias", outputs) };
    });
    layout.pack(layers).forEach((values, i) => {
      learner.program.writeState(states[i]!, values);
    });
  }
  // A fixed α has no state; and JSON has no −∞ for the logarithm of a fixed 0.
  if (manifest.temperature.alpha === "auto") learner.temperature = manifest.temperatureState;
  learner.powers = manifest.adamPowers;
  learner.updates = manifest.updates;
  agent.steps = manifest.steps;
  agent.normalizer?.statistics.restore(statistics!);
  agent.restoreRandomStates(manifest.random);
}

/** Each network once for its weights, and the trained ones once more for either moment. */
function storedBlocks(agent: Agent): { layout: MlpLayout; suffix: string; states: string[] }[] {
  const { actor, critics, targets } = agent.learner.layouts;
  const weights = (layout: MlpLayout) => ({
    layout,
    suffix: "",
    states: layout.blocks.map(({ name }) => name),
  });
  const moments = (layout: MlpLayout) =>
    ([0, 1] as const).map((i) => ({
      layout,
      suffix: `.moment${i + 1}`,
      states: layout.blocks.map(({ name }) => momentNames(name)[i]),
    }));
  const trained = [actor, ...critics];
  return [...[...trained, ...targets].map(weights), ...trained.flatMap(moments)];
}

function optionsOf(settings: TemperatureSettings, steps: number): TemperatureOptions {
  const { alpha, targetEntropy, learningRate, initialAlpha, loss, min, max } = settings;
  const target: number | TargetEntropySchedule =
    typeof targetEntropy === "function" ? targetEntropy(steps) : targetEntropy;
  return {
    alpha,
    targetEntropy: target,
    learningRate,
    initialAlpha,
    loss,
    ...(min > 0 ? { min } : {}),
    ...(max < Infinity ? { max } : {}),
  };
}
