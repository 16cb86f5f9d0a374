// Expected rows: gymnasium.spaces.flatten of real Gymnasium 1.3 (test/fixtures/envs/make_spaces.py).

import { describe, expect, it } from "vitest";
import fixture from "../../test/fixtures/envs/spaces.json" with { type: "json" };
import { RandomStream } from "../random/index.ts";
import { type AnySpace, containsElement, dict, sampleElement, tuple } from "./composite-spaces.ts";
import { flattening } from "./flatten.ts";
import { box, contains, discrete, multiBinary, multiDiscrete } from "./spaces.ts";

/** A space of the fixture: JSON has no word for infinity. */
function read(space: unknown): AnySpace {
  return JSON.parse(JSON.stringify(space), (key, value) =>
    (key === "low" || key === "high") && Array.isArray(value) ? bounds(value, key) : value,
  ) as AnySpace;
}

const bounds = (values: (number | null)[], name: string) =>
  Float64Array.from(values, (value) => value ?? (name === "low" ? -Infinity : Infinity));

describe.each(fixture.cases.map((each) => [JSON.stringify(each.space).slice(0, 80), each] as const))(
  "%s",
  (_, { space: described, low, high, elements, rows }) => {
    const space = read(described);
    const { space: flat, names, write } = flattening(space);

    it("has Gymnasium's bounds and rows", () => {
      expect(flat.low).toEqual(bounds(low, "low"));
      expect(flat.high).toEqual(bounds(high, "high"));
      expect(names).toHaveLength(low.length);
      const row = new Float64Array(low.length).fill(7);
      for (const [i, element] of elements.entries()) {
        expect(containsElement(space, element)).toBe(true);
        expect(write(element, row)).toBeUndefined();
        expect([...row]).toEqual(rows[i]);
      }
    });

    it("holds its own samples, and theirs lie in the flat one", () => {
      const random = new RandomStream(1, "elements");
      const row = new Float64Array(low.length);
      for (let i = 0; i < 100; i++) {
        const element = sampleElement(space, random);
        expect(containsElement(space, element)).toBe(true);
        expect(write(element, row)).toBeUndefined();
        expect(contains(flat, row)).toBe(true);
      }
    });
  },
);

it("names say which number is which", () => {
  const names = (space: AnySpace) => flattening(space).names;
  expect(names(box(0, 1))).toEqual(["observation[0]"]);
  expect(names(discrete(2, 1))).toEqual(["observation=1", "observation=2"]);
  expect(
    names(
      dict({
        speed: box(0, 1),
        map: box(0, 1, [1, 2]),
        arm: tuple([discrete(2), multiBinary(2)]),
        keys: multiDiscrete([2, 1]),
      }),
    ),
  ).toEqual([
    "speed",
    "map[0,0]",
    "map[0,1]",
    "arm.0=0",
    "arm.0=1",
    "arm.1[0]",
    "arm.1[1]",
    "keys[0]=0",
    "keys[0]=1",
    "keys[1]=0",
  ]);
});

describe("what is no element is refused with what was expected", () => {
  const space = dict({ arm: tuple([discrete(3, 1), box(0, 1, [2])]), on: multiBinary(2) });
  const right = { arm: [1, [0, 1]], on: [0, 1] };
  it.each([
    [null, "the observation to be an object with arm, on", "null"],
    [[1], "the observation to be an object with arm, on", "an Array [1]"],
    [{ ...right, arm: [1] }, "observation.arm to be a list of 2", "one of 1"],
    [{ ...right, arm: { 0: 1 } }, "observation.arm to be a list of 2", "an object of type Object"],
    [{ ...right, arm: [4, [0, 1]] }, "observation.arm.0 to be an integer from 1 to 3", "4"],
    [{ ...right, arm: ["1", [0, 1]] }, "observation.arm.0 to be an integer", 'the string "1"'],
    [{ ...right, arm: [1, [0]] }, "observation.arm.1 to be an array of 2 numbers", "1"],
    [{ ...right, arm: [1, ["0", 1]] }, "observation.arm.1 to be an array of 2 numbers", 'an Array ["0",1]'],
    [{ ...right, arm: [1, 5] }, "observation.arm.1 to be an array of 2 numbers", "5"],
    [{ ...right, on: [0, 2] }, "observation.on[1] to be an integer from 0 to 1", "2"],
    [{ ...right, on: [true, 0] }, "observation.on[0] to be an integer from 0 to 1", "true"],
    [{ arm: right.arm }, "observation.on to be an array of 2 integers", "undefined"],
  ])("%j", (element, expected, got) => {
    expect(flattening(space).write(element, new Float64Array(7))).toEqual({ expected, got });
    expect(containsElement(space, element)).toBe(false);
  });

  it("and a choice may stand in an array, a number for an array of one", () => {
    const row = new Float64Array(3);
    const { write } = flattening(tuple([discrete(2), box(0, 9)]));
    expect(write([[1], 5], row)).toBeUndefined();
    expect([...row]).toEqual([0, 1, 5]);
    expect(containsElement(discrete(2), [1])).toBe(true);
  });
});

it("composite spaces hold something", () => {
  expect(() => dict({})).toThrow("Expected a space or more, got none");
  expect(() => tuple([])).toThrow("Expected a space or more, got none");
});
