// What a preset makes of a run's settings.

import { expect, it } from "vitest";
import { presets } from "../agent/presets.ts";
import { trainConfig } from "./settings.ts";

it("sets hyperparameters and the temperature's settings by a run's names", () => {
  expect(trainConfig({ env: "CartPole-v1", preset: "discrete" })).toMatchObject({
    hidden: [64, 64],
    batchSize: 64,
    learningRate: 1e-3,
    normalizeObservation: true,
    alphaLearningRate: 1e-3,
    initialAlpha: 0.2,
  });
  expect(trainConfig({ env: "Hopper-v5", preset: "redq" })).toMatchObject({
    critics: 10,
    alphaLearningRate: 3e-4,
    initialAlpha: 1,
  });
});

it("gives way to what is set beside it", () => {
  const config = trainConfig({ env: "CartPole-v1", preset: "discrete", initialAlpha: 1, hidden: [32] });
  expect(config).toMatchObject({ hidden: [32], initialAlpha: 1, alphaLearningRate: 1e-3 });
});

it("says which there are where there is none of that name", () => {
  const name = Object.keys(presets)[1]!;
  expect(() => trainConfig({ env: "CartPole-v1", preset: "rainbow" as never })).toThrow(`"${name}"`);
});
