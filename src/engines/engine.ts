// What every engine offers: it compiles a graph to a program that holds the graph's states and runs it on demand.
// Engines are interchangeable; each is checked against the float64 reference and against the others.

import type { Graph } from "../graph/index.ts";

export type EngineName = "onnxruntime" | "wasm";

export interface EngineOptions {
  /** Threads that one program may use. Default 1. */
  readonly threads?: number;
}

export interface CompileOptions {
  /**
   * The same graph for one of `parts` equal parts of the batch, or undefined where the batch has no such parts: lets
   * an engine give every thread a part. Each input is then either the same for all parts or laid out part after part;
   * every output, and the loss behind every gradient, must be a mean over the batch.
   */
  readonly part?: (parts: number) => Graph | undefined;
}

export interface Engine {
  readonly name: EngineName;
  readonly threads: number;
  /** Compiles `graph`; every state starts as zeros until `writeState`. */
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
  dispose(): Promise<void>;
}

/** Flat, row-major float32 values by name. */
export type NamedArrays = Readonly<Record<string, Float32Array>>;

export interface Program {
  /**
   * Computes the outputs from the current states and `inputs`, then gives every state its new value.
   * The arrays returned are the program's own: they stay valid until the next run.
   * Runs that are asked for together are made one after the other; inputs must not change meanwhile.
   * @throws TemperedError (INPUT) where an input is missing or has the wrong length; (THREAD_LOST) where a thread is
   *   gone and has spoilt the states; (DISPOSED)
   */
  run(inputs: NamedArrays): Promise<NamedArrays> | NamedArrays;
  /**
   * The current value of a state as a view that stays valid until the next run: copy what must last.
   * @throws TemperedError (STATE) if the graph has no state of that name; (BUSY) for some states while a run is under
   *   way; (THREAD_LOST) where they are spoilt
   */
  readState(name: string): Float32Array;
  /**
   * Sets a state; the values are copied.
   * @throws TemperedError (STATE) for an unknown name or a wrong length; (BUSY) while a run is under way
   */
  writeState(name: string, values: Float32Array): void;
  /**
   * Runs so far. An engine may tidy its states every so many runs, so whoever restores them restores this, too.
   * Set it while no run is in flight.
   */
  runs: number;
  /** Names of the states, in the graph's order. */
  readonly stateNames: readonly string[];
  dispose(): Promise<void>;
}
