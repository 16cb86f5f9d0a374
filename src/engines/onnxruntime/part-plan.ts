// What one thread is to do, as plain data: the sessions of each stage, and the optimiser's steps between them, with the
// place of every tensor in the thread's memory.

import type { Place } from "./memory.ts";
import type { SessionOptions } from "./session.ts";

/** A tensor that a session reads or writes where it stands. */
export interface Bound {
  readonly name: string;
  readonly shape: readonly number[];
  readonly place: Place;
}

/** A number that is known when the program is compiled, or the place of an input. */
export type Scalar = number | Place;

export interface AdamPlan {
  readonly parameter: Place;
  readonly moment1: Place;
  readonly moment2: Place;
  readonly gradient: Place;
  readonly beta1: number;
  readonly beta2: number;
  readonly size: Scalar;
  readonly epsilon: Scalar;
  readonly keep: Scalar;
}

export interface PolyakPlan {
  readonly target: Place;
  readonly parameter: Place;
  readonly tau: number;
}

export interface StagePlan {
  /** An ONNX model. */
  readonly model: Uint8Array;
  readonly feeds: readonly Bound[];
  readonly outputs: readonly Bound[];
  /** Among the gradients of this stage; for part i they stand `i` times the block's length further on. */
  readonly gradients: readonly Bound[];
  /** All gradients of the stage, those of part 0; the blocks of the other parts follow. */
  readonly block: Place;
  readonly adam: readonly AdamPlan[];
  /** Targets to move after Adam's steps. */
  readonly polyak: readonly PolyakPlan[];
}

/** Everything a part is made from; fit for `postMessage`. */
export interface PartPlan {
  readonly pages: number;
  readonly stages: readonly StagePlan[];
  /** New values of states that no optimiser's step writes in place: copied over once all stages have run. */
  readonly moved: readonly { readonly from: Place; readonly to: Place }[];
  readonly options: SessionOptions;
  readonly parts: number;
  /** All inputs, all outputs and all states, each one stretch of memory. */
  readonly inputs: Place;
  readonly outputs: Place;
  readonly states: Place;
}
