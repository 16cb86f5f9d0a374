// A graph compiled for ONNX Runtime. Given several threads and a batch that can be divided, every thread has a part
// of it (part.ts): ONNX Runtime's own threads, which share out every single operation, gain half as much by a
// second core (bench/diary.md).

import { TemperedError } from "../../errors.ts";
import { type Graph, type Shape, sameShape, sizeOf } from "../../graph/index.ts";
import type { CompileOptions, NamedArrays, Program } from "../engine.ts";
import { checkedArray, unknownState } from "../program-checks.ts";
import type { Helpers } from "./helpers.ts";
import type { Installed } from "./installed.ts";
import { allocate, kernelsModule, type Place } from "./memory.ts";
import { Part } from "./part.ts";
import { type ProgramPlan, planOf } from "./plan.ts";
import { type Stages, stagesOf } from "./stages.ts";

/** Fewer rows than this a thread are not worth a meeting of all threads. */
const LEAST_ROWS = 64;

export class OnnxProgram implements Program {
  readonly stateNames: readonly string[];
  private readonly states: ReadonlyMap<string, Float32Array>;
  private readonly inputs: readonly Input[];
  private readonly outputs: NamedArrays;
  private readonly part: Part;
  private readonly helpers: Helpers | undefined;
  /** States that are spread over all parts while nobody reads them. */
  private readonly moments: ReadonlySet<string>;
  private momentsAreSpread = false;
  private statesChanged = false;
  private disposed = false;
  /** The run under way; it settles without an error. */
  private current: Promise<unknown> | undefined;
  /** What has spoilt the states. */
  private failure: unknown;

  /** @throws TemperedError (OUT_OF_MEMORY); (THREAD_LOST) if a thread does not start */
  static async compile(
    installed: Installed,
    threads: number,
    graph: Graph,
    { part: partOf }: CompileOptions = {},
  ): Promise<OnnxProgram> {
    const { parts, graph: shared, stages } = divided(graph, threads, partOf);
    const plan = planOf(shared, stages, parts, Math.floor(threads / parts), {
      direct: installed.library !== undefined,
      sequence: installed.refusal !== undefined,
    });
    const memory = allocate(plan.part.pages);
    const module = await kernelsModule();
    const helpers =
      parts > 1 ? await (await import("./helpers.ts")).startHelpers(installed, plan.part, module) : undefined;
    try {
      const part = await Part.create(installed.sessions, plan.part, memory, module, helpers?.exchange);
      return new OnnxProgram(graph, shared, plan, part, helpers);
    } catch (error) {
      await helpers?.end();
      throw error;
    }
  }

  private constructor(whole: Graph, graph: Graph, plan: ProgramPlan, part: Part, helpers?: Helpers) {
    this.stateNames = [...graph.state.keys()];
    this.part = part;
    this.helpers = helpers;
    const views = (places: ReadonlyMap<string, Place>) =>
      new Map([...places].map(([name, place]) => [name, part.view(place)]));
    this.states = views(plan.states);
    this.moments = plan.moments;
    this.outputs = Object.fromEntries(views(plan.outputs));
    this.inputs = [...whole.inputs].map(([name, { shape }]) => {
      const place = plan.inputs.get(name)!;
      const at = (place.offset - plan.part.inputs.offset) / 4;
      const places = Array.from({ length: plan.part.parts }, (_, i) =>
        i === 0 ? part.view(place) : helpers!.exchange.inputsOf(i).subarray(at, at + place.length),
      );
      return { name, length: sizeOf(shape), places };
    });
  }

  /** One run at a time: who comes while another is under way waits for its end. */
  async run(inputs: NamedArrays): Promise<NamedArrays> {
    while (this.current !== undefined) await this.current;
    if (this.disposed) {
      throw new TemperedError(
        "DISPOSED",
        "Expected a program in use, but it was disposed; compile the graph again",
      );
    }
    const given = this.inputs.map(({ name, length }) => checkedArray("input", name, length, inputs[name]));
    this.inputs.forEach(({ length, places }, i) => {
      places.forEach((place, part) => {
        // An input without rows goes to every part.
        const start = place.length === length ? 0 : part * place.length;
        place.set(given[i]!.subarray(start, start + place.length));
      });
    });
    const running = this.helpers === undefined ? this.part.run() : this.runParts(this.helpers);
    this.current = running.catch(() => {});
    try {
      await running;
    } finally {
      this.current = undefined;
    }
    return this.outputs;
  }

  get runs(): number {
    return this.part.runs;
  }

  set runs(count: number) {
    if (this.part.isRunning) throw busy();
    // All states go to the other threads then, and this with them.
    this.collectMoments();
    this.part.runs = count;
    this.statesChanged = true;
  }

  private async runParts(helpers: Helpers): Promise<void> {
    const changed = this.statesChanged;
    this.statesChanged = false;
    const running = helpers.run(this.part, changed);
    // Where sessions run at once, so they are by now.
    this.momentsAreSpread = true;
    try {
      await running;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  readState(name: string): Float32Array {
    const held = this.states.get(name);
    if (held === undefined) throw unknownState(name, this.stateNames);
    if (this.failure !== undefined) throw this.failure;
    if (this.moments.has(name)) this.collectMoments();
    return held;
  }

  writeState(name: string, values: Float32Array): void {
    const held = this.readState(name);
    const checked = checkedArray("state", name, held.length, values);
    if (this.part.isRunning) throw busy();
    // All states go to the other threads then.
    this.collectMoments();
    held.set(checked);
    this.statesChanged = true;
  }

  private collectMoments(): void {
    if (!this.momentsAreSpread) return;
    if (this.part.isRunning) throw busy();
    this.helpers!.collectMoments(this.part);
    this.momentsAreSpread = false;
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
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

function busy(): TemperedError {
  return new TemperedError(
    "BUSY",
    "Expected no run to be under way while a state is written or an optimiser's moments are read; await the run first",
  );
}

interface Input {
  readonly name: string;
  readonly length: number;
  /** Where each part has its rows of it. */
  readonly places: readonly Float32Array[];
}

/** The graph of one part, with as many parts as there are threads for; the whole graph where it cannot be divided. */
function divided(
  graph: Graph,
  threads: number,
  partOf: CompileOptions["part"],
): { parts: number; graph: Graph; stages: Stages } {
  // Older versions of Node let no module find worker_threads without an import, which no browser could follow.
  const most = partOf !== undefined && process.getBuiltinModule !== undefined ? threads : 1;
  for (let parts = most; parts > 1; parts--) {
    const part = partOf!(parts);
    if (part === undefined || !hasItsRows(graph, part, parts)) continue;
    const stages = stagesOf(part);
    if (isMovedByGradients(stages)) return { parts, graph: part, stages };
  }
  return { parts: 1, graph, stages: stagesOf(graph) };
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
