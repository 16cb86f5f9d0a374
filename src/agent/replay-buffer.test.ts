// The ring, its growth, and draws that are uniform and belong to their seed.

import { describe, expect, it } from "vitest";
import { RandomStream } from "../random/index.ts";
import { emptyBatch, ReplayBuffer } from "./replay-buffer.ts";

/** Transition number n: recognisable in every field. */
const add = (buffer: ReplayBuffer, n: number) =>
  buffer.add([n, 9 - n], [n / 8192], n / 2, [n + 1, -n - 1], n % 3 === 0);

const draw = (buffer: ReplayBuffer, count: number, seed = 1) => {
  const batch = emptyBatch(count, 2, 1);
  buffer.sample(batch, new RandomStream(seed, "replay"));
  return batch;
};
const filled = (capacity: number, added: number) => {
  const buffer = new ReplayBuffer({ capacity, observationSize: 2, actionSize: 1, gamma: 0.5 });
  for (let n = 0; n < added; n++) add(buffer, n);
  return buffer;
};

describe("the replay buffer", () => {
  it("gives back whole transitions", () => {
    const batch = draw(filled(100, 60), 500);
    for (let i = 0; i < 500; i++) {
      const n = batch.observation[2 * i]!;
      expect([...batch.observation.slice(2 * i, 2 * i + 2)]).toEqual([n, 9 - n]);
      expect([...batch.nextObservation.slice(2 * i, 2 * i + 2)]).toEqual([n + 1, -n - 1]);
      expect([batch.action[i], batch.reward[i], batch.discount[i]]).toEqual([
        n / 8192,
        n / 2,
        n % 3 === 0 ? 0 : 0.5,
      ]);
    }
  });

  it("grows without losing anything, and keeps the last `capacity` transitions", () => {
    for (const [capacity, added] of [
      [5000, 3000],
      [3000, 3000],
      [3000, 7777],
      [1, 5],
      [1024, 1024],
      [1025, 2051],
    ] as const) {
      const buffer = filled(capacity, added);
      const oldest = Math.max(0, added - capacity);
      expect(buffer.size).toBe(Math.min(added, capacity));
      const seen = new Set(draw(buffer, 20 * buffer.size).observation.filter((_, i) => i % 2 === 0));
      expect(Math.min(...seen)).toBe(oldest);
      expect(Math.max(...seen)).toBe(added - 1);
      expect(seen.size).toBe(buffer.size);
    }
  });

  it("takes no memory for what is not stored", () => {
    const buffer = new ReplayBuffer({ capacity: 1e12, observationSize: 2, actionSize: 1, gamma: 0.5 });
    add(buffer, 1);
    expect(buffer.size).toBe(1);
  });

  it("draws uniformly: χ² over 20 transitions, 20,000 draws", () => {
    const counts = new Array<number>(20).fill(0);
    for (const n of draw(filled(20, 50), 20_000).reward) counts[2 * n - 30]! += 1;
    const chi = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 19 degrees of freedom: 43.8 is exceeded once in a thousand seeds.
    expect(chi).toBeLessThan(43.8);
  });

  it("draws by the seed", () => {
    const buffer = filled(100, 100);
    expect(draw(buffer, 32, 5)).toEqual(draw(buffer, 32, 5));
    expect(draw(buffer, 32, 5)).not.toEqual(draw(buffer, 32, 6));
  });
});
