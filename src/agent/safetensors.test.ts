// The file format, against bytes laid out by hand after its specification, and damaged in every way.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** A file as the specification says: length (u64, little-endian), JSON header, numbers. */
function file(header: unknown, numbers: readonly number[], headerLength?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + 4 * numbers.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength ?? json.length), true);
  bytes.set(json, 8);
  numbers.forEach((value, i) => {
    view.setFloat32(8 + json.length + 4 * i, value, true);
  });
  return bytes;
}
const entry = (shape: unknown, data_offsets: unknown, dtype = "F32") => ({ dtype, shape, data_offsets });

describe("decoding", () => {
  it("reads tensors in any order, whatever the alignment, and passes over metadata", () => {
    for (const padding of ["", " ", "  ", "   "]) {
      const header = { __metadata__: { format: "pt" }, b: entry([2], [8, 16]), a: entry([1, 2], [0, 8]) };
      const tensors = decodeSafetensors(file(JSON.stringify(header) + padding, [1.5, -2, 3, 4]));
      expect(Object.fromEntries(tensors)).toEqual({
        b: { shape: [2], values: Float32Array.of(3, 4) },
        a: { shape: [1, 2], values: Float32Array.of(1.5, -2) },
      });
    }
  });

  const whole = file({ a: entry([2], [0, 8]) }, [1, 2]);
  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["a few bytes", new Uint8Array(7)],
    ["a header longer than the file", file({}, [], 1000)],
    ["a header of absurd length", new Uint8Array(16).fill(255)],
    ["a header that is no JSON", file("{nope", [])],
    ["a header that is a number", file({ a: 1 }, [])],
    ["an entry that is null", file({ a: null }, [])],
    ["numbers cut short", whole.subarray(0, whole.length - 1)],
    ["another type", file({ a: entry([2], [0, 8], "F64") }, [1, 2])],
    ["a shape that does not fit", file({ a: entry([3], [0, 8]) }, [1, 2])],
    ["no offsets", file({ a: { dtype: "F32", shape: [2] } }, [1, 2])],
    ["offsets below 0", file({ a: entry([2], [-8, 0]) }, [1, 2])],
    ["offsets the wrong way round", file({ a: entry([2], [8, 0]) }, [1, 2])],
    ["fractional offsets", file({ a: entry([1], [0.5, 4.5]) }, [1, 2])],
    ["a shape that is no list", file({ a: entry("two", [0, 8]) }, [1, 2])],
  ])("refuses %s", (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: "SAFETENSORS" }));
  });

  it("refuses anything cut short, at any byte", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow("Expected a whole safetensors file");
    }
  });
});

describe("encoding", () => {
  it("lays out what readers in other languages expect", () => {
    const bytes = encodeSafetensors(
      new Map([
        ["α.weight", { shape: [1, 2], values: Float32Array.of(1, 2) }],
        ["bias", { shape: [1], values: Float32Array.of(3) }],
      ]),
    );
    const view = new DataView(bytes.buffer);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      "α.weight": entry([1, 2], [0, 8]),
      bias: entry([1], [8, 12]),
    });
    expect([0, 4, 8].map((at) => view.getFloat32(8 + length + at, true))).toEqual([1, 2, 3]);
    expect(bytes).toHaveLength(8 + length + 12);
  });

  it("is undone by decoding, to the bit", () => {
    const tensor = fc.float32Array({ maxLength: 9 }).map((values) => ({ shape: [values.length], values }));
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => !name.startsWith("__")),
          tensor,
        ),
        (named) => {
          const tensors = new Map(Object.entries(named));
          expect(decodeSafetensors(encodeSafetensors(tensors))).toEqual(tensors);
        },
      ),
    );
  });
});
