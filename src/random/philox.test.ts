// Known answers: Random123's kat_vectors for philox4x32 with 10 rounds, and RFC-style published FNV-1a-64 values.

import fc from "fast-check";
import { expect, it } from "vitest";
import { fnv1a64 } from "./fnv.ts";
import { multiplyHigh, philox } from "./philox.ts";

const ones = 0xffffffff;
it.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [ones, ones, ones, ones],
    [ones, ones],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
])("philox of counter %j under key %j is the published block", (counter, key, expected) => {
  const block = new Uint32Array(4);
  philox(counter[0]!, counter[1]!, counter[2]!, counter[3]!, key[0]!, key[1]!, block);
  expect([...block]).toEqual(expected);
});

it("multiplyHigh is the high half of the product", () => {
  const word = fc.oneof(fc.integer({ min: 0, max: ones }), fc.constantFrom(0, 1, 0xffff, 0x10000, ones));
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(multiplyHigh(a >>> 16, a & 0xffff, b) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
    }),
  );
});

it("fnv1a64 gives the published hashes", () => {
  expect(fnv1a64("")).toBe(0xcbf29ce484222325n);
  expect(fnv1a64("a")).toBe(0xaf63dc4c8601ec8cn);
  expect(fnv1a64("foobar")).toBe(0x85944171f73967e8n);
});
