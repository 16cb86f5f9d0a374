// Runs graphs on ONNX Runtime through its public Node API. A program's states live in arrays of ours that every run
// reads and writes: in place where nothing can still need the old value, in two alternating arrays elsewhere.

import type { InferenceSession, OnnxValue, Tensor as OrtTensor } from "onnxruntime-node";
import { TemperedError } from "../../errors.ts";
import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { toOnnx } from "../../graph/onnx.ts";
import type { Engine, EngineOptions, NamedArrays, Program } from "../engine.ts";
import { checkedArray, unknownState } from "../program-checks.ts";
import { updatesInPlace } from "./in-place.ts";

type Runtime = typeof import("onnxruntime-node");

/**
 * The onnxruntime engine.
 * @throws TemperedError (ENGINE_MISSING) where the optional package onnxruntime-node is not installed
 */
export async function onnxruntimeEngine({ threads = 1 }: EngineOptions = {}): Promise<Engine> {
  const runtime = await loadRuntime();
  return {
    name: "onnxruntime",
    threads,
    compile: (graph) => OnnxProgram.compile(runtime, graph, threads),
    dispose: async () => {},
  };
}

async function loadRuntime(): Promise<Runtime> {
  try {
    const module: Runtime & { default?: Runtime } = await import("onnxruntime-node");
    return module.default ?? module;
  } catch (cause) {
    throw new TemperedError(
      "ENGINE_MISSING",
      "Expected the optional package onnxruntime-node to be installed for the onnxruntime engine, but it could not be " +
        "loaded; install it with `npm install onnxruntime-node --onnxruntime-node-install=skip`, or use the wasm engine",
      { cause },
    );
  }
}

class OnnxProgram implements Program {
  readonly stateNames: readonly string[];
  private feeds: Record<string, OrtTensor> = {};
  private fetches: Record<string, OrtTensor | null> = {};
  /** States that alternate between two arrays: `spare` is the one the next run writes. */
  private readonly spares = new Map<string, OrtTensor>();
  private readonly outputs: Record<string, Float32Array> = {};
  private session: InferenceSession | undefined;

  static async compile(runtime: Runtime, graph: Graph, threads: number): Promise<OnnxProgram> {
    const session = await runtime.InferenceSession.create(toOnnx(graph), {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      enableCpuMemArena: true,
      enableMemPattern: true,
      // Warnings of ONNX Runtime about shapes it folds are of no use to a user.
      logSeverityLevel: 3,
    });
    return new OnnxProgram(runtime, graph, session);
  }

  private readonly graph: Graph;

  private constructor(runtime: Runtime, graph: Graph, session: InferenceSession) {
    this.graph = graph;
    this.session = session;
    this.stateNames = [...graph.state.keys()];
    const zeros = (tensor: Tensor) =>
      new runtime.Tensor("float32", new Float32Array(sizeOf(tensor.shape)), [...tensor.shape]);
    for (const [name, tensor] of graph.inputs) this.feeds[`input:${name}`] = zeros(tensor);
    for (const [name, tensor] of graph.state) this.feeds[`state:${name}`] = zeros(tensor);
    for (const [name, tensor] of graph.outputs) {
      const output = zeros(tensor);
      this.fetches[`output:${name}`] = output;
      this.outputs[name] = output.data as Float32Array;
    }
    const inPlace = updatesInPlace(graph);
    for (const [name, tensor] of graph.updates) {
      if (!inPlace.has(name)) this.spares.set(name, zeros(tensor));
      this.fetches[`update:${name}`] = this.spares.get(name) ?? this.feeds[`state:${name}`]!;
    }
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    if (this.session === undefined) throw disposed();
    for (const [name, tensor] of this.graph.inputs) {
      (this.feeds[`input:${name}`]!.data as Float32Array).set(
        checkedArray("input", name, sizeOf(tensor.shape), inputs[name]),
      );
    }
    await this.session.run(this.feeds, this.fetches as Record<string, OnnxValue | null>);
    for (const [name, written] of this.spares) {
      const old = this.feeds[`state:${name}`]!;
      this.feeds[`state:${name}`] = written;
      this.fetches[`update:${name}`] = old;
      this.spares.set(name, old);
    }
    return this.outputs;
  }

  readState(name: string): Float32Array {
    const tensor = this.feeds[`state:${name}`];
    if (tensor === undefined) throw unknownState(name, this.stateNames);
    return tensor.data as Float32Array;
  }

  writeState(name: string, values: Float32Array): void {
    const target = this.readState(name);
    target.set(checkedArray("state", name, target.length, values));
  }

  async dispose(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.release();
  }
}

function disposed(): TemperedError {
  return new TemperedError(
    "DISPOSED",
    "Expected a program in use, but it was disposed; compile the graph again",
  );
}
