// Every mistake of the rule book that a SAC program can make, as the replacement of one pure function of the update
// or one setting. Tests train with them to prove the doctor; the lab lets people watch them. `expected` is what the
// doctor should say first.

import { add, mean, minimum, multiply, negate, square, subtract } from "../graph/index.ts";
import type { UpdateParts } from "../sac/losses.ts";
import { logProb, sumActions } from "../sac/policy.ts";
import type { FaultyTemperature } from "./temperature.ts";

const LOG_SQRT_2_PI = 0.9189385332046727;

/** What to change in a run. Functions take the number of action dimensions. */
export interface Faulty {
  readonly parts?: Partial<UpdateParts>;
  readonly targetEntropy?: (d: number) => number;
  readonly temperature?: (d: number) => Partial<FaultyTemperature>;
  readonly alphaLearningRateFactor?: number;
  /** Added to the entropy that the temperature sees and the log shows: Σ log(half-range) of environment units. */
  readonly entropyOffset?: (d: number) => number;
  readonly rewardScale?: number;
}

export interface Fault extends Faulty {
  readonly name: string;
  /** Ids of the rule book that count as the right cause; empty for a healthy run. */
  readonly expected: readonly string[];
}

export const faults: readonly Fault[] = [
  { name: "healthy", expected: [] },
  { name: "sign", expected: ["sign-inverted"], temperature: () => ({ sign: -1 }) },
  { name: "sign-midway", expected: ["sign-inverted"], temperature: () => ({ sign: -1, signFrom: 0.4 }) },
  { name: "target-sign", expected: ["target-unreachable"], targetEntropy: (d) => d },
  { name: "target-times-10", expected: ["target-too-low"], targetEntropy: (d) => -10 * d },
  { name: "target-near-maximum", expected: ["target-too-high"], targetEntropy: (d) => 0.64 * d },
  {
    name: "alpha-lr-times-100",
    expected: ["alpha-lr-too-high", "oscillating"],
    alphaLearningRateFactor: 100,
  },
  { name: "alpha-lr-times-1e-4", expected: ["alpha-lr-too-low"], alphaLearningRateFactor: 1e-4 },
  {
    name: "no-tanh-correction",
    expected: ["log-prob-uncorrected"],
    parts: {
      logProb: ({ logStd }, noise) =>
        sumActions(subtract(multiply(square(noise), -0.5), add(logStd, LOG_SQRT_2_PI))),
    },
  },
  {
    name: "mean-over-dimensions",
    expected: ["log-prob-averaged"],
    parts: {
      logProb: (gaussian, noise, preTanh) => multiply(logProb(gaussian, noise, preTanh), 1 / noise.shape[1]!),
    },
  },
  { name: "stale-optimiser", expected: ["alpha-frozen"], temperature: () => ({ freezeAt: 0.37 }) },
  { name: "alpha-reset", expected: ["alpha-reset"], temperature: () => ({ resetAt: 0.55 }) },
  { name: "clamp-too-tight", expected: ["alpha-at-bound"], temperature: () => ({ alphaMin: 0.5 }) },
  { name: "raw-alpha", expected: ["alpha-negative"], temperature: () => ({ raw: true }) },
  { name: "reward-times-1000", expected: ["reward-scale-large"], rewardScale: 1000 },
  {
    name: "initial-alpha-50",
    expected: ["initial-alpha-too-high"],
    temperature: () => ({ initialAlpha: 50 }),
    alphaLearningRateFactor: 0.1,
  },
  {
    name: "half-range-0.05",
    expected: ["target-unreachable"],
    entropyOffset: (d) => d * Math.log(0.05),
  },
  {
    name: "no-alpha-in-actor",
    expected: ["entropy-unresponsive"],
    parts: { actorLoss: ({ q, expect }) => negate(mean(expect(q.reduce(minimum)))) },
  },
  {
    name: "fixed-alpha",
    expected: ["fixed-alpha"],
    temperature: () => ({ fixed: true, initialAlpha: 0.2 }),
  },
];
