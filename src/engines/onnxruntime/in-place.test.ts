// Outputs that nobody returns: where they stand, what they leave behind, and which errors are errors.

import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { defineGraph, input, multiply } from "../../graph/index.ts";
import { OnnxModel } from "../../graph/onnx-model.ts";
import { refusalOf, withSequence } from "./in-place.ts";
import { byCApi, byNodeApi } from "./installed.ts";
import { allocate, kernelsModule } from "./memory.ts";
import { OnnxProgram } from "./program.ts";
import { nodeApi } from "./session.ts";
import { Shard } from "./shard.ts";

const refusal = await refusalOf(ort);
const x = input("x", [2 ** 18]);
const graph = defineGraph({ outputs: { y: multiply(x, 2) }, updates: {} });
const given = { x: new Float32Array(2 ** 18).fill(3) };

/** What the outputs of ten runs leave to the garbage collector, in bytes, and the last of the outputs. */
async function tenRuns(said: string | undefined) {
  const program = await OnnxProgram.compile({ sessions: nodeApi(ort, said), refusal: said }, 1, graph);
  await program.run(given);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 10; i++) await program.run(given);
  const left = process.memoryUsage().arrayBuffers - before;
  const y = (await program.run(given)).y!.at(-1);
  await program.dispose();
  return { left, y };
}

describe("outputs of a model with a sequence", () => {
  it("stand where they were asked for, and leave nothing to the garbage collector", async () => {
    expect(refusal).toBeTypeOf("string");
    expect(await tenRuns(refusal)).toEqual({ y: 6, left: expect.toSatisfy((bytes) => bytes < 2 ** 16) });
  });

  it("are the same where the runtime returns all outputs", async () => {
    expect((await tenRuns(undefined)).y).toBe(6);
  });
});

it.each(["C", "Node"])("a run that fails says so by the %s API", async (api) => {
  const { sessions, refusal } = api === "C" ? byCApi()! : await byNodeApi();
  const model = new OnnxModel();
  model.input("region", [1]);
  const region = model.node("Cast", ["region"], { to: 7 });
  const picked = model.node("Gather", [model.constant(1, [4]), region], { axis: 0 });
  model.output("picked", picked, [1]);
  const at = (offset: number) => ({ offset, length: 1 });
  const bound = (name: string, offset: number) => ({ name, shape: [1], region: at(offset) });
  const plan = {
    pages: 1,
    stages: [
      {
        model: refusal === undefined ? model.bytes() : withSequence(model.bytes()),
        feeds: [bound("region", 64)],
        outputs: [bound("picked", 128)],
        gradients: [],
        block: at(192),
        adam: [],
        polyak: [],
      },
    ],
    entries: [{ firstStage: 0, stages: 1, moved: [] }],
    options: { threads: 1, stopSpinning: false },
    shards: 1,
    inputs: at(64),
    outputs: at(128),
    states: at(192),
  };
  const shard = await Shard.create(sessions, plan, allocate(1), await kernelsModule());
  shard.view(at(64))[0] = 3;
  await shard.run(0);
  expect(shard.view(at(128))[0]).toBe(1);
  shard.view(at(64))[0] = 4;
  await expect(shard.run(0)).rejects.toThrow("out of data bounds");
  await shard.release();
});
