// The algorithm's parts, for people who build on them: the update as a graph, networks, the temperature.

export type { AdamStep } from "./adam.ts";
export { adam, adamStep, type BetaPowers, initialBetaPowers, nextBetaPowers } from "./adam.ts";
export type { BatchNormalizer, StatisticsPlace } from "./batch-renorm.ts";
export { type InitialWeights, initialWeights } from "./initial-weights.ts";
export { type LayerSpec, layerNorm, linear, type MlpLayers, mlp, type NetworkSpec, relu } from "./layers.ts";
export { standardParts, type UpdateParts } from "./losses.ts";
export { type Network, network, type Use } from "./network.ts";
export { type NetworksSpec, type SacNetworks, sacNetworks } from "./networks.ts";
export type { LayerValues, PackedLayer, PackedRows } from "./packing.ts";
export type { Gaussian, LogProb } from "./policy.ts";
export { type PolicyHead, type Sample, squashedGaussian } from "./policy.ts";
export * as temperature from "./temperature.ts";
export { sacUpdate, type UpdateSpec } from "./update.ts";
