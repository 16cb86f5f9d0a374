import { expect, test } from "vitest";
import { linearTicks, tickLabel, tickLabels } from "./ticks.ts";

test("the numbers of one axis are in one unit", () => {
  expect(tickLabels([0, 5000, 10_000])).toEqual(["0", "5k", "10k"]);
  expect(tickLabels([2500, 5000, 7500, 10_000, 12_500])).toEqual(["2.5k", "5k", "7.5k", "10k", "12.5k"]);
  expect(tickLabels([-1500, -1000, -500, 0])).toEqual(["−1,500", "−1,000", "−500", "0"]);
  expect(tickLabels([500_000, 1_000_000])).toEqual(["0.5M", "1M"]);
  expect(tickLabels([999_990])).toEqual(["1,000k"]);
  expect(tickLabels(linearTicks(-0.001, 0.003, 5))).toEqual(["−0.001", "0", "0.001", "0.002", "0.003"]);
  expect(tickLabels([])).toEqual([]);
});

test("those of a logarithmic axis each in their own", () => {
  expect([1e-5, 0.01, 1, 100, 20_000, 2e9].map(tickLabel)).toEqual([
    "1e-5",
    "0.01",
    "1",
    "100",
    "20k",
    "2e9",
  ]);
});
