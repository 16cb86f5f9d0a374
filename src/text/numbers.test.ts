import { describe, expect, it } from "vitest";
import { duration, short, signed } from "./numbers.ts";

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
    expect([signed(0.5), signed(-0.5)]).toEqual(["+0.500", "−0.500"]);
  });

  it("are times", () => {
    expect([0, 7.4, 754, 3723].map(duration)).toEqual(["0:00", "0:07", "12:34", "1:02:03"]);
  });
});
