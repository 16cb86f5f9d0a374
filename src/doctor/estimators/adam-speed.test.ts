import { describe, expect, it } from "vitest";
import { learningRateOfSlope, slopeLimits } from "./adam-speed.ts";

describe("Adam's speed limit on log α", () => {
  it("is the learning rate in the log-α form", () => {
    expect(slopeLimits(3e-4, "log-alpha")).toEqual({ rise: 3e-4, fall: -3e-4 });
  });

  // Factors of the rule book, measured on simulated Adam.
  it.each([
    [1e-4, 1.1, 0.91],
    [3e-4, 1.33, 0.75],
    [1e-3, 2.41, 0.41],
  ])("is bent by the lagging second moment in the α-form, at %d", (lr, rise, fall) => {
    const limits = slopeLimits(lr, "alpha");
    expect(limits.rise / lr).toBeCloseTo(rise, 1);
    expect(-limits.fall / lr).toBeCloseTo(fall, 1);
  });

  it.each([1e-5, 3e-4, 1e-3, 3e-2])("gives the learning rate back from its own slope, %d", (lr) => {
    const { rise, fall } = slopeLimits(lr, "alpha");
    expect(learningRateOfSlope(rise, "alpha")).toBeCloseTo(lr, 10);
    if (lr <= 1e-3) expect(learningRateOfSlope(fall, "alpha")).toBeCloseTo(lr, 10);
  });

  it("knows falls that no learning rate makes", () => {
    expect(learningRateOfSlope(-6.9e-4, "alpha")).toBe(Number.POSITIVE_INFINITY);
  });
});
