// By hand, and against what rliable's own code computed (test/fixtures/statistics/rliable.py).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  aggregateInterval,
  bootstrap,
  improvementInterval,
  interquartileMean,
  mean,
  median,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  quantile,
  type Scores,
  sampleEfficiency,
} from "./index.ts";

interface Endpoints {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Between rliable's own seeds. */
  readonly spread: readonly number[];
}

interface Case {
  readonly name: string;
  readonly x: Scores;
  readonly y: Scores;
  readonly threshold: number;
  readonly aggregates: readonly number[];
  readonly intervals: Endpoints;
  readonly improvement: number;
  readonly improvementInterval: Endpoints;
  readonly taus: readonly number[];
  readonly profile: readonly number[];
  readonly profileInterval: Endpoints;
}

const fixture = new URL("../../test/fixtures/statistics/rliable.json", import.meta.url);
const { cases, curves } = JSON.parse(readFileSync(fixture, "utf8")) as {
  cases: readonly Case[];
  curves: { curves: readonly (readonly number[][])[]; value: readonly number[]; interval: Endpoints };
};

/**
 * Endpoints are as near to rliable's as those of several of its own seeds are to each other, or as four standard errors of
 * a 2.5% quantile of 50,000 draws, 0.012 standard deviations of what is drawn, which is a 3.9th of the interval.
 */
function expectNear(ours: readonly { low: number; high: number }[], theirs: Endpoints) {
  ours.forEach(({ low, high }, k) => {
    const width = theirs.high[k]! - theirs.low[k]!;
    const near = Math.max(1e-12, 2 * theirs.spread[k]!, (4 * 0.012 * 1.12 * width) / 3.92);
    expect(Math.abs(low - theirs.low[k]!), `low end ${k}`).toBeLessThanOrEqual(near);
    expect(Math.abs(high - theirs.high[k]!), `high end ${k}`).toBeLessThanOrEqual(near);
  });
}

describe("aggregates by hand", () => {
  it("IQM leaves out the lowest and highest ⌊n/4⌋ of all runs", () => {
    expect(interquartileMean([[0, 1, 2, 100]])).toBe(1.5);
    expect(interquartileMean([[5, 1, 3]])).toBe(3);
    expect(interquartileMean([[9, -50, 1, 2, 3]])).toBe(2);
    // Over both tasks: 0 1 2 3 | 4 5 6 7 | 8 9 10 11 without 0 1 2 and 9 10 11.
    expect(
      interquartileMean([
        [0, 2, 4, 6, 8, 10],
        [1, 3, 5, 7, 9, 11],
      ]),
    ).toBe(5.5);
  });

  it("mean and median are of the tasks' means", () => {
    const scores = [[1, 3], [10], [0, 0, 9]];
    expect(mean(scores)).toBe(5);
    expect(median(scores)).toBe(3);
    expect(median([[1, 3], [10]])).toBe(6);
  });

  it("the optimality gap forgets what goes beyond the threshold", () => {
    expect(
      optimalityGap([
        [0.5, 2],
        [1, 0],
      ]),
    ).toBeCloseTo(1 - 2.5 / 4, 15);
  });

  it("improvement counts pairs, ties half", () => {
    // 2 beats 1, ties 2, loses to 3; 4 beats all three.
    expect(probabilityOfImprovement([[2, 4]], [[1, 2, 3]])).toBeCloseTo(4.5 / 6, 15);
    expect(probabilityOfImprovement([[1, 2]], [[1, 2]])).toBe(0.5);
  });

  it("refuses scores that say nothing", () => {
    expect(() => mean([])).toThrow(/at least one task/);
    expect(() => mean([[1], []])).toThrow(/run of task 1/);
    expect(() => interquartileMean([[1, Number.NaN]])).toThrow(/finite scores, got NaN for task 0/);
    expect(() => probabilityOfImprovement([[1]], [[1], [2]])).toThrow(/same tasks, got 1 and 2/);
  });
});

describe.each(cases)("rliable: $name", (given) => {
  const { x, y, threshold } = given;
  const four = (scores: Scores) => [
    mean(scores),
    median(scores),
    interquartileMean(scores),
    optimalityGap(scores, threshold),
  ];

  it("computes the same aggregates", () => {
    four(x).forEach((value, k) => {
      expect(value).toBeCloseTo(given.aggregates[k]!, 13);
    });
    expect(probabilityOfImprovement(x, y)).toBeCloseTo(given.improvement, 13);
  });

  it("computes the same intervals, as far as resampling can tell", () => {
    expectNear(
      bootstrap([x], ([drawn]) => four(drawn!)),
      given.intervals,
    );
    expectNear([improvementInterval(x, y, { resamples: 20_000 })], given.improvementInterval);
  });

  it("computes the same profile", () => {
    const profile = performanceProfile(x, given.taus, { resamples: 20_000 });
    profile.forEach(({ value }, k) => {
      expect(value).toBeCloseTo(given.profile[k]!, 13);
    });
    expectNear(profile, given.profileInterval);
  });
});

describe("sample efficiency", () => {
  it("is rliable's at every step", () => {
    const bands = sampleEfficiency(curves.curves, { resamples: 20_000 });
    bands.forEach(({ value }, k) => {
      expect(value).toBeCloseTo(curves.value[k]!, 13);
    });
    expectNear(bands, curves.interval);
  });
});

describe("bootstrap", () => {
  it("has percentiles like numpy's", () => {
    expect(quantile([1, 2, 4, 8], 0.5)).toBe(3);
    expect(quantile([1, 2, 4, 8], 0.975)).toBeCloseTo(7.7, 12);
  });

  it("of two values is known by hand: both ends are the values", () => {
    // A quarter of the resamples is (0,0), a quarter (1,1).
    expect(aggregateInterval([[0, 1]], mean)).toEqual({ value: 0.5, low: 0, high: 1 });
    expect(aggregateInterval([[3]], mean)).toEqual({ value: 3, low: 3, high: 3 });
  });

  it("is the same for the same seed, and another for another", () => {
    const scores = [[0.1, 0.5, 0.7, 0.2, 0.9, 0.33]];
    const options = { resamples: 500, seed: 3 };
    const first = aggregateInterval(scores, interquartileMean, options);
    expect(aggregateInterval(scores, interquartileMean, options)).toEqual(first);
    expect(aggregateInterval(scores, interquartileMean, { ...options, seed: 4 })).not.toEqual(first);
  });

  it("takes 50,000 resamples of 10 runs of 26 tasks in less than 5 s", () => {
    const scores = Array.from({ length: 26 }, (_, task) =>
      Array.from({ length: 10 }, (_, run) => Math.sin(task * 10 + run)),
    );
    const start = process.cpuUsage();
    aggregateInterval(scores, interquartileMean);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(5);
  });

  it("refuses options that cannot work", () => {
    expect(() => aggregateInterval([[1]], mean, { resamples: 0 })).toThrow(/positive integer/);
    expect(() => aggregateInterval([[1]], mean, { level: 95 })).toThrow(/between 0 and 1/);
  });
});
