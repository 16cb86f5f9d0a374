// The barrier between threads: nobody passes before all have come, round after round, whoever is late.

import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { compileKernels } from "./module.ts";

const [THREADS, ROUNDS] = [3, 3000];

const script = `
const { parentPort, workerData: { module, memory, counters, me, threads, rounds } } = require("node:worker_threads");
const { barrier } = new WebAssembly.Instance(module, { env: { memory, abort() {}, stalled: () => 0 } }).exports;
let early = 0;
for (let round = 0; round < rounds; round++) {
  // Now and then one sleeps long enough for the others to stop looking and go to sleep, too.
  if (round % 1000 === 500 * (me % 2)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  Atomics.store(counters, me, round + 1);
  if (!barrier(threads, true)) throw new Error("gave up");
  for (let other = 0; other < threads; other++) {
    const seen = Atomics.load(counters, other);
    // None has been left behind, and none is more than one round ahead.
    if (seen < round + 1 || seen > round + 2) early++;
  }
}
parentPort.postMessage(early);
`;

it(`lets ${THREADS} threads pass together ${ROUNDS} times`, async () => {
  const { shared: module } = await compileKernels(true, "portable");
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
  const counters = new Int32Array(new SharedArrayBuffer(4 * THREADS));
  const early = await Promise.all(
    Array.from(
      { length: THREADS },
      (_, me) =>
        new Promise<number>((resolve, reject) => {
          const workerData = { module, memory, counters, me, threads: THREADS, rounds: ROUNDS };
          const worker = new Worker(script, { eval: true, workerData });
          worker.on("message", resolve);
          worker.on("error", reject);
        }),
    ),
  );
  expect(early).toEqual(new Array(THREADS).fill(0));
  expect([...counters]).toEqual(new Array(THREADS).fill(ROUNDS));
});
