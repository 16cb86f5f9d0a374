// What one thread is to do, as plain data: the sessions of each stage, and the optimiser's steps between them, with the
// region of every tensor in the thread's memory.

import type { Region } from "./memory.ts";
import type { SessionOptions } from "./session.ts";

/** A tensor that a session reads or writes where it stands. */
export interface Bound {
  readonly name: string;
  readonly shape: readonly number[];
  readonly region: Region;
}

/** A number that is known when the program is compiled, or the region of an input. */
export type Scalar = number | Region;

export interface AdamPlan {
  readonly parameter: Region;
  readonly moment1: Region;
  readonly moment2: Region;
  readonly gradient: Region;
  readonly beta1: number;
  readonly beta2: number;
  readonly size: Scalar;
  readonly epsilon: Scalar;
  readonly keep: Scalar;
}

export interface PolyakPlan {
  readonly target: Region;
  readonly parameter: Region;
  readonly tau: number;
}

export interface StagePlan {
  /** An ONNX model. */
  readonly model: Uint8Array;
  readonly feeds: readonly Bound[];
  readonly outputs: readonly Bound[];
  /** Among the gradients of this stage; for shard i they stand `i` times the block's length further on. */
  readonly gradients: readonly Bound[];
  /** All gradients of the stage, those of shard 0; the blocks of the other shards follow. */
  readonly block: Region;
  readonly adam: readonly AdamPlan[];
  /** Targets to move after Adam's steps. */
  readonly polyak: readonly PolyakPlan[];
}

/** What runs for one of a program's graphs. */
export interface EntryPlan {
  /** The first of its stages among all, and how many there are. */
  readonly firstStage: number;
  readonly stages: number;
  /** New values of states that no optimiser's step writes in place: copied over once all stages have run. */
  readonly moved: readonly { readonly from: Region; readonly to: Region }[];
}

/** Everything a shard is made from; fit for `postMessage`. */
export interface ShardPlan {
  readonly pages: number;
  /** Of all entries, one entry after the other. */
  readonly stages: readonly StagePlan[];
  readonly entries: readonly EntryPlan[];
  readonly options: SessionOptions;
  readonly shards: number;
  /** All inputs, all outputs and all states, each one stretch of memory. */
  readonly inputs: Region;
  readonly outputs: Region;
  readonly states: Region;
}
