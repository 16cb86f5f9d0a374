// Matrix products. C [M, N] is made in tiles of 5 × 8: ten vector accumulators, which with what feeds them is what
// sixteen registers hold. B comes packed in panels of 8 columns, [K][8], so that the inner loop reads it in a straight
// line; A is read along its rows, or packed in panels of 5 rows, [K][5], where it is used transposed. Every element
// is a sum over k in ascending order, so how rows and columns are shared out changes no bit.

import { step4, storeLanes } from "./elementwise";
import { addProduct } from "./multiply-add";

/** What is done to a tile before it is stored, in this order. */
const ADD_MATRIX = 1, ADD_ROW = 2, RELU = 4, GATE = 8;

// @ts-ignore: decorator
@inline
function finish4(flags: i32, value: v128, matrix: usize, row: usize, gate: usize): v128 {
  if (flags & ADD_MATRIX) value = f32x4.add(value, v128.load(matrix));
  if (flags & ADD_ROW) value = f32x4.add(value, v128.load(row));
  if (flags & RELU) value = f32x4.max(value, f32x4.splat(0));
  if (flags & GATE) value = f32x4.mul(value, step4(v128.load(gate)));
  return value;
}

// @ts-ignore: decorator
@inline
function finishWith(flags: i32, c: usize, N: i32, matrix: usize, row: usize, gate: usize): void {
  while (N > 7) {
    v128.store(c, finish4(flags, v128.load(c), matrix, row, gate));
    v128.store(c, finish4(flags, v128.load(c, 16), matrix + 16, row + 16, gate + 16), 16);
    c += 32;
    if (flags & ADD_MATRIX) matrix += 32;
    if (flags & ADD_ROW) row += 32;
    if (flags & GATE) gate += 32;
    N -= 8;
  }
  while (N > 0) {
    storeLanes(c, finish4(flags, v128.load(c), matrix, row, gate), N);
    c += 16;
    matrix += 16;
    row += 16;
    gate += 16;
    N -= 4;
  }
}

/** Finishes rows of C: first what hidden layers need, forward and backward, as loops without branches. */
export function finishRows(
  flags: i32, c: usize, strideC: usize, rows: i32, N: i32, matrix: usize, strideMatrix: usize, row: usize,
  gate: usize, strideGate: usize,
): void {
  for (; flags && rows; rows--) {
    if (flags == (ADD_ROW | RELU)) finishWith(ADD_ROW | RELU, c, N, matrix, row, gate);
    else if (flags == GATE) finishWith(GATE, c, N, matrix, row, gate);
    else finishWith(flags, c, N, matrix, row, gate);
    c += strideC;
    matrix += strideMatrix;
    gate += strideGate;
  }
}

/**
 * One tile of R rows and 8 columns. `a` is the tile's first row, or its panel. Strides in bytes. Nothing but the loop and plain stores may be in here: with branches after the
 * loop V8 moves all its loads to the front and runs out of registers.
 */
// @ts-ignore: decorator
@inline
function tile(
  R: i32, packed: bool, a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00,
    c41 = c00;
  let a0 = a, a1 = a, a2 = a, a3 = a, a4 = a;
  if (!packed) {
    a1 = a0 + strideA;
    a2 = a1 + strideA;
    a3 = a2 + strideA;
    a4 = a3 + strideA;
  }
  // The test and the do-while give V8 a loop without a jump into it: twice the speed of a plain while.
  if (K > 0) do {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = addProduct(c00, x, b0);
    c01 = addProduct(c01, x, b1);
    if (R > 1) {
      x = packed ? v128.load32_splat(a0, 4) : v128.load32_splat(a1);
      c10 = addProduct(c10, x, b0);
      c11 = addProduct(c11, x, b1);
      a1 += 4;
    }
    if (R > 2) {
      x = packed ? v128.load32_splat(a0, 8) : v128.load32_splat(a2);
      c20 = addProduct(c20, x, b0);
      c21 = addProduct(c21, x, b1);
      a2 += 4;
    }
    if (R > 3) {
      x = packed ? v128.load32_splat(a0, 12) : v128.load32_splat(a3);
      c30 = addProduct(c30, x, b0);
      c31 = addProduct(c31, x, b1);
      a3 += 4;
    }
    if (R > 4) {
      x = packed ? v128.load32_splat(a0, 16) : v128.load32_splat(a4);
      c40 = addProduct(c40, x, b0);
      c41 = addProduct(c41, x, b1);
      a4 += 4;
    }
    a0 += packed ? <usize>R << 2 : 4;
    b += 32;
  } while (--K);

  v128.store(c, c00);
  v128.store(c, c01, 16);
  if (R > 1) {
    c += strideC;
    v128.store(c, c10);
    v128.store(c, c11, 16);
  }
  if (R > 2) {
    c += strideC;
    v128.store(c, c20);
    v128.store(c, c21, 16);
  }
  if (R > 3) {
    c += strideC;
    v128.store(c, c30);
    v128.store(c, c31, 16);
  }
  if (R > 4) {
    c += strideC;
    v128.store(c, c40);
    v128.store(c, c41, 16);
  }
}

