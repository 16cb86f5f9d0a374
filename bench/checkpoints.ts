// What checkpoints cost: a HalfCheetah buffer of a million transitions, an increment of ten thousand, and a training with and
// without them.
//
//   node --expose-gc --import tsx bench/checkpoints.ts [--rows 1000000] [--dtype float16] [--pairs 3] [--steps 22000]

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
import { trainConfig } from "../src/training/settings.ts";
import { train } from "../src/training/train.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    dtype: { type: "string", default: "float32" },
    pairs: { type: "string", default: "3" },
    steps: { type: "string", default: "22000" },
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

/** Seconds of a training's steps. */
async function seconds(checkpointEvery: number, round: number): Promise<number> {
  const config = trainConfig({
    env: "HalfCheetah-v5",
    steps: Number(values.steps),
    evalEpisodes: 1,
    checkpointEvery,
  });
  for await (const event of train(config, { run: join(scratch, `${checkpointEvery}-${round}`) })) {
    if (event.kind === "done") return event.summary.seconds;
  }
  throw new Error("unreachable");
}

try {
  await increments(Number(values.rows));
  const ratios: number[] = [];
  for (let round = 0; round < Number(values.pairs); round++) {
    const [without, withThem] = [await seconds(0, round), await seconds(10_000, round)];
    ratios.push(withThem / without);
    console.log(
      `training: ${without.toFixed(1)} s without, ${withThem.toFixed(1)} s with checkpoints, ratio ${ratios.at(-1)!.toFixed(3)}`,
    );
  }
  if (ratios.length > 0)
    console.log(`median ratio ${ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)]!.toFixed(3)}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
