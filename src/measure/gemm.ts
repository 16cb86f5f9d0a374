// The ceiling that an update can reach: the rate of an engine's own matrix product when nothing else is in the way.

import type { Engine } from "../engines/engine.ts";
import { defineGraph, matmul, state, sum, type Tensor } from "../graph/index.ts";
import { quantile, timesOf } from "./timing.ts";

/** Products in a row, so that a call's own cost does not count. */
const CHAIN = 8;

/** The best rate over square float32 products of 256, 512 and 1024, in GFLOP/s. Takes about `seconds`. */
export async function gemmGflops(engine: Engine, seconds: number): Promise<number> {
  const sizes = [256, 512, 1024];
  let best = 0;
  for (const size of sizes) {
    const program = await engine.compile(chain(size));
    const run = async () => void (await program.run({}));
    await run();
    const milliseconds = quantile(await timesOf(run, seconds / sizes.length), 0.1);
    best = Math.max(best, (2e-6 * CHAIN * size ** 3) / milliseconds);
    await program.dispose();
  }
  return best;
}

function chain(size: number) {
  const factor = state("factor", [size, size]);
  let product: Tensor = state("start", [size, size]);
  for (let i = 0; i < CHAIN; i++) product = matmul(factor, product);
  return defineGraph({ outputs: { sum: sum(product) }, updates: {} });
}
