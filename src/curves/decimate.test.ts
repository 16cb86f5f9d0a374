import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimate } from "./decimate.ts";

const iota = (length: number) => Array.from({ length }, (_, i) => i);

describe("decimation", () => {
  it("returns short stretches whole, without what is missing", () => {
    expect(decimate([0, 1, 2, 3], [5, Number.NaN, 7, 8], { points: 10 })).toEqual({
      x: [0, 2, 3],
      y: [5, 7, 8],
    });
  });

  it("keeps the minimum and the maximum of each bucket in their order", () => {
    // Ends 0 and 9; inner 1…8 in two buckets of [1, 4.5) and [4.5, 8].
    const y = [0, 3, 9, 1, 4, 2, 6, 5, 3, 0];
    expect(decimate(iota(10), y, { points: 6 })).toEqual({ x: [0, 2, 3, 5, 6, 9], y: [0, 9, 1, 2, 6, 0] });
  });

  it("keeps one point beyond each end of the stretch", () => {
    expect(decimate(iota(10), iota(10), { points: 100, from: 3, to: 5 }).x).toEqual([2, 3, 4, 5, 6]);
    expect(decimate(iota(3), iota(3), { points: 100, from: 7 }).x).toEqual([2]);
  });

  it("never loses the extremes, never exceeds the limit, and stays in order", () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 4, max: 50 }), (y, points) => {
        const kept = decimate(iota(y.length), y, { points });
        expect(kept.x.length).toBeLessThanOrEqual(points);
        expect(Math.min(...kept.y)).toBe(Math.min(...y));
        expect(Math.max(...kept.y)).toBe(Math.max(...y));
        expect(kept.x).toEqual([...kept.x].sort((a, b) => a - b));
      }),
    );
  });
});
