// A step is one instruction, or a few, that threads can share: its indices (rows, columns, elements) are split into
// consecutive parts, one a thread. What a step computes at an index never depends on how they are split.

import type { Tensor } from "../../graph/index.ts";
import type { Access } from "./buffers.ts";
import type { Tape } from "./tape.ts";

export interface Step {
  /** Nodes whose numbers must be there before. */
  readonly needs: readonly Tensor[];
  /** Nodes whose numbers are there afterwards. */
  readonly makes: readonly Tensor[];
  /** Steps that must be over before, beyond those that make what it needs. */
  readonly after: readonly Step[];
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
  /** How many indices there are to share; 1 for what one thread must do. */
  readonly size: number;
  /** Parts begin at multiples of this. */
  readonly grain: number;
  /** About how long it takes one thread, in nanoseconds. */
  readonly cost: number;
  /** Floats of memory of its own that a thread needs to do indices [from, to). */
  scratch?(from: number, to: number): number;
  /** Writes the instructions for indices [from, to). */
  emit(tape: Tape, from: number, to: number, scratchAddress: number): void;
}
