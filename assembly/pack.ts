// Packing: matrices copied into the panels that the product kernel reads in a straight line. Loops go over blocks of
// sixteen rows, because rows a power of two apart fall on the same few cache lines.

const BLOCK = 16;

/** The first `count` lanes of x, zeros in the others. */
// @ts-ignore: decorator
@inline
function firstLanes(x: v128, count: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** Rows k0 … k1 of B [K, N] into panels [K][width], width 8 or 32; the last is filled up with zeros. `stride` in bytes. */
export function packRows(to: usize, b: usize, stride: usize, k0: i32, k1: i32, K: i32, N: i32, width: i32): void {
  const row = <usize>width << 2;
  const columns = (N + width - 1) & -width;
  for (let block = k0; block < k1; block += BLOCK) {
    const end = min(block + BLOCK, k1);
    for (let j = 0; j < columns; j += 8) {
      const inside = j & (width - 1);
      let t = to + (<usize>((j - inside) * K + block * width + inside) << 2);
      let from = b + <usize>block * stride + (<usize>j << 2);
      const left = N - j;
      for (let k = block; k < end; k++) {
        if (left >= 8) {
          v128.store(t, v128.load(from));
          v128.store(t, v128.load(from, 16), 16);
        } else {
          v128.store(t, left > 0 ? firstLanes(v128.load(from), left) : f32x4.splat(0));
          v128.store(t, left > 4 ? firstLanes(v128.load(from, 16), left - 4) : f32x4.splat(0), 16);
        }
        t += row;
        from += stride;
      }
    }
  }
}

/** B given transposed, [N, K], into panels [K][width], width 8 or 32: panels p0 … p1. `stride` in bytes. */
export function packTransposed(
  to: usize, b: usize, stride: usize, p0: i32, p1: i32, K: i32, N: i32, width: i32,
): void {
  const row = <usize>width << 2;
  for (let n = p0 * width; n < p1 * width; n += 8) {
    const inside = n & (width - 1);
    let t = to + (<usize>((n - inside) * K + inside) << 2);
    let k = 0;
    if (n + 8 <= N) {
      const b0 = b + <usize>n * stride, b1 = b0 + stride, b2 = b1 + stride, b3 = b2 + stride;
      const b4 = b3 + stride, b5 = b4 + stride, b6 = b5 + stride, b7 = b6 + stride;
      for (; k + 4 <= K; k += 4) {
        const at = <usize>k << 2;
        transpose4(t, row, v128.load(b0 + at), v128.load(b1 + at), v128.load(b2 + at), v128.load(b3 + at));
        transpose4(t + 16, row, v128.load(b4 + at), v128.load(b5 + at), v128.load(b6 + at), v128.load(b7 + at));
        t += row << 2;
      }
    }
    for (; k < K; k++) {
      for (let j = 0; j < 8; j++) {
        const there = n + j < N;
        store<f32>(t + (<usize>j << 2), there ? load<f32>(b + <usize>(n + j) * stride + (<usize>k << 2)) : 0);
      }
      t += row;
    }
  }
}

/** Stores the transpose of four rows, `row` bytes from one row to the next. */
// @ts-ignore: decorator
@inline
function transpose4(to: usize, row: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(to + row, i64x2.shuffle(low01, low23, 1, 3));
  to += row << 1;
  v128.store(to, i64x2.shuffle(high01, high23, 0, 2));
  v128.store(to + row, i64x2.shuffle(high01, high23, 1, 3));
}

/** M columns of A [K, …] into panels [K][5], the last as narrow as what is left. `stride` in bytes. */
export function packColumns(to: usize, a: usize, stride: usize, M: i32, K: i32): void {
  for (let block = 0; block < K; block += BLOCK) {
    const rows = min(BLOCK, K - block);
    for (let i = 0; i < M; i += 5) {
      const width = min(5, M - i);
      let t = to + (<usize>(i * K + block * width) << 2);
      let from = a + <usize>block * stride + (<usize>i << 2);
      if (width == 5) {
        for (let k = 0; k < rows; k++) {
          v128.store(t, v128.load(from));
          store<f32>(t, load<f32>(from, 16), 16);
          t += 20;
          from += stride;
        }
      } else {
        for (let k = 0; k < rows; k++) {
          for (let j = 0; j < width; j++) store<f32>(t + (<usize>j << 2), load<f32>(from + (<usize>j << 2)));
          t += <usize>width << 2;
          from += stride;
        }
      }
    }
  }
}
