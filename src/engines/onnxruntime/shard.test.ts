// A batch shared out to threads: the same learning as on one thread, the same bits every time, and no thread left over
// or waited for in vain.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { stateNames } from "../../../test/agent/learner.ts";
import { freshLearner } from "../../../test/bits/fresh-learner.ts";
import { runScript } from "../../../test/run-script.ts";
import type { UpdateMetrics } from "../../agent/learner.ts";
import { RandomStream } from "../../random/index.ts";
import { embeddedWorker } from "./embed-worker.ts";
import { engineOn, onnxruntimeEngine } from "./index.ts";
import { byCApi, byNodeApi, type Installed } from "./installed.ts";

const workers: Worker[] = [];
const keep = (worker: Worker) => void workers.push(worker);
process.on("worker", keep);
afterEach(() => void workers.splice(0));

/** A learner with networks, batches and noise that depend on nothing but the sizes. */
async function learnerOn(threads: number, batchSize = 128, installed?: Installed) {
  const spec = { observationSize: 7, actionSize: 2, hidden: [64, 64], batchSize, tau: 0.01 };
  const engine = installed ? engineOn(installed, threads) : await onnxruntimeEngine({ threads });
  const { learner, batch, noise } = await freshLearner(engine, spec, new RandomStream(1, "weights"));
  const random = new RandomStream(2, "batches");
  const update = async (): Promise<UpdateMetrics> => {
    const { discount, ...drawn } = batch;
    for (const values of [...Object.values(drawn), ...Object.values(noise)]) random.fillNormal(values);
    for (let i = 0; i < batchSize; i++) discount[i] = random.uniform() < 0.1 ? 0 : 0.98;
    return learner.update(batch, noise, 0);
  };
  const inputs = (): Record<string, Float32Array> => {
    const scalars = { alpha: 0.2, stepSize: 1e-3, epsilon: 1e-8 };
    const values = { ...batch, ...noise };
    for (const array of Object.values(values)) random.fillNormal(array);
    return {
      ...Object.fromEntries(Object.entries(values).map(([name, array]) => [name, array.slice()])),
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)])),
    };
  };
  const weights = () => Promise.all(stateNames(learner).map((name) => learner.program.readState(name)));
  const write = (values: readonly Float32Array[]) =>
    Promise.all(stateNames(learner).map((name, i) => learner.program.writeState(name, values[i]!)));
  return { learner, inputs, update, weights, write };
}

/** For `filter`, over the states in the order of their names. */
function ofMoments(names: readonly string[]): (_: unknown, index: number) => boolean {
  return (_, index) => /\/moment[12]$/.test(names[index]!);
}

/** ‖a − b‖ / ‖b‖ over all arrays. */
function distance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let [difference, norm] = [0, 0];
  b.forEach((block, i) => {
    block.forEach((value, j) => {
      difference += (a[i]![j]! - value) ** 2;
      norm += value ** 2;
    });
  });
  return Math.sqrt(difference / norm);
}

describe.each([2, 3, 4])("%i threads", (threads) => {
  const batchSize = 64 * threads;

  it("learn what one learns", async () => {
    const [one, several] = [await learnerOn(1, batchSize), await learnerOn(threads, batchSize)];
    expect(workers).toHaveLength(threads - 1);
    for (let i = 0; i < 100; i++) {
      const [expected, metrics] = [await one.update(), await several.update()];
      for (const [name, value] of Object.entries(expected) as [keyof UpdateMetrics, number][]) {
        expect(Math.abs(metrics[name] - value), `${name} at update ${i + 1}`).toBeLessThan(
          2e-5 * Math.max(1, Math.abs(value)),
        );
      }
      if (i === 0) expect(distance(await several.weights(), await one.weights())).toBeLessThan(1e-5);
    }
    expect(distance(await several.weights(), await one.weights())).toBeLessThan(1e-4);
    await Promise.all([one.learner.dispose(), several.learner.dispose()]);
  });

  it("give the same bits every time", async () => {
    const [first, second] = [await learnerOn(threads, batchSize), await learnerOn(threads, batchSize)];
    for (let i = 0; i < 30; i++) expect(await first.update()).toEqual(await second.update());
    expect(await first.weights()).toEqual(await second.weights());
    await Promise.all([first.learner.dispose(), second.learner.dispose()]);
  });
});

it.each([1, 2])(
  "%i threads: the same bits by ONNX Runtime's C API and by onnxruntime-node",
  async (threads) => {
    const [c, node] = [
      await learnerOn(threads, 128, byCApi()!),
      await learnerOn(threads, 128, await byNodeApi()),
    ];
    for (let i = 0; i < 30; i++) expect(await c.update()).toEqual(await node.update());
    expect(await c.weights()).toEqual(await node.weights());
    await Promise.all([c.learner.dispose(), node.learner.dispose()]);
  },
);

it("Adam's moments, which each thread has a share of, are whole whenever they are read", async () => {
  const [one, read, unread] = [await learnerOn(1), await learnerOn(2), await learnerOn(2)];
  const isMoment = ofMoments(stateNames(one.learner));
  for (let i = 0; i < 5; i++) {
    await Promise.all([one.update(), read.update(), unread.update()]);
    const [expected, moments] = [
      (await one.weights()).filter(isMoment),
      (await read.weights()).filter(isMoment),
    ];
    moments.forEach((moment, k) => void expect(distance([moment], [expected[k]!])).toBeLessThan(1e-4));
  }
  expect(await unread.weights()).toEqual(await read.weights());
  await Promise.all([one, read, unread].map(({ learner }) => learner.dispose()));
});

