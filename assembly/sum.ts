// Sums in a fixed order, so that they give the same bits on any number of threads: a row is summed in sixteen
// interleaved parts that are then added pairwise, a column from top to bottom.

import { storeLanes } from "./elementwise";

/** The first `count` lanes of x, zeros in the others. */
// @ts-ignore: decorator
@inline
function firstLanes(x: v128, count: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** The sum of `n` consecutive floats. */
export function sumRow(a: usize, n: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  while (n > 15) {
    s0 = f32x4.add(s0, v128.load(a));
    s1 = f32x4.add(s1, v128.load(a, 16));
    s2 = f32x4.add(s2, v128.load(a, 32));
    s3 = f32x4.add(s3, v128.load(a, 48));
    a += 64;
    n -= 16;
  }
  while (n > 3) {
    s0 = f32x4.add(s0, v128.load(a));
    a += 16;
    n -= 4;
  }
  if (n > 0) s1 = f32x4.add(s1, firstLanes(v128.load(a), n));
  return addLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

// @ts-ignore: decorator
@inline
export function addLanes(x: v128): f32 {
  const pairs = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** to[j] = Σᵢ a[i · stride + j] for `columns` columns; strides in bytes. */
export function sumColumns(to: usize, a: usize, rows: i32, stride: usize, columns: i32): void {
  while (columns > 0) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let from = a;
    let left = rows;
    if (columns > 12) {
      if (left > 0) do {
        s0 = f32x4.add(s0, v128.load(from));
        s1 = f32x4.add(s1, v128.load(from, 16));
        s2 = f32x4.add(s2, v128.load(from, 32));
        s3 = f32x4.add(s3, v128.load(from, 48));
        from += stride;
      } while (--left);
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      storeLanes(to + 48, s3, columns - 12);
      to += 64;
      a += 64;
      columns -= 16;
    } else {
      if (left > 0) do {
        s0 = f32x4.add(s0, v128.load(from));
        from += stride;
      } while (--left);
      storeLanes(to, s0, columns);
      to += 16;
      a += 16;
      columns -= 4;
    }
  }
}

/** Sums [outer, reduced, inner] over its middle axis; `toStep` and `step` are bytes from one outer index to the next. */
export function sum(
  to: usize, toStep: usize, a: usize, step: usize, outer: i32, reduced: i32, stride: usize, inner: i32,
): void {
  for (let o = 0; o < outer; o++) {
    if (inner == 1 && stride == 4) store<f32>(to, sumRow(a, reduced));
    else sumColumns(to, a, reduced, stride, inner);
    to += toStep;
    a += step;
  }
}
