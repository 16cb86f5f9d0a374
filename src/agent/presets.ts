// Variants of SAC by name, each the settings that its paper, or our own measurements, change; whatever is set beside a preset
// wins. In a program: `SAC.create(env, { ...presets.redq, seed: 1 })`. A preset with a `temperature` needs it spread too where one
// is given beside it.

import type { SacOptions } from "./options.ts";

/** Twenty updates of the critics a step and one of the actor. */
const often = { gradientSteps: 20, policyDelay: 20, actorValue: "mean" } as const;

/** Hyperparameters that belong together under a name. */
export const presets = {
  /** Haarnoja et al. 2018, arXiv 1812.05905: the defaults. */
  sac: {},
  /** Chen et al. 2021, arXiv 2101.05982: ten critics, of which the target takes the least of two drawn ones. */
  redq: { ...often, critics: 10, targetCritics: 2 },
  /** Hiraoka et al. 2022, arXiv 2110.02034: two critics with dropout and layer norm in place of REDQ's ten. */
  droq: { ...often, critics: 2, layerNorm: true, dropout: 0.01 },
  /** Kuznetsov et al. 2020, arXiv 2005.04269: 25 quantiles a critic, of whose mixture the target drops the greatest 4. */
  tqc: { quantiles: 25, droppedQuantiles: 2, actorValue: "mean" },
  /**
   * Bhatt et al. 2024, arXiv 1902.05605: batch renorm, critics that are their own targets, and wide. The paper has 2,048 units
   * a layer; SBX and these have 1,024, a quarter of the work.
   */
  crossq: {
    batchRenorm: true,
    criticHidden: [1024, 1024],
    beta1: 0.5,
    policyDelay: 3,
    learningRate: 1e-3,
    temperature: { learningRate: 1e-3 },
  },
  /**
   * Lee et al. 2025, arXiv 2410.09754: normalized observations, residual blocks with layer norm, a wide critic and a small actor,
   * weights that decay, two updates a step. The paper has blocks of 512 in the critic; these are of 256, a quarter of the work.
   */
  simba: {
    residual: true,
    hidden: [128],
    criticHidden: [256, 256],
    normalizeObservation: true,
    weightDecay: 1e-2,
    learningRate: 1e-4,
    gradientSteps: 2,
    temperature: { learningRate: 1e-4, initialAlpha: 0.01, targetEntropyPerDimension: -0.5 },
  },
  /**
   * For small tasks with discrete actions, as bench/discrete-learning.ts measured: small networks and batches, fast critics of
   * which one is drawn for the target, and an α that is down to work within a few thousand updates.
   */
  discrete: {
    hidden: [64, 64],
    batchSize: 64,
    learningRate: 1e-3,
    tau: 0.02,
    targetCritics: 1,
    actorValue: "mean",
    layerNorm: true,
    normalizeObservation: true,
    temperature: { learningRate: 1e-3, initialAlpha: 0.2 },
  },
} as const satisfies Readonly<Record<string, SacOptions>>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as readonly PresetName[];
