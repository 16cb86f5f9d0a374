import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../random/index.ts";
import { observationCodecs } from "./observation-store.ts";
import { emptyBatch, ReplayBuffer } from "./replay-buffer.ts";

describe("float16", () => {
  const { encode, decode } = observationCodecs.float16;

  it("has the bits that IEEE 754 gives these numbers", () => {
    const known: [number, number][] = [
      [0, 0],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [1 / 3, 0x3555],
      [2 ** -14, 0x0400],
      [2 ** -24, 0x0001],
      [2 ** -25, 0x0000],
      [1 + 1 / 2048, 0x3c00],
      [1 + 3 / 2048, 0x3c02],
      [1e6, 0x7bff],
    ];
    for (const [value, bits] of known) expect(encode(value), `${value}`).toBe(bits);
    expect(decode(encode(Number.NaN))).toBeNaN();
  });

  it("comes back as itself, and any number as the nearest", () => {
    for (let half = 0; half < 0x7c00; half++) expect(encode(decode(half))).toBe(half);
    const inRange = fc.float({ min: -65504, max: 65504, noNaN: true });
    fc.assert(
      fc.property(inRange, (x) => {
        const half = encode(x) & 0x7fff;
        const error = Math.abs(decode(half) - Math.abs(x));
        for (const neighbour of [half - 1, half + 1]) {
          if (neighbour < 0 || neighbour > 0x7bff) continue;
          expect(error).toBeLessThanOrEqual(Math.abs(decode(neighbour) - Math.abs(x)));
        }
      }),
    );
  });
});

it.each([
  ["float16", [0.1, -3.3], [0.0999755859375, -3.30078125], 0.4],
  ["uint8", [12.4, 300], [12, 255], 0.3],
] as const)(
  "a replay buffer of %s gives rounded observations, and takes less memory",
  (dtype, given, expected, share) => {
    const buffer = new ReplayBuffer({
      capacity: 1000,
      observationSize: 17,
      actionSize: 6,
      gamma: 0.9,
      dtype,
    });
    const observation = new Float32Array(17).fill(given[0]).fill(given[1], 9);
    for (let n = 0; n < 1000; n++)
      buffer.add(observation, new Float32Array(6).fill(0.3), n, observation, false);
    const batch = emptyBatch(4, 17, 6);
    buffer.sample(batch, new RandomStream(1, "replay"));
    for (const row of [batch.observation, batch.nextObservation]) {
      expect([row[0], row[16]]).toEqual(expected.map(Math.fround));
    }
    expect(batch.action[0]).toBe(Math.fround(0.3));
    const { rest } = buffer as unknown as { rest: Float32Array };
    expect((rest.buffer.byteLength + 2000) / (1000 * 4 * 42)).toBeLessThan(share);
  },
);
