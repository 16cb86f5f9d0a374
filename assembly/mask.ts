// Products with a matrix that is a mask times a column times a row: δ = q · w ⊙ [h > 0], the gradient behind a layer with
// ReLU whose next layer has one unit, as every critic's. Of the mask only bits are left: row m, places 32 d … 32 d + 31 are a
// word. For four rows of B at a time all sixteen sums of them are made once, in a table, and what a row of the mask takes is
// looked up: one addition for four places (the method of the four Russians) instead of two multiply-adds. The sums are in
// another order than matmul.ts makes them in.

import { step4, storeLanes } from "./elementwise";

/** Columns of a panel, places of a word, and rows of C for which a table is used, so that their sums stay in the cache. */
const WIDE = 32, DEPTH = 32, BLOCK = 256;
/** Bytes of a panel's row, and of the rows at one place in the eight tables of a word, which lie side by side. */
const ROW = WIDE << 2, SUMS = (DEPTH >> 2) * ROW;
const TABLES: usize = 16 * SUMS;

/** What a number that is not one makes of the whole row: NaN, otherwise 0. */
// @ts-ignore: decorator
@inline
function poison4(wrong: v128): v128 {
  return v128.and(wrong, i32x4.splat(0x7fc00000));
}

/** The first `count` lanes of x, zeros in the others. */
// @ts-ignore: decorator
@inline
function firstLanes(x: v128, count: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/**
 * The mask of rows h [rows, K]: words [K / 32][…], `strideTo` bytes from one to the next, and after the last of them a row of
 * 0, or NaN where a row has one.
 */
export function maskRows(to: usize, strideTo: usize, h: usize, strideH: usize, rows: i32, K: i32): void {
  const zero = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let word = to, wrong = zero;
    for (let k = 0; k < K; k += DEPTH) {
      let bits = 0;
      const from = h + (<usize>k << 2), count = min(DEPTH, K - k);
      if (count == DEPTH) {
        for (let place = 0; place < DEPTH; place += 16) {
          const at = from + (<usize>place << 2);
          const x0 = v128.load(at), x1 = v128.load(at, 16), x2 = v128.load(at, 32), x3 = v128.load(at, 48);
          const low = i16x8.narrow_i32x4_s(f32x4.gt(x0, zero), f32x4.gt(x1, zero));
          const high = i16x8.narrow_i32x4_s(f32x4.gt(x2, zero), f32x4.gt(x3, zero));
          bits |= i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)) << place;
          wrong = v128.or(wrong, v128.or(v128.or(f32x4.ne(x0, x0), f32x4.ne(x1, x1)), v128.or(f32x4.ne(x2, x2), f32x4.ne(x3, x3))));
        }
      } else for (let place = 0; place < count; place += 4) {
        const x = firstLanes(v128.load(from + (<usize>place << 2)), count - place);
        bits |= i32x4.bitmask(f32x4.gt(x, f32x4.splat(0))) << place;
        wrong = v128.or(wrong, f32x4.ne(x, x));
      }
      store<i32>(word, bits);
      word += strideTo;
    }
    store<i32>(word, v128.any_true(wrong) ? 0x7fc00000 : 0);
    to += 4;
    h += strideH;
  }
}

/** The same of h's columns: h [K, …]. */
export function maskColumns(to: usize, strideTo: usize, h: usize, strideH: usize, columns: i32, K: i32): void {
  const zero = f32x4.splat(0);
  for (; columns > 0; columns -= 16) {
    let word = to, from = h;
    let wrong0 = zero, wrong1 = zero, wrong2 = zero, wrong3 = zero;
    for (let k = 0; k < K; k += DEPTH) {
      let bits0 = zero, bits1 = zero, bits2 = zero, bits3 = zero, bit = i32x4.splat(1);
      for (let place = min(DEPTH, K - k); place > 0; place--) {
        const x0 = v128.load(from), x1 = v128.load(from, 16), x2 = v128.load(from, 32), x3 = v128.load(from, 48);
        bits0 = v128.or(bits0, v128.and(f32x4.gt(x0, zero), bit));
        bits1 = v128.or(bits1, v128.and(f32x4.gt(x1, zero), bit));
        bits2 = v128.or(bits2, v128.and(f32x4.gt(x2, zero), bit));
        bits3 = v128.or(bits3, v128.and(f32x4.gt(x3, zero), bit));
        wrong0 = v128.or(wrong0, f32x4.ne(x0, x0));
        wrong1 = v128.or(wrong1, f32x4.ne(x1, x1));
        wrong2 = v128.or(wrong2, f32x4.ne(x2, x2));
        wrong3 = v128.or(wrong3, f32x4.ne(x3, x3));
        bit = i32x4.shl(bit, 1);
        from += strideH;
      }
      storeFour(word, bits0, bits1, bits2, bits3, columns);
      word += strideTo;
    }
    storeFour(word, poison4(wrong0), poison4(wrong1), poison4(wrong2), poison4(wrong3), columns);
    to += 64;
    h += 64;
  }
}

