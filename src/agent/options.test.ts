// The hyperparameters: Stable-Baselines3's defaults, and what is refused.

import { describe, expect, it } from "vitest";
import { HyperparameterError, type Hyperparameters, hyperparameters } from "./options.ts";

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
    learningRate: [0, -1, Number.NaN, Infinity, "3e-4"],
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
