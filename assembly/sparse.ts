// Products whose first operand has many zeros, as what ReLU lets through has, and every gradient behind it: the places
// where a row of A is not zero are listed, and only those rows of B are summed. Adding nothing changes no bit of a sum that
// begins at +0, so for finite numbers the result is that of matmul.ts. B comes in panels of 32 columns, [K][32]: eight
// accumulators a row of C, enough independent sums to hide the latency of adding.

import { storeLanes } from "./elementwise";
import { finishRows } from "./matmul";
import { addProduct } from "./multiply-add";

/** Columns of a panel of B; rows of C that are made together; rows of B that are read together, for the first-level cache. */
const WIDE = 32, BLOCK = 20, DEPTH = 128;
/** Bytes of a row's list: for each k its place in a panel and A's number, and room for one more. */
const LIST: usize = (<usize>DEPTH + 1) << 3;

/** Lists what is not zero of x[0 … n): where row k of a panel begins, and x. Returns the list's end. */
export function listRow(to: usize, x: usize, n: i32): usize {
  let row = 0;
  for (const end = n << 7; row < end; row += 128) {
    store<i32>(to, row);
    const value = load<f32>(x);
    store<f32>(to, value, 4);
    to += <usize>(value != 0) << 3;
    x += 4;
  }
  return to;
}

/** Lists four columns of x [n, …], each as listRow does, LIST bytes apart; `ends` gets the four ends. */
export function listColumns(to: usize, x: usize, stride: usize, n: i32, ends: usize): void {
  let t0 = to, t1 = to + LIST, t2 = to + 2 * LIST, t3 = to + 3 * LIST;
  let row = 0;
  for (const end = n << 7; row < end; row += 128) {
    const values = v128.load(x);
    const there = f32x4.ne(values, f32x4.splat(0));
    store<i32>(t0, row);
    v128.store_lane<f32>(t0, values, 0, 4);
    t0 += <usize>(i32x4.extract_lane(there, 0) & 8);
    store<i32>(t1, row);
    v128.store_lane<f32>(t1, values, 1, 4);
    t1 += <usize>(i32x4.extract_lane(there, 1) & 8);
    store<i32>(t2, row);
    v128.store_lane<f32>(t2, values, 2, 4);
    t2 += <usize>(i32x4.extract_lane(there, 2) & 8);
    store<i32>(t3, row);
    v128.store_lane<f32>(t3, values, 3, 4);
    t3 += <usize>(i32x4.extract_lane(there, 3) & 8);
    x += stride;
  }
  store<usize>(ends, t0);
  store<usize>(ends, t1, 4);
  store<usize>(ends, t2, 8);
  store<usize>(ends, t3, 12);
}

// @ts-ignore: decorator
@inline
function strip(first: bool, p: usize, end: usize, b: usize, c: usize): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  if (!first) {
    c0 = v128.load(c);
    c1 = v128.load(c, 16);
    c2 = v128.load(c, 32);
    c3 = v128.load(c, 48);
    c4 = v128.load(c, 64);
    c5 = v128.load(c, 80);
    c6 = v128.load(c, 96);
    c7 = v128.load(c, 112);
  }
  if (p < end) do {
    const row = b + load<u32>(p);
    const x = v128.load32_splat(p, 4);
    c0 = addProduct(c0, x, v128.load(row));
    c1 = addProduct(c1, x, v128.load(row, 16));
    c2 = addProduct(c2, x, v128.load(row, 32));
    c3 = addProduct(c3, x, v128.load(row, 48));
    c4 = addProduct(c4, x, v128.load(row, 64));
    c5 = addProduct(c5, x, v128.load(row, 80));
    c6 = addProduct(c6, x, v128.load(row, 96));
    c7 = addProduct(c7, x, v128.load(row, 112));
    p += 8;
  } while (p < end);
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

// Two functions, so that each has its own registers; exported only to keep the optimiser from inlining them.
export function firstStrip(p: usize, end: usize, b: usize, c: usize): void {
  strip(true, p, end, b, c);
}
export function nextStrip(p: usize, end: usize, b: usize, c: usize): void {
  strip(false, p, end, b, c);
}

/**
 * C = finish(A · B) for M rows and N columns, B in panels of 32. `transposed`: A is given as [K, …], a column for each row.
 * Rows of C, `matrix` and `gate` are consecutive. `spare`: BLOCK · (LIST + 4) + 128 bytes for lists, their ends and a
 * last, narrower panel.
 */
export function sparseMatmul(
  transposed: bool, a: usize, strideA: usize, b: usize, M: i32, N: i32, K: i32, c: usize, strideC: usize,
  flags: i32, matrix: usize, strideMatrix: usize, row: usize, gate: usize, strideGate: usize, spare: usize,
): void {
  const panel = <usize>K << 7;
  const ends = spare + 128;
  const lists = ends + (BLOCK << 2);
  for (; M > 0; M -= BLOCK) {
    const height = min(M, BLOCK);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      let list = lists;
      if (transposed) {
        const from = a + <usize>k * strideA;
        for (let i = 0; i < height; i += 4) {
          listColumns(list, from + (<usize>i << 2), strideA, depth, ends + (<usize>i << 2));
          list += LIST << 2;
        }
      } else {
        for (let i = 0; i < height; i++) {
          store<usize>(ends + (<usize>i << 2), listRow(list, a + <usize>i * strideA + (<usize>k << 2), depth));
          list += LIST;
        }
      }
      let from = b + (<usize>k << 7), column = c;
      for (let left = N; left > 0; left -= WIDE) {
        let to = column;
        list = lists;
        for (let i = 0; i < height; i++) {
          const end = load<usize>(ends + (<usize>i << 2));
          if (left >= WIDE) {
            if (k == 0) firstStrip(list, end, from, to);
            else nextStrip(list, end, from, to);
          } else {
            if (k == 0) {
              firstStrip(list, end, from, spare);
            } else {
              for (let j = 0; j < left; j += 4) v128.store(spare + (<usize>j << 2), v128.load(to + (<usize>j << 2)));
              nextStrip(list, end, from, spare);
            }
            for (let j = 0; j < left; j += 4) {
              storeLanes(to + (<usize>j << 2), v128.load(spare + (<usize>j << 2)), left - j);
            }
          }
          list += LIST;
          to += strideC;
        }
        from += panel;
        column += WIDE << 2;
      }
    }
    finishRows(flags, c, strideC, height, N, matrix, strideMatrix, row, gate, strideGate);
    a += transposed ? BLOCK << 2 : strideA * BLOCK;
    c += strideC * BLOCK;
    matrix += strideMatrix * BLOCK;
    gate += strideGate * BLOCK;
  }
}
