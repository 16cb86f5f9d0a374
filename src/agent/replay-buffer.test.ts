// The ring, its growth, and draws that are uniform and belong to their seed.

import fc from "fast-check";
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

describe("observations that are stored once", () => {
  /** Episodes of several environments, interleaved, that end one way or the other or go on. */
  const world = fc.record({
    capacity: fc.integer({ min: 1, max: 60 }),
    count: fc.integer({ min: 1, max: 5 }),
    steps: fc.integer({ min: 1, max: 150 }),
    seed: fc.nat(),
  });

  /** Fills a buffer, and a list of the transitions that it should hold. */
  function played({
    capacity,
    count,
    steps,
    seed,
  }: {
    capacity: number;
    count: number;
    steps: number;
    seed: number;
  }) {
    const random = new RandomStream(seed, "world");
    const buffer = new ReplayBuffer({ capacity, observationSize: 2, actionSize: 1, gamma: 0.5 });
    const draw = () => [Math.fround(random.normal()), Math.fround(random.below(3))];
    const now = Array.from({ length: count }, draw);
    const expected: number[][] = [];
    for (let step = 0; step < steps; step++) {
      const i = random.below(count);
      const next = draw();
      const terminated = random.below(9) === 0;
      const reward = step / 4;
      buffer.add(now[i]!, [step / 8], reward, next, terminated);
      expected.push([...now[i]!, ...next, step / 8, reward, Number(terminated)]);
      now[i] = terminated || random.below(9) === 0 ? draw() : next;
    }
    return { buffer, expected: expected.slice(-capacity) };
  }

  it("are those that were given, whatever follows what", () => {
    fc.assert(
      fc.property(world, (setting) => {
        const { buffer, expected } = played(setting);
        const { rows, size, added } = buffer.state();
        expect([size, added]).toEqual([expected.length, setting.steps]);
        expect([...rows]).toEqual(expected.flat());
        const since = Math.floor(added / 2);
        expect([...buffer.state(since).rows]).toEqual(expected.slice(-Math.min(size, added - since)).flat());
        const restored = new ReplayBuffer({
          capacity: setting.capacity,
          observationSize: 2,
          actionSize: 1,
          gamma: 0.5,
        });
        restored.restore(buffer.state());
        expect(restored.state()).toEqual(buffer.state());
        for (const one of [buffer, restored]) one.add([1, 2], [3], 4, [5, 6], false);
        expect(restored.state()).toEqual(buffer.state());
        expect(draw(restored, 40)).toEqual(draw(buffer, 40));
      }),
    );
  });

  it("take little more than one observation, an action and a reward: 0.59 of what they took stored twice", () => {
    const size = 200_000;
    const buffer = new ReplayBuffer({ capacity: size, observationSize: 17, actionSize: 6, gamma: 0.99 });
    let now = new Float32Array(17);
    const action = new Float32Array(6);
    for (let n = 0; n < size; n++) {
      const next = now.slice();
      next[n % 17]! += 1;
      buffer.add(now, action, n, next, false);
      now = n % 1000 === 999 ? new Float32Array(17) : next;
    }
    const stored = (buffer as unknown as { rest: Float32Array }).rest.buffer.byteLength;
    expect(buffer.size).toBe(size);
    expect((stored + 2 * size) / (4 * 42 * size)).toBeLessThan(0.59);
    expect((buffer as unknown as { finals: Map<number, unknown> }).finals.size).toBe(size / 1000);
  });

  it("of a state of other sizes is refused", () => {
    const { buffer } = played({ capacity: 20, count: 1, steps: 30, seed: 1 });
    const state = buffer.state();
    for (const options of [
      { capacity: 10, observationSize: 2, actionSize: 1, gamma: 0.5 },
      { capacity: 20, observationSize: 3, actionSize: 1, gamma: 0.5 },
    ]) {
      expect(() => new ReplayBuffer(options).restore(state)).toThrow(
        "restore a buffer of the same environment",
      );
    }
    const larger = new ReplayBuffer({ capacity: 40, observationSize: 2, actionSize: 1, gamma: 0.5 });
    larger.restore(state);
    expect([...larger.state().rows]).toEqual([...state.rows]);
  });
});
