// Products whose first operand has many zeros, as what ReLU lets through has, and every gradient behind it: the places
// where a row of A is not zero are listed, and only those rows of B are summed. Adding nothing changes no bit of a sum that
// begins at +0, so for finite numbers the result is that of matmul.ts. B comes in panels of 32 columns, [K][32]: eight
// accumulators a row of C, enough independent sums to hide the latency of adding.

import { storeLanes } from "./elementwise";
import { finishRows } from "./matmul";
import { addProduct } from "./multiply-add";

/** Columns of a panel of B; rows of C that are made together; rows of B that are read together, for the first-level cache. */
const WIDE = 32, BLOCK = 40, DEPTH = 128;
/** Bytes of a panel's row. */
const ROW = WIDE << 2;
/** Bytes of a row's list: for each k its place in a panel and A's number, and room for one more. Bytes of the orders. */
const LIST: usize = (<usize>DEPTH + 1) << 3, ORDERS: usize = 256;

/** Ends a list: one more zero, because lists are read two at a time. */
// @ts-ignore: decorator
@inline
function close(slot: usize, end: usize): void {
  store<u64>(end, 0);
  store<usize>(slot, end);
}

/** For each way in which four numbers may be there or not, how bytes move so that those that are come first. */
function writeOrders(to: usize): void {
  for (let there = 0; there < 16; there++) {
    let at = to + (<usize>there << 4);
    for (let lane = 0; lane < 4; lane++) {
      store<i32>(at, 0x03020100 + lane * 0x04040404);
      at += <usize>((there >> lane) & 1) << 2;
    }
  }
}

/**
 * Lists what is not zero of x[0 … n): where row k of a panel begins, and x. `slot` gets the list's end. Four at a time are
 * written, whatever is there; `orders` as writeOrders writes them.
 */
export function listRow(to: usize, x: usize, n: i32, slot: usize, orders: usize): void {
  let rows = i32x4(0, ROW, 2 * ROW, 3 * ROW);
  for (; n > 0; n -= 4) {
    let values = v128.load(x);
    if (n < 4) values = v128.and(values, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n)));
    const there = i32x4.bitmask(f32x4.ne(values, f32x4.splat(0)));
    const order = v128.load(orders + (<usize>there << 4));
    const r = i8x16.swizzle(rows, order), v = i8x16.swizzle(values, order);
    v128.store(to, i32x4.shuffle(r, v, 0, 4, 1, 5));
    v128.store(to, i32x4.shuffle(r, v, 2, 6, 3, 7), 16);
    to += <usize>popcnt(there) << 3;
    rows = i32x4.add(rows, i32x4.splat(4 * ROW));
    x += 16;
  }
  close(slot, to);
}

/** Lists four columns of x [n, …], each as listRow does, LIST bytes apart; `slot` and the three after it get their ends. */
export function listColumns(to: usize, x: usize, stride: usize, n: i32, slot: usize): void {
  let t0 = to, t1 = to + LIST, t2 = to + 2 * LIST, t3 = to + 3 * LIST;
  const end = n * ROW;
  for (let row = 0; row < end; row += ROW) {
    const values = v128.load(x), rows = i32x4.splat(row);
    const low = i32x4.shuffle(rows, values, 0, 4, 1, 5), high = i32x4.shuffle(rows, values, 2, 6, 3, 7);
    const there = i32x4.bitmask(f32x4.ne(values, f32x4.splat(0)));
    v128.store_lane<u64>(t0, low, 0);
    v128.store_lane<u64>(t1, low, 1);
    v128.store_lane<u64>(t2, high, 0);
    v128.store_lane<u64>(t3, high, 1);
    t0 += <usize>(there & 1) << 3;
    t1 += <usize>(there & 2) << 2;
    t2 += <usize>(there & 4) << 1;
    t3 += <usize>(there & 8);
    x += stride;
  }
  close(slot, t0);
  close(slot + 4, t1);
  close(slot + 8, t2);
  close(slot + 12, t3);
}

