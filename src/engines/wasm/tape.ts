// The words that the planner and the compiled kernels agree on: instruction and operation numbers, and the addresses
// that belong to neither (assembly/tape.ts, elementwise.ts, matmul.ts and threads.ts have the same lists).

import type { BinaryKind, UnaryKind } from "../../graph/index.ts";

export const instruction = {
  end: 0,
  barrier: 1,
  chain: 2,
  matmul: 3,
  packRows: 4,
  packTransposed: 5,
  packColumns: 6,
  timesMatrix: 7,
  timesRows: 8,
  sum: 9,
  copy: 10,
  adam: 11,
  polyak: 12,
  sparseMatmul: 13,
  maskRows: 14,
  maskColumns: 15,
  maskedMatmul: 16,
} as const;

export const unaryOperation: Record<UnaryKind | "clamp", number> = {
  negate: 0,
  exp: 1,
  log: 2,
  sqrt: 3,
  square: 4,
  reciprocal: 5,
  tanh: 6,
  sigmoid: 7,
  softplus: 8,
  relu: 9,
  step: 10,
  clamp: 12,
};

/** `gate` is a · step(b). */
export const binaryOperation: Record<BinaryKind | "gate", number> = {
  add: 16,
  subtract: 17,
  multiply: 18,
  divide: 19,
  minimum: 20,
  maximum: 21,
  gate: 22,
};

/** Added to an operation whose rows follow each other without gaps: all of them are taken as one. */
export const DENSE = 256;

/** What a matrix product does to a tile before it stores it, in this order. */
export const finish = { addMatrix: 1, addRow: 2, relu: 4, gate: 8 } as const;

/** Words that threads meet at; the kernels know their use. */
export const control = { go: 64, failed: 320 } as const;

/** Where a program's own memory begins, in bytes. */
export const FIRST_ADDRESS = 1024;

/** Instructions of one thread, while they are written. Words are int32; a float is stored by its bits. */
export class Tape {
  readonly words: number[] = [];
  private readonly float = new Float32Array(1);
  private readonly bits = new Int32Array(this.float.buffer);

  push(...words: number[]): void {
    for (const word of words) this.words.push(word);
  }

  /** The word that stands for a float argument. */
  bitsOf(value: number): number {
    this.float[0] = value;
    return this.bits[0]!;
  }
}
