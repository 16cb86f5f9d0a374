import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskedCrc32c } from "./crc32c.ts";
import { EventFileDecoder, encodeScalars } from "./index.ts";
import { PlainScalar } from "./plain-scalar.ts";
import { RECORD_HEADER_BYTES } from "./records.ts";

/** The event inside the record that a writer of scalars makes. */
function eventOf(tag: string, step: number, value: number, wallTime: number): Uint8Array {
  const record = encodeScalars(step, wallTime, { [tag]: value });
  return record.slice(RECORD_HEADER_BYTES, -4);
}

/** What the general reader makes of an event: an unknown field at its end keeps the short way out of it. */
function byGeneralReader(event: Uint8Array): unknown[] {
  const body = Uint8Array.of(...event, 0x78, 0x00);
  expect(new PlainScalar().read(body, 0, body.length)).toBe(false);
  const record = new Uint8Array(RECORD_HEADER_BYTES + body.length + 4);
  const view = new DataView(record.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(8, maskedCrc32c(record, 0, 8), true);
  record.set(body, RECORD_HEADER_BYTES);
  view.setUint32(RECORD_HEADER_BYTES + body.length, maskedCrc32c(body), true);
  const found: unknown[] = [];
  const decoder = new EventFileDecoder({ scalar: (...scalar) => found.push(scalar) });
  decoder.push(record);
  decoder.end();
  return found;
}

function byPlainReader(event: Uint8Array): unknown[] | undefined {
  // It stands among other bytes, as records do.
  const buffer = Uint8Array.of(9, 16, ...event, 0x15, 0x0a, 0x80);
  const plain = new PlainScalar();
  if (!plain.read(buffer, 2, buffer.length - 3)) return undefined;
  const tag = new TextDecoder().decode(buffer.subarray(plain.tagStart, plain.tagEnd));
  return [[tag, plain.step, plain.value, plain.wallTime]];
}

const scalars = fc.tuple(
  fc.string({ maxLength: 60, unit: "grapheme" }),
  fc.oneof(fc.nat({ max: 3e8 }), fc.nat({ max: 200 })),
  fc.float(),
  fc.double({ min: 1e9, max: 2e9 }),
);

describe("the plain scalar", () => {
  it("is what the general reader reads", () => {
    fc.assert(
      fc.property(scalars, ([tag, step, value, wallTime]) => {
        const event = eventOf(tag, step, value, wallTime);
        const plain = byPlainReader(event);
        if (step < 2 ** 28 && event.length < 128) expect(plain).toBeDefined();
        if (plain) expect(plain).toEqual(byGeneralReader(event));
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves everything that is changed in a byte to the general reader, or agrees with it", () => {
    let read = 0;
    fc.assert(
      fc.property(
        scalars,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        ([tag, step, value, wallTime], changes) => {
          const event = eventOf(tag, step, value, wallTime);
          for (const [at, byte] of changes) event[at % event.length] = byte;
          const plain = byPlainReader(event);
          if (plain === undefined) return;
          read++;
          expect(plain).toEqual(byGeneralReader(event));
        },
      ),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});
