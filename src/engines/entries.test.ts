// Programs of several graphs over the same states: in any order they compute what the reference does, on both engines and
// on several threads.

import { afterAll, describe, expect, it } from "vitest";
import {
  defineGraph,
  evaluate,
  type Graph,
  gradients,
  input,
  matmul,
  mean,
  polyakStep,
  sizeOf,
  square,
  state,
  subtract,
  type Tensor,
  tanh,
} from "../graph/index.ts";
import { RandomStream } from "../random/index.ts";
import { adam } from "../sac/adam.ts";
import type { Engine } from "./engine.ts";
import { onnxruntimeEngine } from "./onnxruntime/index.ts";
import { wasmEngine } from "./wasm/index.ts";

const [rows, width] = [256, 32];
const scalars = { stepSize: input("stepSize", []), epsilon: input("epsilon", []) };

const block = (name: string) => ({
  parameter: state(name, [width, width]),
  moment1: state(`${name}/moment1`, [width, width]),
  moment2: state(`${name}/moment2`, [width, width]),
});

/** A critic that fits y, and with `actor` a second network that follows it; a target. */
function update(batch: number, withActor: boolean): Graph {
  const [x, y] = [input("x", [batch, width]), input("y", [batch, width])];
  const updates: Record<string, Tensor> = {};
  const outputs: Record<string, Tensor> = {};
  const step = (name: string, loss: Tensor) => {
    const old = block(name);
    const after = adam(old, gradients(loss, [old.parameter])[0]!, scalars);
    Object.assign(updates, {
      [name]: after.parameter,
      [`${name}/moment1`]: after.moment1,
      [`${name}/moment2`]: after.moment2,
    });
    outputs[`${name} loss`] = loss;
    return after.parameter;
  };
  const critic = step("critic", mean(square(subtract(tanh(matmul(x, block("critic").parameter)), y))));
  if (withActor) step("actor", mean(square(matmul(tanh(matmul(x, block("actor").parameter)), critic))));
  updates.target = polyakStep(state("target", [width, width]), critic, 0.1);
  const shard = (parts: number) => (rows % parts === 0 ? update(rows / parts, withActor) : undefined);
  return defineGraph({ outputs, updates, shard });
}

/** Moves a state that the others only read, without an optimiser. */
const reset = defineGraph({
  outputs: { before: mean(state("target", [width, width])) },
  updates: { target: state("critic", [width, width]) },
});

const graphs = { whole: update(rows, true), critics: update(rows, false) };
const engines: Engine[] = [];
for (const threads of [1, 2, 3])
  engines.push(await wasmEngine({ threads }), await onnxruntimeEngine({ threads }));
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

describe.each(engines.map((engine) => [`${engine.name}, ${engine.threads} threads`, engine] as const))(
  "%s",
  (_, engine) => {
    it.each([
      ["that can be divided", graphs],
      ["of which one cannot be divided", { ...graphs, reset }],
    ])("entries %s share their states", async (__, entries: Readonly<Record<string, Graph>>) => {
      const random = new RandomStream(5, "values");
      const program = await engine.compile(entries);
      expect([...program.stateNames].sort()).toEqual([...graphs.whole.state.keys()].sort());
      const draw = (tensor: Tensor) => {
        const values = new Float32Array(sizeOf(tensor.shape));
        random.fillNormal(values);
        return values.map((value) => 0.3 * value);
      };
      let held: Record<string, ArrayLike<number>> = {};
      for (const [name, tensor] of graphs.whole.state) {
        held[name] = name.includes("/") ? new Float32Array(sizeOf(tensor.shape)) : draw(tensor);
        await program.writeState(name, Float32Array.from(held[name]!));
      }
      const names = Object.keys(entries);
      for (let run = 0; run < 12; run++) {
        const name = names[run % 5 === 4 ? 0 : run % names.length]!;
        const graph = entries[name]!;
        const inputs = {
          x: draw(input("x", [rows, width])),
          y: draw(input("y", [rows, width])),
          stepSize: Float32Array.of(0.01),
          epsilon: Float32Array.of(0.01),
        };
        const expected = evaluate(graph, { inputs, state: held });
        held = { ...held, ...expected.updates };
        const outputs = await program.run(inputs, name);
        expect(Object.keys(outputs).sort()).toEqual([...graph.outputs.keys()].sort());
        for (const [output, [value]] of Object.entries(expected.outputs))
          expect(outputs[output]![0]).toBeCloseTo(value!, 4);
        // Moments are whole, whichever entry moved them last.
        if (run % 4 === 3) {
          for (const [state, values] of Object.entries(held)) {
            const got = await program.readState(state);
            expect(Math.max(...got.map((value, i) => Math.abs(value - values[i]!))), state).toBeLessThan(
              1e-4,
            );
          }
        }
      }
      expect(program.runs).toBe(12);
      await program.dispose();
    });

    it("the first entry is the default, and others must be known", async () => {
      const program = await engine.compile(graphs);
      const inputs = {
        x: new Float32Array(rows * width),
        y: new Float32Array(rows * width),
        stepSize: Float32Array.of(0),
        epsilon: Float32Array.of(1),
      };
      expect(Object.keys(await program.run(inputs))).toContain("actor loss");
      await expect((async () => program.run(inputs, "actor"))()).rejects.toMatchObject({
        code: "ENTRY",
        message: 'Expected one of the entries whole, critics, got "actor"',
      });
      await program.dispose();
    });

    it("refuses a state of two shapes", async () => {
      const [a, b] = [[2], [3]].map((shape) => defineGraph({ outputs: { y: mean(state("w", shape)) } }));
      await expect((async () => engine.compile({ a: a!, b: b! }))()).rejects.toMatchObject({ code: "GRAPH" });
    });
  },
);