it("states that are written reach every thread", async () => {
  const [first, second] = [await learnerOn(2), await learnerOn(2)];
  for (let i = 0; i < 5; i++) await first.update();
  for (let i = 0; i < 5; i++) await second.update();
  // A detour that is taken back: the weights are as before, and so must be what follows.
  const before = await second.weights();
  const temperature = second.learner.temperature.state();
  const times = (factor: number) => before.map((values) => values.map((w) => factor * w));
  await second.write(times(2));
  await second.write(before);
  second.learner.temperature.restore(temperature);
  expect(await second.update()).toEqual(await first.update());
  await second.write(times(0.5));
  await first.write(times(0.5));
  for (let i = 0; i < 3; i++) expect(await second.update()).toEqual(await first.update());
  expect(await second.weights()).toEqual(await first.weights());
  await Promise.all([first.learner.dispose(), second.learner.dispose()]);
});

it.each([129, 126])("a batch of %i is not divided, and learned from all the same", async (batchSize) => {
  const [one, two] = [await learnerOn(1, batchSize), await learnerOn(2, batchSize)];
  expect(workers).toHaveLength(0);
  const [expected, metrics] = [await one.update(), await two.update()];
  expect(metrics.criticLoss).toBeCloseTo(expected.criticLoss, 4);
  await Promise.all([one.learner.dispose(), two.learner.dispose()]);
});

describe.each([
  ["the C API", async () => byCApi()!],
  ["onnxruntime-node", byNodeApi],
] as const)("two threads by %s", (_, installed) => {
  const learner = async () => learnerOn(2, 128, await installed());

  it("make runs that are asked for at once one after the other", async () => {
    const [first, second] = [await learner(), await learner()];
    const inputs = [first.inputs(), first.inputs()] as const;
    await first.learner.program.run(inputs[0]);
    const outputs = await first.learner.program.run(inputs[1]);
    const together = await Promise.all(inputs.map((given) => second.learner.program.run(given)));
    expect(together[1]).toEqual(outputs);
    expect(await second.weights()).toEqual(await first.weights());
    await Promise.all([first.learner.dispose(), second.learner.dispose()]);
  });

  it("never show moments of which half is old, nor lose a state that is written meanwhile", async () => {
    const [awaited, hasty] = [await learner(), await learner()];
    const half = (await awaited.weights()).map((values) => values.map((value) => value / 2));
    const inputs = awaited.inputs();
    hasty.inputs(); // Random numbers that it must not have later.

    awaited.learner.program.run(inputs);
    const moments = await awaited.weights();
    await awaited.write(half);
    const running = hasty.learner.program.run(inputs);
    const reading = hasty.weights();
    const writing = hasty.write(half);
    expect(await reading).toEqual(moments);
    await Promise.all([running, writing]);
    for (let i = 0; i < 3; i++) expect(await hasty.update()).toEqual(await awaited.update());
    expect(await hasty.weights()).toEqual(await awaited.weights());
    await Promise.all([awaited.learner.dispose(), hasty.learner.dispose()]);
  });

  it("can be read after the end", async () => {
    const [kept, disposed] = [await learner(), await learner()];
    await Promise.all([kept.update(), disposed.update()]);
    await disposed.learner.dispose();
    expect(await disposed.weights()).toEqual(await kept.weights());
    await kept.learner.dispose();
  });
});

describe("a worker that ends", () => {
  const lost = {
    code: "THREAD_LOST",
    message: expect.stringMatching(/^Expected all 2 threads to answer, but .*compile the graph again/),
  };

  it("between updates is an error at the next one, and at all later ones", async () => {
    const { learner, update, weights } = await learnerOn(2);
    await update();
    await workers[0]!.terminate();
    await expect(update()).rejects.toMatchObject(lost);
    await expect(update()).rejects.toMatchObject(lost);
    // Nobody must save what is left.
    await expect(weights()).rejects.toMatchObject(lost);
    await learner.dispose();
  });

  it("without a word is an error after some seconds", async () => {
    const { learner, update } = await learnerOn(2);
    await update();
    const ended = workers[0]!.terminate();
    await expect(update()).rejects.toMatchObject(lost);
    await ended;
    await learner.dispose();
  }, 30_000);
});

it("waits for a main thread that is kept busy by something else", async () => {
  const { learner, update } = await learnerOn(2);
  await update();
  const updating = update();
  // Longer than the first part would wait for another.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 11_000);
  expect(Number.isFinite((await updating).criticLoss)).toBe(true);
  await learner.dispose();
}, 30_000);

it.each([1, 2])("disposing during an update of %i threads lets it finish", async (threads) => {
  for (let i = 0; i < 3; i++) {
    const { learner, update } = await learnerOn(threads, 128, await byNodeApi());
    await update();
    // Long enough for the worker to have gone to sleep.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const updating = update();
    await learner.dispose();
    expect(Number.isFinite((await updating).criticLoss)).toBe(true);
  }
});

it("a program that nobody disposed of lets the process end", async () => {
  const script = fileURLToPath(new URL("../../../test/engines/two-threads-left-alone.ts", import.meta.url));
  expect(await runScript(script)).toEqual({ updates: 3 });
});

it("disposing ends the workers", async () => {
  const { learner, update } = await learnerOn(2);
  await update();
  await learner.dispose();
  expect(workers[0]!.threadId).toBe(-1);
});

it("the workers' text is that of its files (else run embed-worker.ts)", async () => {
  const committed = readFileSync(new URL("./worker.generated.ts", import.meta.url), "utf8");
  expect((await embeddedWorker()) === committed).toBe(true);
});
