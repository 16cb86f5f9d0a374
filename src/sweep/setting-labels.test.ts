import { describe, expect, it } from "vitest";
import { settingLabels } from "./setting-labels.ts";

const labelled = (...settings: string[]) => {
  const { head, of } = settingLabels(settings);
  return [head, ...settings.map(of)];
};

describe("labels of settings", () => {
  it.each([
    [
      ["targetEntropy=-1 alphaLearningRate=0.0003", "targetEntropy=-2 alphaLearningRate=0.3"],
      ["targetEntropy · alphaLearningRate", "-1 · 0.0003", "-2 · 0.3"],
    ],
    [
      ["0 to −d gamma=0.9", "−d gamma=0.99"],
      ["setting · gamma", "0 to −d · 0.9", "−d · 0.99"],
    ],
    [["targetEntropy=linear:0→-1/1000"], ["targetEntropy", "linear:0→-1/1000"]],
    [
      ["slow", "targetEntropy=-2"],
      ["setting", "slow", "targetEntropy=-2"],
    ],
    [
      ["gamma=0.9", "gamma=0.9 tau=0.1"],
      ["setting", "gamma=0.9", "gamma=0.9 tau=0.1"],
    ],
    [["defaults"], ["setting", "defaults"]],
    [[], ["setting"]],
  ])("%j: %j", (settings, expected) => {
    expect(labelled(...settings)).toEqual(expected);
  });
});
