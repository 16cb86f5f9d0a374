import { describe, expect, it } from "vitest";
import { alike, duration, realMinus, short, signed } from "./numbers.ts";

describe("numbers in a terminal", () => {
  it("have few digits", () => {
    expect([0, 0.2143, -12.34, 1234.5, 0.0000123, Number.NaN, -Infinity].map(short)).toEqual([
      "0",
      "0.214",
      "−12.3",
      "1,235",
      "1.2e-5",
      "–",
      "−∞",
    ]);
    expect([0.99996, 0.0773, 0.00773, 0.00391234, 0.02, 0.001, 0.0009996].map(short)).toEqual([
      "1.000",
      "0.0773",
      "0.00773",
      "0.00391",
      "0.020",
      "0.001",
      "0.001",
    ]);
    expect([signed(0.5), signed(-0.5)]).toEqual(["+0.500", "−0.500"]);
  });

  it("are times", () => {
    expect([0, 7.4, 754, 3723].map(duration)).toEqual(["0:00", "0:07", "12:34", "1:02:03"]);
  });
});

it("a hyphen before a number becomes a minus, within words and code it stays", () => {
  expect(realMinus("x = -1 nats, -1.66 at last (-0.5 … -.2), 1e-4, log-alpha, SB3-2, --seed 1")).toBe(
    "x = −1 nats, −1.66 at last (−0.5 … −.2), 1e-4, log-alpha, SB3-2, --seed 1",
  );
  expect(realMinus("it is −(H − x)")).toBe("it is −\u2060(H\u00a0−\u00a0x)");
});

it("two numbers get the digits that tell them apart", () => {
  expect(alike(3.25163, 3.24827)).toEqual(["3.2516", "3.2483"]);
  expect(alike(1, 1)).toEqual(["1.00", "1.00"]);
  expect(alike(0.02, 0.0201)).toEqual(["0.02000", "0.02010"]);
  expect(alike(1234, 1235)).toEqual(["1234.0", "1235.0"]);
  expect(alike(1.5e-5, 1.6e-5)).toEqual(["1.50e-5", "1.60e-5"]);
  expect(alike(0, 0)).toEqual(["0", "0"]);
});