function storeFour(to: usize, x0: v128, x1: v128, x2: v128, x3: v128, count: i32): void {
  storeLanes(to, x0, count);
  storeLanes(to + 16, x1, count - 4);
  storeLanes(to + 32, x2, count - 8);
  storeLanes(to + 48, x3, count - 12);
}

/** All sums of four numbers but the empty one. Exported only to keep the optimiser from inlining it. */
export function storeSums(to: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const x01 = f32x4.add(x0, x1), x23 = f32x4.add(x2, x3);
  v128.store(to, x0, SUMS);
  v128.store(to, x1, 2 * SUMS);
  v128.store(to, x01, 3 * SUMS);
  v128.store(to, x2, 4 * SUMS);
  v128.store(to, f32x4.add(x0, x2), 5 * SUMS);
  v128.store(to, f32x4.add(x1, x2), 6 * SUMS);
  v128.store(to, f32x4.add(x01, x2), 7 * SUMS);
  v128.store(to, x3, 8 * SUMS);
  v128.store(to, f32x4.add(x0, x3), 9 * SUMS);
  v128.store(to, f32x4.add(x1, x3), 10 * SUMS);
  v128.store(to, f32x4.add(x01, x3), 11 * SUMS);
  v128.store(to, x23, 12 * SUMS);
  v128.store(to, f32x4.add(x0, x23), 13 * SUMS);
  v128.store(to, f32x4.add(x1, x23), 14 * SUMS);
  v128.store(to, f32x4.add(x01, x23), 15 * SUMS);
}

/** The tables of rows k … k + count of B [K, …], each times its factor. */
export function sumsOfRows(tables: usize, b: usize, strideB: usize, factors: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    const f0 = v128.load32_splat(factors);
    const f1 = count > 1 ? v128.load32_splat(factors, 4) : f32x4.splat(0);
    const f2 = count > 2 ? v128.load32_splat(factors, 8) : f32x4.splat(0);
    const f3 = count > 3 ? v128.load32_splat(factors, 12) : f32x4.splat(0);
    const b1 = count > 1 ? b + strideB : b, b2 = count > 2 ? b1 + strideB : b, b3 = count > 3 ? b2 + strideB : b;
    for (let at = 0; at < ROW; at += 16) {
      storeSums(
        tables + at, f32x4.mul(f0, v128.load(b + at)), f32x4.mul(f1, v128.load(b1 + at)),
        f32x4.mul(f2, v128.load(b2 + at)), f32x4.mul(f3, v128.load(b3 + at)),
      );
    }
    tables += ROW;
    b += strideB << 2;
    factors += 16;
  }
}

/** The same of columns of B [WIDE, …]. */
export function sumsOfColumns(tables: usize, b: usize, strideB: usize, factors: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    const f = firstLanes(v128.load(factors), count);
    let from = b;
    for (let at = 0; at < ROW; at += 16) {
      const r0 = firstLanes(f32x4.mul(f, v128.load(from)), count);
      const r1 = firstLanes(f32x4.mul(f, v128.load(from + strideB)), count);
      const r2 = firstLanes(f32x4.mul(f, v128.load(from + 2 * strideB)), count);
      const r3 = firstLanes(f32x4.mul(f, v128.load(from + 3 * strideB)), count);
      const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5), high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
      const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5), high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
      storeSums(
        tables + at, i64x2.shuffle(low01, low23, 0, 2), i64x2.shuffle(low01, low23, 1, 3),
        i64x2.shuffle(high01, high23, 0, 2), i64x2.shuffle(high01, high23, 1, 3),
      );
      from += strideB << 2;
    }
    tables += ROW;
    b += 16;
    factors += 16;
  }
}

