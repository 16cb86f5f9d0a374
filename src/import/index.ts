// Agents that other programs have trained.

export { importStableBaselines3 } from "./stable-baselines3.ts";
export { importStateDict } from "./state-dict.ts";
export { readTorchArchive, type TorchTensor, type TorchValue, unzipped } from "./torch-archive.ts";
