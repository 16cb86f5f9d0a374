// Runs a graph on an engine and, beside it, in the float64 reference, for several runs with states that carry over.

import type { Engine } from "../../src/engines/engine.ts";
import { evaluate, type Graph, sizeOf, type Tensor } from "../../src/graph/index.ts";
import { RandomStream } from "../../src/random/index.ts";

/**
 * The largest error of any output or state over `runs` runs, relative to max(1, |reference|). Inputs and first states
 * are uniform in [−1, 1], those named `…moment2` in [0, 1]; scalars named `stepSize` and `epsilon` are Adam's size.
 */
export async function largestError(
  engine: Engine,
  graph: Graph,
  { runs = 3, seed = 0 }: { runs?: number; seed?: number } = {},
): Promise<number> {
  const random = new RandomStream(seed, "values");
  const draw = ([name, { shape }]: readonly [string, Tensor]) => {
    if (name === "stepSize") return [name, Float32Array.of(0.05)] as const;
    if (name === "epsilon") return [name, Float32Array.of(0.01)] as const;
    const low = name.endsWith("moment2") ? 0 : -1;
    return [name, Float32Array.from({ length: sizeOf(shape) }, () => random.uniformBetween(low, 1))] as const;
  };
  const program = await engine.compile(graph);
  let held: Record<string, ArrayLike<number>> = {};
  for (const entry of graph.state) {
    const [name, values] = draw(entry);
    await program.writeState(name, values);
    held[name] = values;
  }
  let largest = 0;
  const compare = (ours: Float32Array, exact: ArrayLike<number>) => {
    ours.forEach((value, i) => {
      const error = Math.abs(value - exact[i]!) / Math.max(1, Math.abs(exact[i]!));
      largest = Math.max(largest, Number.isNaN(error) ? Infinity : error);
    });
  };
  for (let run = 0; run < runs; run++) {
    const inputs = Object.fromEntries([...graph.inputs].map(draw));
    const { outputs, updates } = evaluate(graph, { inputs, state: held });
    held = { ...held, ...updates };
    const ours = await program.run(inputs);
    for (const name of graph.outputs.keys()) compare(ours[name]!, outputs[name]!);
    for (const name of graph.state.keys()) compare(await program.readState(name), held[name]!);
  }
  await program.dispose();
  return largest;
}
