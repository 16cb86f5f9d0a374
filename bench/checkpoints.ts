// What checkpoints cost: a HalfCheetah buffer of a million transitions, an increment of ten thousand, and the steps of a
// training beside it.
//
//   node --expose-gc --import tsx bench/checkpoints.ts [--rows 1000000] [--dtype float16] [--pairs 20] [--steps 200]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Agent } from "../src/agent/agent.ts";
import { CheckpointStore } from "../src/agent/checkpoint/store.node.ts";
import type { ObservationDtype } from "../src/agent/observation-store.ts";
import { ReplayBuffer } from "../src/agent/replay-buffer.ts";
import { wasmEngine } from "../src/engines/wasm/index.ts";
import { makeEnv } from "../src/envs/index.ts";
import { machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    dtype: { type: "string", default: "float32" },
    pairs: { type: "string", default: "20" },
    steps: { type: "string", default: "200" },
  },
});
const scratch = mkdtempSync(join(tmpdir(), "tempered-checkpoints-"));
const { cpu, vectors } = machine();
console.log(`${cpu} (${vectors}), node ${process.version}`);

async function increments(rows: number): Promise<void> {
  const agent = await Agent.create(makeEnv("HalfCheetah-v5"), {
    engine: await wasmEngine(),
    ownsEngine: true,
  });
  const used = () => {
    globalThis.gc?.();
    return process.memoryUsage().arrayBuffers;
  };
  const before = used();
  const replay = new ReplayBuffer({
    capacity: rows,
    observationSize: 17,
    actionSize: 6,
    gamma: 0.99,
    dtype: values.dtype as ObservationDtype,
  });
  const action = new Float32Array(6);
  let now = new Float32Array(17);
  let next = new Float32Array(17);
  const add = (count: number) => {
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < 17; i++) next[i] = Math.random();
      replay.add(now, action, n, next, false);
      [now, next] = [next, now];
      if (n % 1000 === 999) now.fill(0);
    }
  };
  add(rows);
  const grown = used() - before;
  console.log(
    `${rows} transitions take ${(grown / 2 ** 20).toFixed(1)} MiB, ${(grown / (4 * 42 * rows)).toFixed(3)} of what they took stored twice`,
  );
  const store = new CheckpointStore(join(scratch, "store"));
  const write = async (what: string) => {
    const state = await agent.state({ replay: false });
    const start = performance.now();
    const whole = replay.state(store.replayWritten);
    const copied = performance.now() - start;
    await store.write({ agent: { ...state, replay: whole }, run: {} });
    console.log(
      `${what}: ${((performance.now() - start) / 1000).toFixed(2)} s, of which ${copied.toFixed(0)} ms stand in the training's way`,
    );
  };
  await write("the first checkpoint");
  add(10_000);
  await write("10,000 transitions more");
  const began = performance.now();
  new CheckpointStore(join(scratch, "store")).read();
  console.log(`reading it: ${((performance.now() - began) / 1000).toFixed(2)} s`);
  await agent.dispose();
}

/**
 * How much longer training takes with a checkpoint every ten thousand steps: windows of a few hundred steps, in turns with a
 * whole checkpoint of ten thousand new transitions within and without, on a buffer of `rows`. Whole trainings after each
 * other would measure the machine's drift.
 */
async function slowdown(rows: number, pairs: number, steps: number): Promise<void> {
  const agent = await Agent.create(makeEnv("HalfCheetah-v5"), {
    engine: await wasmEngine(),
    ownsEngine: true,
    bufferSize: rows,
    learningStarts: 256,
    bufferDtype: values.dtype as ObservationDtype,
  });
  const { replay } = (agent as unknown as { loop: { replay: ReplayBuffer } }).loop;
  const [observation, next, action] = [new Float32Array(17), new Float32Array(17), new Float32Array(6)];
  const add = (count: number) => {
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < 17; i++) next[i] = Math.random();
      replay.add(observation, action, n, next, false);
      observation.set(next);
    }
  };
  const learn = async () => {
    for await (const _ of agent.learn({ totalTimesteps: steps }));
  };
  const store = new CheckpointStore(join(scratch, "slowdown"));
  const write = async () =>
    store.write({ agent: await agent.state({ replaySince: store.replayWritten }), run: {} });
  add(rows);
  await write();
  await learn();
  const [extra, each]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const times = { with: 0, without: 0 };
    for (const window of pair % 2 === 0 ? (["with", "without"] as const) : (["without", "with"] as const)) {
      if (window === "with") add(10_000 - 2 * steps);
      const start = performance.now();
      const writing = window === "with" ? write() : undefined;
      await learn();
      await writing;
      times[window] = (performance.now() - start) / 1000;
    }
    extra.push(times.with - times.without);
    each.push(times.without / steps);
  }
  const share = (seconds: number) => `${((100 * seconds) / (10_000 * quantile(each, 0.5))).toFixed(2)}%`;
  console.log(
    `${pairs} pairs of ${steps} steps: a checkpoint adds ${quantile(extra, 0.5).toFixed(3)} s (quartiles ${quantile(extra, 0.25).toFixed(3)} … ` +
      `${quantile(extra, 0.75).toFixed(3)}); of ten thousand steps that is ${share(quantile(extra, 0.5))} (${share(quantile(extra, 0.25))} … ${share(quantile(extra, 0.75))})`,
  );
  await agent.dispose();
}

try {
  await increments(Number(values.rows));
  await slowdown(Number(values.rows), Number(values.pairs), Number(values.steps));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
