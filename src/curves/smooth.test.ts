import { expect, it } from "vitest";
import { smoothed } from "./smooth.ts";

it("smoothing begins at the first value and weighs the past by the factor", () => {
  // (0.5·0.5·2 + 0.5·4) / (0.5·0.5 + 0.5) = 2.5 / 0.75; a missing value changes nothing.
  const { y } = smoothed([2, Number.NaN, 4], 0.5);
  expect([...y]).toEqual([2, Number.NaN, 2.5 / 0.75]);
});

it("smoothing goes on where it stopped", () => {
  const whole = smoothed([1, 5, 2, 8], 0.9).y;
  const first = smoothed([1, 5], 0.9);
  expect([...first.y, ...smoothed([2, 8], 0.9, first.state).y]).toEqual([...whole]);
});

it("factor 0 changes nothing", () => {
  expect([...smoothed([3, -1, 7], 0).y]).toEqual([3, -1, 7]);
});
