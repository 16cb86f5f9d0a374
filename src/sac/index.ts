// The algorithm's parts, for people who build on them: the update as a graph, networks, the temperature.

export { type AdamPowers, type AdamState, adam, adamStep, initialPowers, nextPowers } from "./adam.ts";
export { forward, forwardRow, type LayerValues, type MlpLayout, type MlpSpec, mlpLayout } from "./network.ts";
export * as temperature from "./temperature.ts";
export { sacUpdate, standardParts, type UpdateParts, type UpdateSpec } from "./update.ts";
