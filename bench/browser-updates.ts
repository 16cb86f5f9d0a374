// What bench/browser.ts measures in Chromium: updates a second of the wasm engine in both arithmetics on one and two threads,
// in turns of a few updates.

import type { Arithmetic } from "../src/engines/engine.ts";
import { wasmEngine } from "../src/engines/wasm/index.ts";
import type { UpdateSizes } from "../src/measure/flops.ts";
import { randomUpdates } from "../src/measure/random-updates.ts";

export interface Rate {
  readonly arithmetic: Arithmetic;
  readonly threads: number;
  /** Of the best turn, and of the median one. */
  readonly best: number;
  readonly median: number;
}

const UPDATES = 2;

export async function rates(
  sizes: UpdateSizes,
  seconds: number,
  threads: readonly number[],
): Promise<Rate[]> {
  const sides = [];
  for (const arithmetic of ["portable", "fused"] as const) {
    for (const count of threads) {
      const engine = await wasmEngine({ threads: count, arithmetic });
      const updates = await randomUpdates(engine, sizes);
      for (let i = 0; i < 30; i++) await updates.update();
      sides.push({ engine, updates, times: [] as number[] });
    }
  }
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    for (const { updates, times } of sides) {
      // The first wakes the other threads.
      await updates.update();
      const start = performance.now();
      for (let i = 0; i < UPDATES; i++) await updates.update();
      times.push(performance.now() - start);
    }
  }
  const result = sides.map(({ engine, times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    const rate = (time: number) => (1000 * UPDATES) / time;
    return {
      arithmetic: engine.arithmetic,
      threads: engine.threads,
      best: rate(sorted[0]!),
      median: rate(sorted[sorted.length >> 1]!),
    };
  });
  for (const { engine } of sides) await engine.dispose();
  return result;
}
