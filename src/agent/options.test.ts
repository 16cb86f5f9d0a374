// The hyperparameters: Stable-Baselines3's defaults, and what is refused.

import { describe, expect, it } from "vitest";
import type { Hyperparameters } from "./hyperparameters.ts";
import { HyperparameterError, hyperparameters } from "./options.ts";

it("the defaults are Stable-Baselines3's, and what it has not is off", () => {
  expect(hyperparameters({})).toMatchObject({
    learningRate: 3e-4,
    bufferSize: 1_000_000,
    learningStarts: 100,
    batchSize: 256,
    tau: 0.005,
    gamma: 0.99,
    trainFreq: 1,
    gradientSteps: 1,
    hidden: [256, 256],
    normalizeObservation: false,
    overlapActing: false,
  });
});

describe("a hyperparameter that cannot work is refused", () => {
  const wrong: { [name in keyof Hyperparameters]?: unknown[] } = {
    learningRate: [
      ...[0, -1, Number.NaN, Infinity, "3e-4", { shape: "linear" }],
      { shape: "linear", start: 0, end: 0, steps: 10 },
      { shape: "linear", start: 1e-3, end: -1e-4, steps: 10 },
      { shape: "step", start: 1e-3, end: 0, steps: 10 },
    ],
    bufferSize: [0, 1.5, Number.NaN],
    learningStarts: [-1, 0.5],
    batchSize: [0, -256],
    tau: [0, 1.1, Number.NaN],
    gamma: [-0.1, 1.01, Number.NaN],
    trainFreq: [0, 2.5],
    gradientSteps: [0, -2, 1.5],
    hidden: [[], [0], [256, 1.5], 256],
    normalizeObservation: ["yes", 1],
    overlapActing: [0, null],
  };
  const cases = Object.entries(wrong).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  it.each(cases)("%s %j", (name, value) => {
    const make = () => hyperparameters({ [name]: value });
    expect(make).toThrow(HyperparameterError);
    expect(make).toThrow(
      new RegExp(`^Expected ${name} to be .*, got .* \\(${typeof value}\\); the default is `),
    );
  });
});

it("what is at the edge, or undefined, is not", () => {
  const edge = { tau: 1, gamma: 0, learningStarts: 0, gradientSteps: -1, hidden: [1] };
  expect(hyperparameters(edge)).toMatchObject(edge);
  expect(hyperparameters({ tau: undefined } as unknown as Partial<Hyperparameters>).tau).toBe(0.005);
});

it("residual blocks of unlike widths are refused", () => {
  expect(() => hyperparameters({ residual: true, hidden: [64], criticHidden: [128, 256] })).toThrow(
    "Expected residual blocks of one width in criticHidden, got 128,256",
  );
});
