// Threads by the measured table: more work never gets fewer, nothing gets more than there are cores, or than were measured.

import { expect, it } from "vitest";
import { coresHere } from "./cores.ts";
import { measured } from "./thread-table.generated.ts";
import { threadsFor, type Work } from "./threads.ts";

const tiny: Work = { batchSize: 8, observationSize: 3, actionSize: 1, hidden: [8] };
const cheetah: Work = { batchSize: 256, observationSize: 17, actionSize: 6, hidden: [256, 256] };
const engines = ["wasm", "onnxruntime"] as const;

it.each(engines)("%s: one thread for what is small, unknown, or alone on a core", (engine) => {
  expect(threadsFor(engine, tiny, 64)).toBe(1);
  expect(threadsFor(engine, undefined, 64)).toBe(1);
  expect(threadsFor(engine, cheetah, 1)).toBe(1);
});

it.each(engines)("%s: two threads for HalfCheetah's default networks on two cores", (engine) => {
  expect(threadsFor(engine, cheetah, 2)).toBe(2);
});

it.each(engines)("%s: never more than were measured to pay", (engine) => {
  const most = Math.max(...measured[engine].map(({ speedups }) => speedups.length));
  const huge = { ...cheetah, batchSize: 1e6, hidden: [4096, 4096] };
  expect(threadsFor(engine, huge, 1024)).toBeLessThanOrEqual(most);
});

it.each(engines)("%s: never slower than one thread, by its own measurements", (engine) => {
  for (const update of measured[engine]) {
    for (const cores of [1, 2, 4, 16]) {
      const threads = threadsFor(engine, update, cores);
      expect(update.speedups[threads - 1], JSON.stringify(update)).toBeGreaterThanOrEqual(1);
    }
  }
});

it("the measured updates next below decide, each of them", () => {
  const update = (batchSize: number, width: number, ...speedups: number[]) => ({
    ...{ batchSize, observationSize: 3, actionSize: 1, hidden: [width, width] },
    speedups: [1, ...speedups],
  });
  const table = [
    update(64, 64, 0.6, 0.5),
    update(256, 64, 1.3, 1.2),
    update(64, 256, 1.05, 1.3),
    update(256, 256, 1.8, 2.5),
  ];
  const chosen = (batchSize: number, width: number, cores = 8) =>
    threadsFor("wasm", update(batchSize, width), cores, table);
  expect(chosen(63, 64)).toBe(1);
  expect(chosen(64, 64)).toBe(1);
  expect(chosen(256, 64)).toBe(2);
  expect(chosen(1000, 128)).toBe(2);
  // Five per cent are not clear.
  expect(chosen(128, 256)).toBe(1);
  // Of (256, 64) and (64, 256), which both are next below, one does not gain.
  expect(chosen(255, 300)).toBe(1);
  expect(chosen(256, 256)).toBe(3);
  expect(chosen(4000, 1024)).toBe(3);
  expect(chosen(4000, 1024, 2)).toBe(2);
});

it("critics and blocks count as an update works on them", () => {
  const sizes = { batchSize: 256, observationSize: 3, actionSize: 1 };
  /** Whether an update is taken for at least as large as one of so many weights, 4 inputs, one hidden layer, 1 output. */
  const reaches = (work: Partial<Work>, weights: number) => {
    const table = [{ ...sizes, hidden: [weights / 5], speedups: [1, 2] }];
    return threadsFor("wasm", { ...sizes, hidden: [64, 64], ...work }, 2, table) === 2;
  };
  const largest = (work: Partial<Work>, weights: number) =>
    reaches(work, weights) && !reaches(work, weights + 5);
  // 4 · 64 + 64 · 64 + 64 = 4,416
  expect(largest({}, 4415)).toBe(true);
  expect(largest({ criticHidden: [] }, 4415)).toBe(true);
  // 4 · 256 + 256 · 256 + 256 = 66,816; (4,416 + 3 · 66,816) / 4 = 51,216
  expect(largest({ criticHidden: [256, 256] }, 51_215)).toBe(true);
  // 4 · 16 + 16 · 64 + 64 · 16 + 16 = 2,128
  expect(largest({ hidden: [16], residual: true }, 2125)).toBe(true);
});

it("a machine has a core", () => {
  expect(coresHere()).toBeGreaterThanOrEqual(1);
  expect(Number.isInteger(coresHere())).toBe(true);
});