/** What eight tables have for a word, at one vector of the panel. */
// @ts-ignore: decorator
@inline
function look(
  to: usize, at: usize, t0: usize, t1: usize, t2: usize, t3: usize, t4: usize, t5: usize, t6: usize, t7: usize,
): void {
  const low = f32x4.add(
    f32x4.add(v128.load(t0 + at), v128.load(t1 + at, ROW)),
    f32x4.add(v128.load(t2 + at, 2 * ROW), v128.load(t3 + at, 3 * ROW)),
  );
  const high = f32x4.add(
    f32x4.add(v128.load(t4 + at, 4 * ROW), v128.load(t5 + at, 5 * ROW)),
    f32x4.add(v128.load(t6 + at, 6 * ROW), v128.load(t7 + at, 7 * ROW)),
  );
  const sum = f32x4.add(low, high);
  v128.store(to + at, f32x4.add(v128.load(to + at), sum));
}

/** Bits of a word that say where in the tables, once they stand at a row's bytes. */
const PLACE = 15 * SUMS;
/** Bytes of a word's places. */
const PLACES: usize = (DEPTH >> 2) << 2;

/** Where in the tables what a word takes stands. */
// @ts-ignore: decorator
@inline
function placesOf(to: usize, word: u32, tables: usize): void {
  store<u32>(to, tables + ((word << 10) & PLACE));
  store<u32>(to, tables + ((word << 6) & PLACE), 4);
  store<u32>(to, tables + ((word << 2) & PLACE), 8);
  store<u32>(to, tables + ((word >> 2) & PLACE), 12);
  store<u32>(to, tables + ((word >> 6) & PLACE), 16);
  store<u32>(to, tables + ((word >> 10) & PLACE), 20);
  store<u32>(to, tables + ((word >> 14) & PLACE), 24);
  store<u32>(to, tables + ((word >> 18) & PLACE), 28);
}

/**
 * To one row of sums after the other, what the tables have for its word. Exported only to keep the optimiser from inlining
 * it: it has registers of its own.
 */
export function addWords(to: usize, places: usize, rows: i32): void {
  for (; rows > 0; rows--) {
    const t0 = load<u32>(places), t1 = load<u32>(places, 4), t2 = load<u32>(places, 8), t3 = load<u32>(places, 12);
    const t4 = load<u32>(places, 16), t5 = load<u32>(places, 20), t6 = load<u32>(places, 24), t7 = load<u32>(places, 28);
    look(to, 0, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 16, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 32, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 48, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 64, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 80, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 96, t0, t1, t2, t3, t4, t5, t6, t7);
    look(to, 112, t0, t1, t2, t3, t4, t5, t6, t7);
    to += ROW;
    places += PLACES;
  }
}

/** Rows of sums times their factors, behind a gate unless that is 0, to the rows of C that the list names. */
function finishSums(
  sums: usize, list: usize, end: usize, poison: usize, factors: usize, c: usize, strideC: usize, gate: usize, strideGate: usize,
): void {
  for (; list < end; list += 4) {
    const place = load<u32>(list);
    const factor = f32x4.splat(load<f32>(factors + place) + load<f32>(poison + place));
    const to = c + <usize>(place >> 2) * strideC, open = gate + <usize>(place >> 2) * strideGate;
    for (let at = 0; at < ROW; at += 16) {
      const value = f32x4.mul(v128.load(sums + at), factor);
      v128.store(to + at, gate ? f32x4.mul(value, step4(v128.load(open + at))) : value);
    }
    sums += ROW;
  }
}

