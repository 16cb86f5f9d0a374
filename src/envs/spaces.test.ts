import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../random/index.ts";
import {
  box,
  choicesOf,
  contains,
  discrete,
  firstOutside,
  isSameSpace,
  multiBinary,
  multiDiscrete,
  type Space,
  sample,
  sizeOf,
} from "./spaces.ts";

const bound = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
);
const anyBox = fc
  .array(fc.tuple(bound, bound), { minLength: 1, maxLength: 5 })
  .map((pairs) => pairs.map(([a, b]) => (a <= b ? [a, b] : [b, a]) as [number, number]))
  .filter((pairs) => pairs.every(([low, high]) => low < Infinity && high > -Infinity))
  .map((pairs) =>
    box(
      pairs.map(([low]) => low),
      pairs.map(([, high]) => high),
    ),
  );

it("samples lie in their space, whichever bounds are missing", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyBox,
        fc.integer({ min: 1, max: 9 }).map((n) => discrete(n, -2)),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }).map((n) => multiDiscrete(n)),
        fc.integer({ min: 1, max: 9 }).map((n) => multiBinary([n, 2])),
      ),
      fc.nat(),
      (space, seed) => {
        const value = sample(space, new RandomStream(seed, "sample"));
        expect(value).toHaveLength(sizeOf(space));
        expect(firstOutside(space, value, 1e-6)).toBe(-1);
      },
    ),
  );
});

describe("sample", () => {
  const mean = (low: number, high: number) => {
    const values = sample(box(low, high, [40_000]), new RandomStream(1, "mean"));
    return values.reduce((sum, x) => sum + x, 0) / values.length;
  };
  it("has Gymnasium's means: the middle, or 1 beyond a single bound, or 0", () => {
    expect(mean(2, 6)).toBeCloseTo(4, 1);
    expect(mean(2, Infinity)).toBeCloseTo(3, 1);
    expect(mean(-Infinity, 2)).toBeCloseTo(1, 1);
    expect(mean(-Infinity, Infinity)).toBeCloseTo(0, 1);
  });
  it("reaches every choice of a discrete space", () => {
    const random = new RandomStream(1, "choices");
    const seen = new Set(Array.from({ length: 100 }, () => sample(discrete(3, 5), random)[0]));
    expect(seen).toEqual(new Set([5, 6, 7]));
  });
});

describe("contains", () => {
  it("takes the bounds in, and refuses NaN, other lengths and fractions of a choice", () => {
    const space = box([-1, 0], [1, Infinity]);
    expect(contains(space, [1, 0])).toBe(true);
    expect(contains(space, [1.001, 0])).toBe(false);
    expect(contains(space, [Number.NaN, 0])).toBe(false);
    expect(contains(space, [1])).toBe(false);
    expect(contains(discrete(2, 1), [2])).toBe(true);
    expect([0, 3, 1.5].some((choice) => contains(discrete(2, 1), [choice]))).toBe(false);
  });
  it("looks at each choice and each switch", () => {
    const choices = multiDiscrete([3, 2], { start: [0, -1] });
    expect(contains(choices, [2, 0])).toBe(true);
    expect([[3, 0], [2, 1], [2], [0.5, 0]].some((value) => contains(choices, value))).toBe(false);
    expect(firstOutside(choices, [2, 1], 0)).toBe(1);
    expect(contains(multiBinary(2), [1, 0])).toBe(true);
    expect(contains(multiBinary(2), [1, 2])).toBe(false);
  });
  it("firstOutside allows a tolerance that is relative to large bounds", () => {
    expect(firstOutside(box(-100, 100), [100.00005], 1e-6)).toBe(-1);
    expect(firstOutside(box(-100, 100), [100.0005], 1e-6)).toBe(0);
  });
});

describe("box", () => {
  it("takes one bound for all, or one each, and keeps a shape", () => {
    expect(box(-1, [1, 2])).toMatchObject({
      shape: [2],
      low: Float64Array.of(-1, -1),
      high: Float64Array.of(1, 2),
    });
    expect(box(0, 1, [2, 3])).toMatchObject({ shape: [2, 3], low: new Float64Array(6) });
    expect(box(0, 1).shape).toEqual([1]);
  });
  it("refuses bounds that make no space", () => {
    expect(() => box([0, 2], [1, 1])).toThrow(
      "Expected low ≤ high for every element of a box, got low 2 and high 1 for element 1",
    );
    expect(() => box([0, 0], [1, 1, 1])).toThrow("Expected 2 bounds for 2 elements, got 3");
    expect(() => box(Number.NaN, 1)).toThrow("got low NaN");
    expect(() => discrete(0)).toThrow("Expected an integer n from 1 up");
  });
});

describe("choices", () => {
  it("are what each number of an element can be", () => {
    expect(choicesOf(box(0, 1))).toBeUndefined();
    expect(choicesOf(discrete(3, 1))).toEqual([discrete(3, 1)]);
    expect(choicesOf(multiDiscrete([3, 2], { start: [0, -1] }))).toEqual([discrete(3), discrete(2, -1)]);
    expect(choicesOf(multiBinary([1, 2]))).toEqual([discrete(2), discrete(2)]);
  });
  it("must be some", () => {
    expect(() => multiDiscrete([])).toThrow("Expected one choice or more");
    expect(() => multiDiscrete([2, 0])).toThrow("Expected an integer n from 1 up");
    expect(() => multiDiscrete([2, 2], { start: [1] })).toThrow("got 2 and 1 starts");
    expect(() => multiDiscrete([2, 2, 2], { shape: [2, 2] })).toThrow("of shape [2,2], got 3");
    expect(() => multiBinary(0)).toThrow("Expected a number of switches from 1 up, got 0");
  });
});

it("spaces are the same where their elements are", () => {
  const spaces: Space[] = [
    box(-1, 1, [2, 3]),
    box(-1, 1, [6]),
    box(-1, Infinity, [6]),
    discrete(2),
    discrete(2, 1),
    multiDiscrete([2]),
    multiDiscrete([2], { start: [1] }),
    multiBinary(1),
    multiBinary(2),
  ];
  for (const [i, a] of spaces.entries()) {
    for (const [j, b] of spaces.entries())
      expect(isSameSpace(a, structuredClone(b)), `${i} ${j}`).toBe(i === j);
  }
  expect(isSameSpace({ n: 2, start: 0, kind: "discrete" }, discrete(2))).toBe(true);
});