// One function a kind and height of tile, so that each has its own registers. Exported only to keep the optimiser from
// inlining them into one large function, which would spill.
export function rows5(a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(5, false, a, strideA, b, K, c, strideC);
}
export function rows4(a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(4, false, a, strideA, b, K, c, strideC);
}
export function rows3(a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(3, false, a, strideA, b, K, c, strideC);
}
export function rows2(a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(2, false, a, strideA, b, K, c, strideC);
}
export function rows1(a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(1, false, a, strideA, b, K, c, strideC);
}
export function panel5(a: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(5, true, a, 0, b, K, c, strideC);
}
export function panel4(a: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(4, true, a, 0, b, K, c, strideC);
}
export function panel3(a: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(3, true, a, 0, b, K, c, strideC);
}
export function panel2(a: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(2, true, a, 0, b, K, c, strideC);
}
export function panel1(a: usize, b: usize, K: i32, c: usize, strideC: usize): void {
  tile(1, true, a, 0, b, K, c, strideC);
}

/** The tile of min(5, rows) rows by the right one of the functions above. */
// @ts-ignore: decorator
@inline
function compute(
  packed: bool, rows: i32, a: usize, strideA: usize, b: usize, K: i32, c: usize, strideC: usize,
): void {
  if (packed) {
    if (rows > 4) panel5(a, b, K, c, strideC);
    else if (rows == 4) panel4(a, b, K, c, strideC);
    else if (rows == 3) panel3(a, b, K, c, strideC);
    else if (rows == 2) panel2(a, b, K, c, strideC);
    else panel1(a, b, K, c, strideC);
  } else {
    if (rows > 4) rows5(a, strideA, b, K, c, strideC);
    else if (rows == 4) rows4(a, strideA, b, K, c, strideC);
    else if (rows == 3) rows3(a, strideA, b, K, c, strideC);
    else if (rows == 2) rows2(a, strideA, b, K, c, strideC);
    else rows1(a, strideA, b, K, c, strideC);
  }
}

/** Rows that are finished together, while they are in the cache; a multiple of the tile's height. */
const BLOCK = 20;

/**
 * C = finish(A · B) for M rows and N columns, B in panels. A in rows, or `packed` in panels (see packColumns). Rows of C,
 * `matrix` and `gate` are consecutive. `spare`: 160 bytes for tiles of the last panel, if that is narrower.
 */
export function matmul(
  packed: bool, a: usize, strideA: usize, b: usize, M: i32, N: i32, K: i32, c: usize, strideC: usize,
  flags: i32, matrix: usize, strideMatrix: usize, row: usize, gate: usize, strideGate: usize, spare: usize,
): void {
  const panel = <usize>K << 5;
  for (; M > 0; M -= BLOCK) {
    const height = min(M, BLOCK);
    let from = b, column = c;
    for (let left = N; left > 0; left -= 8) {
      let at = a, to = column;
      for (let rows = height; rows > 0; rows -= 5) {
        if (left > 7) {
          compute(packed, rows, at, strideA, from, K, to, strideC);
        } else {
          compute(packed, rows, at, strideA, from, K, spare, 32);
          for (let i = 0; i < min(rows, 5); i++) {
            storeLanes(to + i * strideC, v128.load(spare + (i << 5)), left);
            storeLanes(to + i * strideC + 16, v128.load(spare + (i << 5), 16), left - 4);
          }
        }
        at += packed ? <usize>K * 20 : strideA * 5;
        to += strideC * 5;
      }
      from += panel;
      column += 32;
    }
    finishRows(flags, c, strideC, height, N, matrix, strideMatrix, row, gate, strideGate);
    a += packed ? <usize>K * (BLOCK << 2) : strideA * BLOCK;
    c += strideC * BLOCK;
    matrix += strideMatrix * BLOCK;
    gate += strideGate * BLOCK;
  }
}