/** The same with C transposed, and no gate, for a multiple of four rows that follow each other. */
function finishTransposed(sums: usize, rows: i32, poison: usize, factors: usize, c: usize, strideC: usize): void {
  for (; rows > 0; rows -= 4) {
    const factor = f32x4.add(v128.load(factors), v128.load(poison));
    let to = c;
    for (let at = 0; at < ROW; at += 16) {
      const from = sums + at;
      const r0 = v128.load(from), r1 = v128.load(from, ROW), r2 = v128.load(from, 2 * ROW), r3 = v128.load(from, 3 * ROW);
      const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5), high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
      const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5), high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
      v128.store(to, f32x4.mul(factor, i64x2.shuffle(low01, low23, 0, 2)));
      v128.store(to + strideC, f32x4.mul(factor, i64x2.shuffle(low01, low23, 1, 3)));
      v128.store(to + 2 * strideC, f32x4.mul(factor, i64x2.shuffle(high01, high23, 0, 2)));
      v128.store(to + 3 * strideC, f32x4.mul(factor, i64x2.shuffle(high01, high23, 1, 3)));
      to += strideC << 2;
    }
    sums += 4 * ROW;
    factors += 16;
    poison += 16;
    c += 16;
  }
}

/** Lists the rows whose factor is not 0, four bytes each; the others' results are 0. Gives the list's end. */
function listRows(list: usize, rows: i32, poison: usize, factors: usize, c: usize, strideC: usize, N: i32): usize {
  for (let place: usize = 0; place < <usize>rows << 2; place += 4) {
    if (load<f32>(factors + place) + load<f32>(poison + place) != 0) {
      store<u32>(list, place);
      list += 4;
    } else {
      memory.fill(c, 0, N << 2);
    }
    c += strideC;
  }
  return list;
}

/**
 * C = D · B for δ of M rows and K columns and B of N columns, N a multiple of 32. `toInput`: δ's rows are those of h, `factors`
 * are q, `factorsB` w, and B is given as [N, K]; behind `gate` unless that is 0. Otherwise they are h's columns, `factors`
 * w, `factorsB` q, B is [K, N], M a multiple of four, and C is written transposed. `spare`: TABLES + BLOCK · (4 + ROW + K)
 * bytes, K rounded up to whole words.
 */
export function maskedMatmul(
  toInput: bool, words: usize, strideWords: usize, poison: usize, factors: usize, M: i32, b: usize, strideB: usize,
  factorsB: usize, N: i32, K: i32, c: usize, strideC: usize, gate: usize, strideGate: usize, spare: usize,
): void {
  const list = spare + TABLES, sums = list + (BLOCK << 2), places = sums + BLOCK * ROW;
  memory.fill(spare, 0, SUMS);
  for (; M > 0; M -= BLOCK) {
    const height = min(M, BLOCK);
    let end = list;
    if (toInput) end = listRows(list, height, poison, factors, c, strideC, N);
    else for (let i = 0; i < height; i++, end += 4) store<i32>(end, i << 2);
    const rows = <i32>(end - list) >> 2;
    let word = words, at = places;
    for (let k = 0; k < K; k += DEPTH) {
      for (let row = list; row < end; row += 4, at += PLACES) placesOf(at, load<u32>(word + load<u32>(row)), spare);
      word += strideWords;
    }
    let column = c, from = b, open = gate;
    for (let left = N; left > 0; left -= WIDE) {
      let row = from, factor = factorsB, at = places;
      memory.fill(sums, 0, rows * ROW);
      for (let k = 0; k < K; k += DEPTH) {
        const count = min(DEPTH, K - k);
        if (toInput) sumsOfColumns(spare, row, strideB, factor, count);
        else sumsOfRows(spare, row, strideB, factor, count);
        addWords(sums, at, rows);
        at += <usize>rows * PLACES;
        factor += DEPTH << 2;
        row += toInput ? DEPTH << 2 : strideB * <usize>DEPTH;
      }
      if (toInput) finishSums(sums, list, end, poison, factors, column, strideC, open, strideGate);
      else finishTransposed(sums, rows, poison, factors, column, strideC);
      column += toInput ? ROW : strideC * <usize>WIDE;
      from += toInput ? strideB * <usize>WIDE : ROW;
      if (gate) open += ROW;
    }
    words += BLOCK << 2;
    poison += BLOCK << 2;
    factors += BLOCK << 2;
    c += toInput ? strideC * BLOCK : BLOCK << 2;
    if (gate) gate += strideGate * BLOCK;
  }
}
