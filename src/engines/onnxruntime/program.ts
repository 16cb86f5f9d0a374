// Graphs compiled for ONNX Runtime. Given several threads and a batch that can be divided, every thread has a shard of it
// (shard.ts): ONNX Runtime's own threads, which share out every single operation, gain half as much by a second core
// (bench/diary.md).

import { type Graph, type Shape, sameShape, sizeOf } from "../../graph/index.ts";
import type { Entries, NamedArrays, Program } from "../engine.ts";
import { checkedArray, disposed, entriesOf, known } from "../program-checks.ts";
import type { Helpers } from "./helpers.ts";
import type { Installed } from "./installed.ts";
import { allocate, kernelsModule } from "./memory.ts";
import { type ProgramPlan, planOf } from "./plan.ts";
import { Shard } from "./shard.ts";
import { type Stages, stagesOf } from "./stages.ts";

/** Fewer rows than this a thread are not worth a meeting of all threads. */
const LEAST_ROWS = 64;

interface Entry {
  readonly number: number;
  readonly inputs: readonly Input[];
  readonly outputs: NamedArrays;
}

export class OnnxProgram implements Program {
  readonly stateNames: readonly string[];
  private readonly states: ReadonlyMap<string, Float32Array>;
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly shard: Shard;
  private readonly helpers: Helpers | undefined;
  /** States that are spread over all shards while nobody reads them. */
  private readonly moments: ReadonlySet<string>;
  private momentsAreSpread = false;
  private statesChanged = false;
  private isDisposed = false;
  /** The run in flight; it settles without an error. */
  private current: Promise<unknown> | undefined;
  /** What has corrupted the states. */
  private failure: unknown;

  /** @throws TemperedError (OUT_OF_MEMORY); (THREAD_LOST) if a thread does not start */
  static async compile(installed: Installed, threads: number, graphs: Graph | Entries): Promise<OnnxProgram> {
    const entries = entriesOf(graphs);
    const { shards, graphs: sharded, stages } = divided([...entries.values()], threads);
    const plan = planOf(sharded, stages, shards, Math.floor(threads / shards), {
      direct: installed.library !== undefined,
      sequence: installed.refusal !== undefined,
    });
    const memory = allocate(plan.shard.pages);
    const module = await kernelsModule();
    const helpers =
      shards > 1
        ? await (await import("./helpers.ts")).startHelpers(installed, plan.shard, module)
        : undefined;
    try {
      const shard = await Shard.create(installed.sessions, plan.shard, memory, module, helpers?.exchange);
      return new OnnxProgram(entries, plan, shard, helpers);
    } catch (error) {
      await helpers?.end();
      throw error;
    }
  }

  private constructor(
    graphs: ReadonlyMap<string, Graph>,
    plan: ProgramPlan,
    shard: Shard,
    helpers: Helpers | undefined,
  ) {
    this.shard = shard;
    this.helpers = helpers;
    this.states = new Map([...plan.states].map(([name, region]) => [name, shard.view(region)]));
    this.stateNames = [...this.states.keys()];
    this.moments = plan.moments;
    const inputOf = (name: string, shape: Shape): Input => {
      const region = plan.inputs.get(name)!;
      const at = (region.offset - plan.shard.inputs.offset) / 4;
      const regions = Array.from({ length: plan.shard.shards }, (_, i) =>
        i === 0 ? shard.view(region) : helpers!.exchange.inputsOf(i).subarray(at, at + region.length),
      );
      return { name, length: sizeOf(shape), regions };
    };
    this.entries = new Map(
      [...graphs].map(([name, { inputs, outputs }], number) => [
        name,
        {
          number,
          inputs: [...inputs].map(([input, { shape }]) => inputOf(input, shape)),
          outputs: Object.fromEntries(
            [...outputs.keys()].map((output) => [output, shard.view(plan.outputs.get(output)!)]),
          ),
        },
      ]),
    );
  }

