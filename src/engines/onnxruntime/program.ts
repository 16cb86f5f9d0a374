// Graphs compiled for ONNX Runtime. Given several threads and a batch that can be divided, every thread has a part of it
// (part.ts): ONNX Runtime's own threads, which share out every single operation, gain half as much by a second core
// (bench/diary.md).

import { type Graph, type Shape, sameShape, sizeOf } from "../../graph/index.ts";
import type { Entries, NamedArrays, Program } from "../engine.ts";
import { checkedArray, disposed, entriesOf, known } from "../program-checks.ts";
import type { Helpers } from "./helpers.ts";
import type { Installed } from "./installed.ts";
import { allocate, kernelsModule } from "./memory.ts";
import { Part } from "./part.ts";
import { type ProgramPlan, planOf } from "./plan.ts";
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
  private readonly part: Part;
  private readonly helpers: Helpers | undefined;
  /** States that are spread over all parts while nobody reads them. */
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
    const { parts, graphs: shards, stages } = divided([...entries.values()], threads);
    const plan = planOf(shards, stages, parts, Math.floor(threads / parts), {
      direct: installed.library !== undefined,
      sequence: installed.refusal !== undefined,
    });
    const memory = allocate(plan.part.pages);
    const module = await kernelsModule();
    const helpers =
      parts > 1 ? await (await import("./helpers.ts")).startHelpers(installed, plan.part, module) : undefined;
    try {
      const part = await Part.create(installed.sessions, plan.part, memory, module, helpers?.exchange);
      return new OnnxProgram(entries, plan, part, helpers);
    } catch (error) {
      await helpers?.end();
      throw error;
    }
  }

  private constructor(
    graphs: ReadonlyMap<string, Graph>,
    plan: ProgramPlan,
    part: Part,
    helpers: Helpers | undefined,
  ) {
    this.part = part;
    this.helpers = helpers;
    this.states = new Map([...plan.states].map(([name, place]) => [name, part.view(place)]));
    this.stateNames = [...this.states.keys()];
    this.moments = plan.moments;
    const inputOf = (name: string, shape: Shape): Input => {
      const place = plan.inputs.get(name)!;
      const at = (place.offset - plan.part.inputs.offset) / 4;
      const places = Array.from({ length: plan.part.parts }, (_, i) =>
        i === 0 ? part.view(place) : helpers!.exchange.inputsOf(i).subarray(at, at + place.length),
      );
      return { name, length: sizeOf(shape), places };
    };
    this.entries = new Map(
      [...graphs].map(([name, { inputs, outputs }], number) => [
        name,
        {
          number,
          inputs: [...inputs].map(([input, { shape }]) => inputOf(input, shape)),
          outputs: Object.fromEntries(
            [...outputs.keys()].map((output) => [output, part.view(plan.outputs.get(output)!)]),
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
    entry.inputs.forEach(({ length, places }, i) => {
      places.forEach((place, part) => {
        // An input without rows goes to every part.
        const start = place.length === length ? 0 : part * place.length;
        place.set(arrays[i]!.subarray(start, start + place.length));
      });
    });
    const running =
      this.helpers === undefined ? this.part.run(entry.number) : this.runParts(this.helpers, entry.number);
    this.current = running.catch(() => {});
    try {
      await running;
    } finally {
      this.current = undefined;
    }
    return entry.outputs;
  }

  get runs(): number {
    return this.part.runs;
  }

  set runs(count: number) {
    // All states go to the other threads then, and this with them.
    this.collectMoments();
    this.part.runs = count;
    this.statesChanged = true;
  }

  private async runParts(helpers: Helpers, entry: number): Promise<void> {
    const changed = this.statesChanged;
    this.statesChanged = false;
    const running = helpers.run(this.part, entry, changed);
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
    this.helpers!.collectMoments(this.part);
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
    await this.part.release();
  }
}

interface Input {
  readonly name: string;
  readonly length: number;
  /** Where each part has its rows of it. */
  readonly places: readonly Float32Array[];
}

/** The graphs of one part, with as many parts as there are threads for; the whole graphs where one cannot be divided. */
function divided(
  graphs: readonly Graph[],
  threads: number,
): { parts: number; graphs: readonly Graph[]; stages: readonly Stages[] } {
  // Older versions of Node let no module find worker_threads without an import, which no browser could follow.
  const most = process.getBuiltinModule !== undefined ? threads : 1;
  for (let parts = most; parts > 1; parts--) {
    const shards = graphs.flatMap((graph) => {
      const shard = graph.shard?.(parts);
      return shard !== undefined && hasItsRows(graph, shard, parts) ? [shard] : [];
    });
    if (shards.length < graphs.length) continue;
    const stages = shards.map(stagesOf);
    if (stages.every(isMovedByGradients)) return { parts, graphs: shards, stages };
  }
  return { parts: 1, graphs, stages: graphs.map(stagesOf) };
}

/** Whether every stage ends in gradients, and nothing but optimiser's steps moves states. */
function isMovedByGradients({ stages }: Stages): boolean {
  return stages.every(({ adam, graph: { updates } }) => adam.length > 0 && updates.size === 0);
}

/** Whether `part` has its share of every input's rows. */
function hasItsRows(whole: Graph, part: Graph, parts: number): boolean {
  const inputs = [...part.inputs].map(([name, { shape }]) => ({ shape, all: whole.inputs.get(name)!.shape }));
  const divided = inputs.filter(({ shape, all }) => !sameShape(shape, all));
  const rowsOf = (shape: Shape) => shape.find((dimension) => dimension > 1) ?? 1;
  return (
    divided.length > 0 &&
    divided.every(
      ({ shape, all }) =>
        rowsOf(shape) >= LEAST_ROWS &&
        rowsOf(all) === parts * rowsOf(shape) &&
        sizeOf(all) === parts * sizeOf(shape),
    )
  );
}
