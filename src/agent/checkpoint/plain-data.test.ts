import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePlain, encodePlain } from "./plain-data.ts";

const there = (value: unknown) => decodePlain(JSON.parse(JSON.stringify(encodePlain(value))));

describe("plain data as JSON", () => {
  it("comes back to the bit, NaN, infinities and −0 included", () => {
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.double(),
        fc.string(),
        fc.boolean(),
        fc.float64Array({ maxLength: 5 }),
        fc.float32Array({ maxLength: 5 }),
        fc.uint8Array({ maxLength: 5 }),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z]*$/), tie("value"), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(fc.property(value, (x) => void expect(there(x)).toStrictEqual(revived(x))));
  });

  it("refuses arrays that no state may hold, and damaged ones", () => {
    expect(() => encodePlain(new Int16Array(2))).toThrow("Expected Float64Array, Float32Array or Uint8Array");
    for (const damaged of [{ $float64: "AAAA" }, { $float32: 1 }, { $other: "AAAA" }]) {
      expect(() => decodePlain(damaged)).toThrow("the file is damaged");
    }
  });
});

/** `x` with plain prototypes, as JSON gives them. */
function revived(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(revived);
  if (typeof x !== "object" || x === null || ArrayBuffer.isView(x)) return x;
  return Object.fromEntries(Object.entries(x).map(([key, part]) => [key, revived(part)]));
}