  /** One run at a time: who comes while another is in flight waits for its end. */
  async run(given: NamedArrays, name: string = this.entries.keys().next().value!): Promise<NamedArrays> {
    const entry = known("entry", name, this.entries);
    while (this.current !== undefined) await this.current;
    if (this.isDisposed) throw disposed();
    const arrays = entry.inputs.map((input) =>
      checkedArray("input", input.name, input.length, given[input.name]),
    );
    entry.inputs.forEach(({ length, regions }, i) => {
      regions.forEach((region, shard) => {
        // An input without rows goes to every shard.
        const start = region.length === length ? 0 : shard * region.length;
        region.set(arrays[i]!.subarray(start, start + region.length));
      });
    });
    const running =
      this.helpers === undefined ? this.shard.run(entry.number) : this.runParts(this.helpers, entry.number);
    this.current = running.catch(() => {});
    try {
      await running;
    } finally {
      this.current = undefined;
    }
    return entry.outputs;
  }

  get runs(): number {
    return this.shard.runs;
  }

  set runs(count: number) {
    // All states go to the other threads then, and this with them.
    this.collectMoments();
    this.shard.runs = count;
    this.statesChanged = true;
  }

  private async runParts(helpers: Helpers, entry: number): Promise<void> {
    const changed = this.statesChanged;
    this.statesChanged = false;
    const running = helpers.run(this.shard, entry, changed);
    // Where sessions run at once, so they are by now.
    this.momentsAreSpread = true;
    try {
      await running;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async readState(name: string): Promise<Float32Array> {
    const held = this.view(name);
    while (this.current !== undefined) await this.current;
    if (this.failure !== undefined) throw this.failure;
    if (this.moments.has(name)) this.collectMoments();
    return held.slice();
  }

  async writeState(name: string, values: Float32Array): Promise<void> {
    const held = this.view(name);
    const checked = checkedArray("state", name, held.length, values);
    while (this.current !== undefined) await this.current;
    if (this.failure !== undefined) throw this.failure;
    // All states go to the other threads then.
    this.collectMoments();
    held.set(checked);
    this.statesChanged = true;
  }

  view(name: string): Float32Array {
    return known("state", name, this.states);
  }

  private collectMoments(): void {
    if (!this.momentsAreSpread) return;
    this.helpers!.collectMoments(this.shard);
    this.momentsAreSpread = false;
  }

  async dispose(): Promise<void> {
    if (this.isDisposed) return;
    this.isDisposed = true;
    while (this.current !== undefined) await this.current;
    try {
      // States can be read afterwards, as those of every engine.
      if (this.failure === undefined) this.collectMoments();
    } catch (error) {
      this.failure = error;
    }
    await this.helpers?.end();
    await this.shard.release();
  }
}

interface Input {
  readonly name: string;
  readonly length: number;
  /** Where each shard has its rows of it. */
  readonly regions: readonly Float32Array[];
}

/** The graphs of one shard, with as many shards as there are threads for; the whole graphs where one cannot be divided. */
function divided(
  graphs: readonly Graph[],
  threads: number,
): { shards: number; graphs: readonly Graph[]; stages: readonly Stages[] } {
  // Older versions of Node let no module find worker_threads without an import, which no browser could follow.
  const most = process.getBuiltinModule !== undefined ? threads : 1;
  for (let shards = most; shards > 1; shards--) {
    const sharded = graphs.flatMap((graph) => {
      const shard = graph.shard?.(shards);
      return shard !== undefined && hasItsRows(graph, shard, shards) ? [shard] : [];
    });
    if (sharded.length < graphs.length) continue;
    const stages = sharded.map(stagesOf);
    if (stages.every(isMovedByGradients)) return { shards, graphs: sharded, stages };
  }
  return { shards: 1, graphs, stages: graphs.map(stagesOf) };
}

/** Whether every stage ends in gradients, and nothing but optimiser's steps moves states. */
function isMovedByGradients({ stages }: Stages): boolean {
  return stages.every(({ adam, graph: { updates } }) => adam.length > 0 && updates.size === 0);
}

/** Whether `shard` has its share of every input's rows. */
function hasItsRows(whole: Graph, shard: Graph, shards: number): boolean {
  const inputs = [...shard.inputs].map(([name, { shape }]) => ({
    shape,
    all: whole.inputs.get(name)!.shape,
  }));
  const divided = inputs.filter(({ shape, all }) => !sameShape(shape, all));
  const rowsOf = (shape: Shape) => shape.find((dimension) => dimension > 1) ?? 1;
  return (
    divided.length > 0 &&
    divided.every(
      ({ shape, all }) =>
        rowsOf(shape) >= LEAST_ROWS &&
        rowsOf(all) === shards * rowsOf(shape) &&
        sizeOf(all) === shards * sizeOf(shape),
    )
  );
}
