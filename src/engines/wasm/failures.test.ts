// What goes wrong is said, in words and with a code, and nothing hangs or grows.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { add, defineGraph, input, matmul, multiply, sizeOf, state, sum, tanh } from "../../graph/index.ts";
import { sacUpdate } from "../../sac/update.ts";
import { wasmEngine } from "./index.ts";
import { compileKernels } from "./module.ts";
import { plan } from "./plan.ts";
import { WasmProgram } from "./program.ts";

const graph = () => {
  const w = state("w", [256, 256]);
  const y = tanh(matmul(input("x", [256, 256]), w));
  return defineGraph({ outputs: { y: sum(y) }, updates: { w: add(w, multiply(y, 0.1)) } });
};
const x = new Float32Array(256 * 256).fill(0.01);

/** A program on two threads, and its worker. */
async function pair() {
  const started: Worker[] = [];
  const keep = (worker: Worker) => void started.push(worker);
  process.on("worker", keep);
  const planned = plan(new Map([["run", graph()]]), 2);
  const program = await WasmProgram.create(planned, await compileKernels(true, "portable"));
  process.off("worker", keep);
  return { planned, program, worker: started[0]! };
}

describe("a worker that dies", () => {
  const lost = expect.objectContaining({
    code: "THREAD_LOST",
    message: expect.stringMatching(/^Expected all 2 threads to answer, but .*compile the graph again/),
  });
  const failure = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it("between runs is an error at the next run", async () => {
    const { program, worker } = await pair();
    program.run({ x });
    await worker.terminate();
    expect(failure(() => program.run({ x }))).toEqual(lost);
    await program.dispose();
  });

  it("during a run, by a fault of its own, is an error at once", async () => {
    const { planned, program } = await pair();
    program.run({ x });
    // No instruction has this number.
    new Int32Array(program.view("w").buffer, planned.entries.get("run")!.tapeAddresses[1]!, 1)[0] = 99;
    const start = performance.now();
    expect(failure(() => program.run({ x }))).toEqual(lost);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(failure(() => program.run({ x }))).toEqual(lost);
    await program.dispose();
  });

  it("without a word is an error after some seconds", async () => {
    const { program, worker } = await pair();
    const ended = worker.terminate();
    expect(failure(() => program.run({ x }))).toEqual(lost);
    await ended;
    await program.dispose();
  });
});

it("a missing SIMD feature is said", async () => {
  const module = new URL("index.ts", import.meta.url).href;
  const script = `import { wasmEngine } from ${JSON.stringify(module)}; await wasmEngine().catch((e) => console.log(e.code));`;
  // V8 has no WebAssembly SIMD without SSE 4.1.
  const flags = ["--no-enable-sse4-1", "--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  expect(stdout.trim()).toBe("WASM_UNSUPPORTED");
});

it("more memory than there is, is said", async () => {
  const engine = await wasmEngine();
  const huge = defineGraph({ outputs: { y: sum(state("huge", [40_000, 40_000])) } });
  await expect(engine.compile(huge)).rejects.toMatchObject({
    code: "OUT_OF_MEMORY",
    message: expect.stringMatching(/^Expected 6104 MiB of memory .* use a smaller batch/),
  });
});

it("wrong inputs, states, threads and disposed programs are refused", async () => {
  const engine = await wasmEngine();
  const program = await engine.compile(graph());
  expect(() => program.run({})).toThrow(/Expected input "x" as a Float32Array of 65536 elements, got none/);
  expect(() => program.run({ x: new Float32Array(3) })).toThrow(/got 3/);
  await expect(program.readState("v")).rejects.toThrow(/Expected one of the states w, got "v"/);
  await expect(program.writeState("w", new Float32Array(1))).rejects.toThrow(/of 65536 elements, got 1/);
  await engine.dispose();
  expect(() => program.run({ x })).toThrow(/disposed; compile the graph again/);
  await expect(wasmEngine({ threads: 0 })).rejects.toThrow(/number of threads from 1 up, got 0/);
});

it("10,000 updates leave memory flat", async () => {
  const spec = { observationSize: 3, actionSize: 1, hidden: [16, 16], batchSize: 8, gamma: 0.99, tau: 0.005 };
  const update = sacUpdate(spec);
  const engine = await wasmEngine();
  const program = await engine.compile(update);
  const inputs = Object.fromEntries(
    [...update.inputs].map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape)).fill(0.1)]),
  );
  const pages = program.view("actor/rows").buffer;
  const run = (times: number) => {
    for (let i = 0; i < times; i++) program.run(inputs);
    return process.memoryUsage();
  };
  const before = run(1000);
  const after = run(10_000);
  expect(program.view("actor/rows").buffer).toBe(pages);
  expect(after.external - before.external).toBeLessThan(2 ** 20);
  expect(after.rss - before.rss).toBeLessThan(8 * 2 ** 20);
  await engine.dispose();
});
