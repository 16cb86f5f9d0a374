// Adam in its two-scalar form against the formula of the paper and PyTorch, written out with m, v and bias corrections.

import { expect, it } from "vitest";
import { defineGraph, evaluate, input, state } from "../graph/index.ts";
import {
  adam,
  adamStep,
  BETA_1,
  BETA_2,
  type BetaPowers,
  EPSILON,
  initialBetaPowers,
  nextBetaPowers,
} from "./adam.ts";

const gradients = [0.3, -2, 1e-6, 0, 5, -5, 0.01, 100, -0.2, 1e-9];

it("follows p ← p − lr · m̂ / (√v̂ + ε) step for step", () => {
  const lr = 0.01;
  let [p, m, v] = [0.5, 0, 0];
  let powers: BetaPowers = initialBetaPowers;
  const graph = defineGraph({
    outputs: {},
    updates: (() => {
      const old = { parameter: state("p", []), moment1: state("m", []), moment2: state("v", []) };
      const renewed = adam(old, input("g", []), {
        stepSize: input("size", []),
        epsilon: input("epsilon", []),
      });
      return { p: renewed.parameter, m: renewed.moment1, v: renewed.moment2 };
    })(),
  });
  let held: Record<string, ArrayLike<number>> = { p: [0.5], m: [0], v: [0] };
  gradients.forEach((g, i) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    p -= (lr * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    powers = nextBetaPowers(powers);
    const { size, epsilon } = adamStep(lr, powers);
    held = evaluate(graph, { inputs: { g: [g], size: [size], epsilon: [epsilon] }, state: held }).updates;
    expect(held.p![0]).toBeCloseTo(p, 12);
    expect(held.m![0]! * (1 - BETA_1)).toBeCloseTo(m, 12);
    expect(held.v![0]! * (1 - BETA_2)).toBeCloseTo(v, 9);
  });
});

it("moves by the learning rate in the first step and in the limit", () => {
  let powers = nextBetaPowers(initialBetaPowers);
  // M = g, V = g²: size · g / (|g| + ε) = lr.
  expect(adamStep(3e-4, powers).size).toBeCloseTo(3e-4, 15);
  expect(adamStep(3e-4, powers).epsilon).toBeCloseTo(EPSILON, 18);
  for (let i = 0; i < 200_000; i++) powers = nextBetaPowers(powers);
  // M = 10 g, √V = √1000 |g|: size = lr · 0.1 · √1000.
  expect(adamStep(3e-4, powers).size).toBeCloseTo(3e-4 * 0.1 * Math.sqrt(1000), 12);
});
