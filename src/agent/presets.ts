// Variants of SAC by name, each the settings that its paper changes; whatever is set beside a preset wins. In a program:
// `SAC.create(env, { ...presets.redq, seed: 1 })`.

import type { Hyperparameters } from "./options.ts";

/** Twenty updates of the critics a step and one of the actor. */
const often = { gradientSteps: 20, policyDelay: 20, actorValue: "mean" } as const;

/** Hyperparameters that belong together under a name, `redq` and `droq`. */
export const presets = {
  /** Haarnoja et al. 2018, arXiv 1812.05905: the defaults. */
  sac: {},
  /** Chen et al. 2021, arXiv 2101.05982: ten critics, of which the target takes the least of two drawn ones. */
  redq: { ...often, critics: 10, targetCritics: 2 },
  /** Hiraoka et al. 2022, arXiv 2110.02034: two critics with dropout and layer norm in place of REDQ's ten. */
  droq: { ...often, critics: 2, layerNorm: true, dropout: 0.01 },
} as const satisfies Readonly<Record<string, Partial<Hyperparameters>>>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as readonly PresetName[];
