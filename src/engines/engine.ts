// What every engine offers: it compiles graphs to a program that holds their states and runs them on demand.
// Engines are interchangeable; each is checked against the float64 reference and against the others.

import type { Graph } from "../graph/index.ts";

export type EngineName = "onnxruntime" | "wasm";

/** How the wasm engine adds up products: each rounded before it is added, or by fused multiply-add, which rounds once. */
export type Arithmetic = "portable" | "fused";
export type ArithmeticChoice = "auto" | Arithmetic;

export interface EngineOptions {
  /** Threads that one program may use. Default 1. */
  readonly threads?: number;
}

/** Graphs by name. What has the same name in several of them, input, state or output, is one and has one shape. */
export type Entries = Readonly<Record<string, Graph>>;

export interface Engine {
  readonly name: EngineName;
  readonly threads: number;
  /** Where the engine has more than one. */
  readonly arithmetic?: Arithmetic;
  /**
   * Compiles a graph, or several with the states in common; every state starts as zeros until `writeState`.
   * @throws TemperedError (GRAPH) where a state, input or output has two shapes
   */
  compile(graph: Graph | Entries): Promise<Program>;
  dispose(): Promise<void>;
}

/** Flat, row-major float32 values by name. */
export type NamedArrays = Readonly<Record<string, Float32Array>>;

export interface Program {
  /**
   * Computes the outputs from the current states and `inputs`, then gives every state its new value.
   * The arrays returned are the program's own: they stay valid until the next run.
   * Runs that are asked for together are made one after the other; inputs must not change meanwhile.
   * @param entry which of the graphs. Default: the first
   * @throws TemperedError (INPUT) where an input is missing or has the wrong length; (ENTRY) for an unknown entry;
   *   (THREAD_LOST) where a thread is gone and has corrupted the states; (DISPOSED)
   */
  run(inputs: NamedArrays, entry?: string): Promise<NamedArrays> | NamedArrays;
  /**
   * A copy of a state, once all runs asked for so far are over.
   * @throws TemperedError (STATE) if no graph has a state of that name; (THREAD_LOST) where the states are corrupted
   */
  readState(name: string): Promise<Float32Array>;
  /**
   * Sets a state, once all runs asked for so far are over; the values are copied.
   * @throws TemperedError (STATE) for an unknown name or a wrong length
   */
  writeState(name: string, values: Float32Array): Promise<void>;
  /**
   * A state for reading at once, as the last run left it: for acting between runs. It stays the same array, and changes with
   * every run; moments of an optimiser need not be up to date in it.
   * @throws TemperedError (STATE)
   */
  view(name: string): Float32Array;
  /**
   * Runs so far. An engine may tidy its states every so many runs, so whoever restores them restores this, too.
   * Set it while no run is in flight.
   */
  runs: number;
  /** Names of the states, in the graphs' order. */
  readonly stateNames: readonly string[];
  dispose(): Promise<void>;
}
