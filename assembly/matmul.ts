// Matrix products. C [M, N] is made in tiles of 5 × 8: ten vector accumulators, which with what feeds them is what
// sixteen registers hold. B comes packed in panels of 8 columns, [K][8], so that the inner loop reads it in a straight
// line; A is read along its rows, or packed in panels of 5 rows, [K][5], where it is used transposed. Every element
// is a sum over k in ascending order, so how rows and columns are shared out changes no bit.

import { step4, storeLanes } from "./elementwise";

/** What is done to a tile before it is stored, in this order. */
const ADD_MATRIX = 1, ADD_ROW = 2, RELU = 4, GATE = 8;

// @ts-ignore: decorator
@inline
function finish(
  value: v128, flags: i32, matrix: usize, row: usize, gate: usize,
): v128 {
  if (flags & ADD_MATRIX) value = f32x4.add(value, v128.load(matrix));
  if (flags & ADD_ROW) value = f32x4.add(value, v128.load(row));
  if (flags & RELU) value = f32x4.max(value, f32x4.splat(0));
  if (flags & GATE) value = f32x4.mul(value, step4(v128.load(gate)));
  return value;
}

// @ts-ignore: decorator
@inline
function put(
  left: v128, right: v128, c: usize, columns: i32, flags: i32, matrix: usize, row: usize, gate: usize,
): void {
  if (flags) {
    left = finish(left, flags, matrix, row, gate);
    right = finish(right, flags, matrix + 16, row + 16, gate + 16);
  }
  if (columns >= 8) {
    v128.store(c, left);
    v128.store(c, right, 16);
  } else {
    storeLanes(c, left, columns);
    storeLanes(c + 16, right, columns - 4);
  }
}

// The number of row i in a tile: its place, or what the list of rows says.
// @ts-ignore: decorator
@inline
function rowAt(list: usize, i: i32): usize {
  return list ? load<i32>(list + (<usize>i << 2)) : i;
}

/** One tile of R rows; `a` is the first row wanted, or where the tile's panel starts. Strides in bytes. */
// @ts-ignore: decorator
@inline
function tile(
  R: i32, packed: bool, a: usize, strideA: usize, list: usize, b: usize, K: i32,
  c: usize, strideC: usize, columns: i32,
  flags: i32, matrix: usize, strideMatrix: usize, row: usize, gate: usize, strideGate: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00,
    c41 = c00;
  let a0 = a, a1 = a, a2 = a, a3 = a, a4 = a;
  if (!packed) {
    a0 += rowAt(list, 0) * strideA;
    if (R > 1) a1 += rowAt(list, 1) * strideA;
    if (R > 2) a2 += rowAt(list, 2) * strideA;
    if (R > 3) a3 += rowAt(list, 3) * strideA;
    if (R > 4) a4 += rowAt(list, 4) * strideA;
  }
  // The test and the do-while give V8 a loop without a jump into it: twice the speed of a plain while.
  if (K > 0) do {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    if (R > 1) {
      x = packed ? v128.load32_splat(a0, 4) : v128.load32_splat(a1);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      a1 += 4;
    }
    if (R > 2) {
      x = packed ? v128.load32_splat(a0, 8) : v128.load32_splat(a2);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      a2 += 4;
    }
    if (R > 3) {
      x = packed ? v128.load32_splat(a0, 12) : v128.load32_splat(a3);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      a3 += 4;
    }
    if (R > 4) {
      x = packed ? v128.load32_splat(a0, 16) : v128.load32_splat(a4);
      c40 = f32x4.add(c40, f32x4.mul(x, b0));
      c41 = f32x4.add(c41, f32x4.mul(x, b1));
      a4 += 4;
    }
    a0 += packed ? <usize>R << 2 : 4;
    b += 32;
  } while (--K);

  let r = rowAt(list, 0);
  put(c00, c01, c + r * strideC, columns, flags, matrix + r * strideMatrix, row, gate + r * strideGate);
  if (R > 1) {
    r = rowAt(list, 1);
    put(c10, c11, c + r * strideC, columns, flags, matrix + r * strideMatrix, row, gate + r * strideGate);
  }
  if (R > 2) {
    r = rowAt(list, 2);
    put(c20, c21, c + r * strideC, columns, flags, matrix + r * strideMatrix, row, gate + r * strideGate);
  }
  if (R > 3) {
    r = rowAt(list, 3);
    put(c30, c31, c + r * strideC, columns, flags, matrix + r * strideMatrix, row, gate + r * strideGate);
  }
  if (R > 4) {
    r = rowAt(list, 4);
    put(c40, c41, c + r * strideC, columns, flags, matrix + r * strideMatrix, row, gate + r * strideGate);
  }
}

// One function a tile height, so that each has its own registers. Exported only to keep the optimiser from inlining
// them into one large function, which would spill.
export function rows5(a: usize, sa: usize, l: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(5, false, a, sa, l, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function rows4(a: usize, sa: usize, l: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(4, false, a, sa, l, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function rows3(a: usize, sa: usize, l: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(3, false, a, sa, l, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function rows2(a: usize, sa: usize, l: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(2, false, a, sa, l, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function rows1(a: usize, sa: usize, l: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(1, false, a, sa, l, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function panel5(a: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(5, true, a, 0, 0, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function panel4(a: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(4, true, a, 0, 0, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function panel3(a: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(3, true, a, 0, 0, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function panel2(a: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(2, true, a, 0, 0, b, K, c, sc, n, f, m, sm, r, g, sg);
}
export function panel1(a: usize, b: usize, K: i32, c: usize, sc: usize, n: i32, f: i32, m: usize, sm: usize, r: usize, g: usize, sg: usize): void {
  tile(1, true, a, 0, 0, b, K, c, sc, n, f, m, sm, r, g, sg);
}

/**
 * C = finish(A · B) for M rows and N columns, B in panels. `list`, if not 0, holds the numbers of the M rows of A, C,
 * `matrix` and `gate` to take; otherwise they are consecutive. With `packed`, A is in panels (see packColumns).
 */
export function matmul(
  packed: bool, a: usize, strideA: usize, list: usize, b: usize, M: i32, N: i32, K: i32, c: usize, strideC: usize,
  flags: i32, matrix: usize, strideMatrix: usize, row: usize, gate: usize, strideGate: usize,
): void {
  const panel = <usize>K << 5;
  for (let left = N; left > 0; left -= 8) {
    let at = a, l = list, to = c, m = matrix, g = gate;
    let rows = M;
    if (packed) {
      while (rows > 4) {
        panel5(at, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
        at += <usize>K * 20;
        to += strideC * 5;
        m += strideMatrix * 5;
        g += strideGate * 5;
        rows -= 5;
      }
      if (rows == 4) panel4(at, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
      else if (rows == 3) panel3(at, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
      else if (rows == 2) panel2(at, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
      else if (rows == 1) panel1(at, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
    } else {
      while (rows > 4) {
        rows5(at, strideA, l, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
        if (list) {
          l += 20;
        } else {
          at += strideA * 5;
          to += strideC * 5;
          m += strideMatrix * 5;
          g += strideGate * 5;
        }
        rows -= 5;
      }
      if (rows == 4) rows4(at, strideA, l, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
      else if (rows == 3) rows3(at, strideA, l, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
      else if (rows == 2) rows2(at, strideA, l, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
      else if (rows == 1) rows1(at, strideA, l, b, K, to, strideC, left, flags, m, strideMatrix, row, g, strideGate);
    }
    b += panel;
    c += 32;
    matrix += 32;
    row += 32;
    gate += 32;
  }
}
