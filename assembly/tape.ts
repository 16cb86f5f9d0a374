// A compiled program is a tape of 32-bit words per thread: an instruction's number, then its arguments. The planner
// in src/engines/wasm writes tapes; this runs them, so that a whole update is one call from JavaScript.

import { copyBlock } from "./copy";
import { binary, unary } from "./elementwise";
import { maskColumns, maskRows, maskedMatmul } from "./mask";
import { matmul } from "./matmul";
import { adam, polyak } from "./optimiser";
import { packColumns, packRows, packTransposed } from "./pack";
import { sparseMatmul } from "./sparse";
import { sum } from "./sum";
import { awaitRun, barrier, runNumber } from "./threads";
import { timesMatrix, timesRows } from "./vector";

// Instruction numbers; src/engines/wasm/tape.ts has the same list.
const END = 0, BARRIER = 1, CHAIN = 2, MATMUL = 3, PACK_ROWS = 4, PACK_TRANSPOSED = 5, PACK_COLUMNS = 6,
  TIMES_MATRIX = 7, TIMES_ROWS = 8, SUM = 9, COPY = 10, ADAM = 11, POLYAK = 12, SPARSE_MATMUL = 13,
  MASK_ROWS = 14, MASK_COLUMNS = 15, MASKED_MATMUL = 16;

const LINK = 14 << 2;
const FIRST_BINARY = 16, DENSE = 256;

// @ts-ignore: decorator
@inline
function word(pc: usize, i: i32): i32 {
  return load<i32>(pc + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function float(pc: usize, i: i32): f32 {
  return load<f32>(pc + (<usize>i << 2));
}

/**
 * Element-wise operations run tile by tile, all of them on one tile before the next, so that what passes between them
 * stays in the first-level cache.
 */
export function chain(pc: usize): usize {
  const count = word(pc, 1), tiles = word(pc, 2);
  const links = pc + 28;
  const end = links + <usize>count * LINK;
  for (let tile = 0; tile < tiles; tile++) {
    const last = tile == tiles - 1;
    const rows = last ? word(pc, 4) : word(pc, 3);
    const columns = last ? word(pc, 6) : word(pc, 5);
    for (let link = links; link < end; link += LINK) {
      const code = word(link, 0);
      const op = code & 255;
      let to = word(link, 1) + tile * word(link, 2);
      let a = word(link, 4) + tile * word(link, 5);
      let b = word(link, 8) + tile * word(link, 9);
      const scalarA = word(link, 7) != 0, scalarB = word(link, 11) != 0;
      const dense = (code & DENSE) != 0;
      const n = dense ? rows * columns : columns;
      for (let row = dense ? 1 : rows; row > 0; row--) {
        if (op < FIRST_BINARY) unary(op, to, a, scalarA, n, float(link, 12), float(link, 13));
        else binary(op, to, a, scalarA, b, scalarB, n);
        to += word(link, 3);
        a += word(link, 6);
        b += word(link, 10);
      }
    }
  }
  return end;
}

/** Runs a tape; false if a thread is lost. */
export function execute(pc: usize, threads: i32, maySleep: bool): bool {
  while (true) {
    switch (word(pc, 0)) {
      case END:
        return true;
      case BARRIER:
        if (!barrier(threads, maySleep)) return false;
        pc += 4;
        break;
      case CHAIN:
        pc = chain(pc);
        break;
      case MATMUL:
        matmul(
          word(pc, 1) != 0, word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
          word(pc, 9), word(pc, 10), word(pc, 11), word(pc, 12), word(pc, 13), word(pc, 14), word(pc, 15), word(pc, 16),
        );
        pc += 68;
        break;
      case SPARSE_MATMUL:
        sparseMatmul(
          word(pc, 1) != 0, word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
          word(pc, 9), word(pc, 10), word(pc, 11), word(pc, 12), word(pc, 13), word(pc, 14), word(pc, 15), word(pc, 16),
        );
        pc += 68;
        break;
      case PACK_ROWS:
        packRows(word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8));
        pc += 36;
        break;
      case PACK_TRANSPOSED:
        packTransposed(
          word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
        );
        pc += 36;
        break;
      case PACK_COLUMNS:
        packColumns(word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5));
        pc += 24;
        break;
      case TIMES_MATRIX:
        timesMatrix(word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6));
        pc += 28;
        break;
      case TIMES_ROWS:
        timesRows(
          word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
          word(pc, 9), word(pc, 10),
        );
        pc += 44;
        break;
      case SUM:
        sum(
          word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
        );
        pc += 36;
        break;
      case COPY:
        copyBlock(
          word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
          word(pc, 9), word(pc, 10), word(pc, 11), word(pc, 12), word(pc, 13), word(pc, 14),
        );
        pc += 60;
        break;
      case ADAM:
        adam(
          word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), float(pc, 6), float(pc, 7),
          load<f32>(word(pc, 8)), load<f32>(word(pc, 9)), load<f32>(word(pc, 10)), true,
        );
        pc += 44;
        break;
      case POLYAK:
        polyak(word(pc, 1), word(pc, 2), word(pc, 3), float(pc, 4));
        pc += 20;
        break;
      case MASK_ROWS:
        // Sums in another order are for the fused arithmetic only.
        if (MASKS) maskRows(word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6));
        else unreachable();
        pc += 28;
        break;
      case MASK_COLUMNS:
        if (MASKS) maskColumns(word(pc, 1), word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6));
        else unreachable();
        pc += 28;
        break;
      case MASKED_MATMUL:
        if (MASKS) {
          maskedMatmul(
            word(pc, 1) != 0, word(pc, 2), word(pc, 3), word(pc, 4), word(pc, 5), word(pc, 6), word(pc, 7), word(pc, 8),
            word(pc, 9), word(pc, 10), word(pc, 11), word(pc, 12), word(pc, 13), word(pc, 14), word(pc, 15), word(pc, 16),
          );
        } else unreachable();
        pc += 68;
        break;
      default:
        unreachable();
    }
  }
}

/**
 * A worker's life: runs the tape whose address stands at `slot` whenever a run begins, until told to stop. Its first run is
 * the one after `seen`.
 */
export function serve(slot: usize, threads: i32, seen: i32): bool {
  while (awaitRun(seen)) {
    seen = runNumber();
    if (!execute(load<u32>(slot), threads, true)) return false;
  }
  return true;
}