// @ts-ignore: decorator
@inline
function strip(fresh: bool, p: usize, end: usize, b: usize, c: usize): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  if (!fresh) {
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
    const first = b + load<u32>(p);
    const x = v128.load32_splat(p, 4);
    c0 = addProduct(c0, x, v128.load(first));
    c1 = addProduct(c1, x, v128.load(first, 16));
    c2 = addProduct(c2, x, v128.load(first, 32));
    c3 = addProduct(c3, x, v128.load(first, 48));
    c4 = addProduct(c4, x, v128.load(first, 64));
    c5 = addProduct(c5, x, v128.load(first, 80));
    c6 = addProduct(c6, x, v128.load(first, 96));
    c7 = addProduct(c7, x, v128.load(first, 112));
    const second = b + load<u32>(p, 8);
    const y = v128.load32_splat(p, 12);
    c0 = addProduct(c0, y, v128.load(second));
    c1 = addProduct(c1, y, v128.load(second, 16));
    c2 = addProduct(c2, y, v128.load(second, 32));
    c3 = addProduct(c3, y, v128.load(second, 48));
    c4 = addProduct(c4, y, v128.load(second, 64));
    c5 = addProduct(c5, y, v128.load(second, 80));
    c6 = addProduct(c6, y, v128.load(second, 96));
    c7 = addProduct(c7, y, v128.load(second, 112));
    p += 16;
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

// Two functions, so that each has its own registers; exported only to keep the optimiser from inlining them. `rows` lists.
export function firstStrips(list: usize, ends: usize, rows: i32, b: usize, c: usize, strideC: usize): void {
  for (; rows > 0; rows--, list += LIST, ends += 4, c += strideC) strip(true, list, load<usize>(ends), b, c);
}
export function nextStrips(list: usize, ends: usize, rows: i32, b: usize, c: usize, strideC: usize): void {
  for (; rows > 0; rows--, list += LIST, ends += 4, c += strideC) strip(false, list, load<usize>(ends), b, c);
}

/**
 * C = finish(A · B) for M rows and N columns, B in panels of 32. `transposed`: A is given as [K, …], a column for each row.
 * Rows of C, `matrix` and `gate` are consecutive. `spare`: ROW + ORDERS + BLOCK · (4 + LIST) bytes for lists, their ends
 * and a last, narrower panel.
 */
export function sparseMatmul(
  transposed: bool, a: usize, strideA: usize, b: usize, M: i32, N: i32, K: i32, c: usize, strideC: usize,
  flags: i32, matrix: usize, strideMatrix: usize, row: usize, gate: usize, strideGate: usize, spare: usize,
): void {
  const panel = <usize>K * ROW;
  const orders = spare + ROW, ends = orders + ORDERS;
  writeOrders(orders);
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
          listRow(list, a + <usize>i * strideA + (<usize>k << 2), depth, ends + (<usize>i << 2), orders);
          list += LIST;
        }
      }
      let from = b + <usize>k * ROW, column = c;
      for (let left = N; left > 0; left -= WIDE) {
        if (left >= WIDE) {
          if (k == 0) firstStrips(lists, ends, height, from, column, strideC);
          else nextStrips(lists, ends, height, from, column, strideC);
        } else {
          let to = column, end = ends;
          list = lists;
          for (let i = 0; i < height; i++) {
            if (k == 0) {
              firstStrips(list, end, 1, from, spare, 0);
            } else {
              for (let j = 0; j < left; j += 4) v128.store(spare + (<usize>j << 2), v128.load(to + (<usize>j << 2)));
              nextStrips(list, end, 1, from, spare, 0);
            }
            for (let j = 0; j < left; j += 4) {
              storeLanes(to + (<usize>j << 2), v128.load(spare + (<usize>j << 2)), left - j);
            }
            list += LIST;
            end += 4;
            to += strideC;
          }
        }
        from += panel;
        column += ROW;
      }
    }
    finishRows(flags, c, strideC, height, N, matrix, strideMatrix, row, gate, strideGate);
    a += transposed ? BLOCK << 2 : strideA * BLOCK;
    c += strideC * BLOCK;
    matrix += strideMatrix * BLOCK;
    gate += strideGate * BLOCK;
  }
}
