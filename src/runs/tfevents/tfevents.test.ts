import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeOurs } from "../../../test/fixtures/tfevents/content.ts";
import { crc32c, maskedCrc32c } from "./crc32c.ts";
import { type Damage, EventFileDecoder, encodeFileHeader, encodeScalars } from "./index.ts";

const fixture = (name: string) => new URL(`../../../test/fixtures/${name}`, import.meta.url);

interface Found {
  scalars: [string, number, number, number][];
  texts: [string, number, string][];
  writers: string[];
  damage: readonly Damage[];
}

function decode(...chunks: Uint8Array[]): Found {
  const found: Found = { scalars: [], texts: [], writers: [], damage: [] };
  const decoder = new EventFileDecoder({
    scalar: (tag, step, value, wallTime) => found.scalars.push([tag, step, value, wallTime]),
    text: (tag, step, text) => found.texts.push([tag, step, text]),
    writer: (name) => found.writers.push(name),
  });
  for (const chunk of chunks) decoder.push(chunk);
  decoder.end();
  return { ...found, damage: decoder.damage };
}

/** What the real TensorBoard read from the file (test/fixtures/tfevents/read_by_tensorboard.py). */
function byTensorBoard(name: string): Pick<Found, "scalars" | "texts"> {
  const found = JSON.parse(readFileSync(fixture(`tfevents/${name}.read-by-tensorboard.json`), "utf8"));
  for (const scalar of found.scalars) scalar[2] = Number(scalar[2]);
  return found;
}

describe("crc32c", () => {
  it("gives the check values of RFC 3720, appendix B.4", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  it("masks by rotation and a constant", () => {
    const crc = 0x8a9136aa;
    expect(maskedCrc32c(new Uint8Array(32))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });
});

describe("event files", () => {
  it("written by us are what the committed file holds, which the real TensorBoard has read", () => {
    const ours = encodeOurs();
    expect(Buffer.compare(ours, readFileSync(fixture("tfevents/ours.tfevents")))).toBe(0);
    const { scalars, texts, writers, damage } = decode(ours);
    expect({ scalars, texts }).toEqual(byTensorBoard("ours"));
    expect(writers).toEqual(["tempered"]);
    expect(damage).toEqual([]);
  });

  it.each([
    ["tensors", "tfevents/tensors.tfevents"],
    ["sb3_pendulum", "samples/sb3_pendulum.tfevents"],
    ["cleanrl_pendulum", "samples/cleanrl_pendulum.tfevents"],
  ])("of others are read as the real TensorBoard reads them: %s", (name, path) => {
    const { scalars, texts, damage } = decode(readFileSync(fixture(path)));
    expect({ scalars, texts }).toEqual(byTensorBoard(name));
    expect(damage).toEqual([]);
  });

  it("come back whatever the metrics, and however the chunks are cut", () => {
    const row = fc.record({
      step: fc.maxSafeNat(),
      metrics: fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.float(), { maxKeys: 5 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (rows, size) => {
        const bytes = Buffer.concat([
          encodeFileHeader(1.5),
          ...rows.map(({ step, metrics }) => encodeScalars(step, 2.5, metrics)),
        ]);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const expected = rows.flatMap(({ step, metrics }) =>
          Object.entries(metrics).map(([tag, value]) => [tag, step, value, 2.5]),
        );
        const found = decode(...chunks);
        expect(found.scalars).toEqual(expected);
        expect(found.damage).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("damaged event files", () => {
  const records = [1, 2, 3, 4, 5].map((step) => encodeScalars(step, step, { "train/ent_coef": step / 10 }));
  const size = records[0]!.length;
  const steps = (found: Found) => found.scalars.map(([, step]) => step);

  it("that end in half a record give every record before it", () => {
    const bytes = Buffer.concat(records);
    for (const cut of [1, 8, 11, 12, 20, size - 1]) {
      const found = decode(bytes.subarray(0, 4 * size + cut));
      expect(steps(found)).toEqual([1, 2, 3, 4]);
      expect(found.damage).toEqual([{ kind: "truncated", offset: 4 * size, length: cut }]);
    }
  });

  it.each([0, 4, 8, 13, size - 1])("lose only the record whose byte %i was changed", (at) => {
    const bytes = Buffer.concat(records);
    bytes[2 * size + at]! ^= 0x10;
    const found = decode(bytes);
    expect(steps(found)).toEqual([1, 2, 4, 5]);
    expect(found.damage).toEqual([{ kind: "unreadable", offset: 2 * size, length: size }]);
  });

  it("are read on past missing bytes and past foreign bytes between records", () => {
    const bytes = Buffer.concat(records);
    const hole = Buffer.concat([bytes.subarray(0, size + 20), bytes.subarray(size + 30)]);
    expect(steps(decode(hole))).toEqual([1, 3, 4, 5]);
    const garbage = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 255);
    const found = decode(records[0]!, garbage, records[1]!);
    expect(steps(found)).toEqual([1, 2]);
    expect(found.damage).toEqual([{ kind: "unreadable", offset: size, length: 1000 }]);
  });

  it("pass over a record of 40 MB without holding it", () => {
    const huge = new Uint8Array(12);
    new DataView(huge.buffer).setUint32(0, 40_000_000, true);
    new DataView(huge.buffer).setUint32(8, maskedCrc32c(huge, 0, 8), true);
    const filler = Array.from({ length: 40 }, () => new Uint8Array(1_000_000));
    const found = decode(records[0]!, huge, ...filler, new Uint8Array(4), records[1]!);
    expect(steps(found)).toEqual([1, 2]);
    expect(found.damage).toEqual([{ kind: "oversized", offset: size, length: 40_000_016 }]);
  });
});
