// Bands by hand.

import { expect, it } from "vitest";
import type { RunCurves } from "../curves/run-curves.ts";
import { bandOf } from "./study.ts";

const curves = (step: readonly number[], alpha: readonly number[]): RunCurves => ({
  length: step.length,
  axes: { step: Float64Array.from(step) },
  curves: { alpha: Float64Array.from(alpha) },
  updatesNote: undefined,
  entropySource: undefined,
});

it("a band is the median and the middle half of the runs that have come so far", () => {
  const runs = [
    curves([0, 100, 200], [Number.NaN, 1, 3]),
    curves([0, 100, 200], [4, 5, 6]),
    curves([0, 100], [8, 9]),
  ];
  const band = bandOf(runs, "alpha")!;
  // At step 0 only two of three have a value; at 100 all; at 200 two.
  expect([band.x[0], band.median[0], band.low[0], band.high[0]]).toEqual([0, 6, 5, 7]);
  const last = band.x.length - 1;
  expect([band.x[last], band.median[last], band.low[last], band.high[last]]).toEqual([200, 4.5, 3.75, 5.25]);
  const middle = band.x.findLastIndex((x) => x <= 100);
  expect([band.median[middle], band.low[middle], band.high[middle]]).toEqual([6, 5, 7]);
  expect(bandOf(runs, "return")).toBeUndefined();
});

it("less than half of the runs is no band", () => {
  const short = curves([0, 50], [1, 1]);
  const band = bandOf([short, short, curves([0, 100], [2, 2])], "alpha")!;
  expect(band.x.at(-1)).toBeLessThanOrEqual(50);
});
