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

it("a machine has a core", () => {
  expect(coresHere()).toBeGreaterThanOrEqual(1);
  expect(Number.isInteger(coresHere())).toBe(true);
});
