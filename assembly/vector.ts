// Products with few rows on one side, which are not worth packing for: a vector times a matrix, and the products of
// all rows of one matrix with all rows of another. A sum's order never depends on how the work is shared out.

import { storeLanes } from "./elementwise";
import { addProduct } from "./multiply-add";
import { addLanes } from "./sum";

/** y = x · B for a vector x [K] and `columns` columns of B [K, …], summed over k in ascending order. */
export function timesMatrix(y: usize, x: usize, b: usize, stride: usize, K: i32, columns: i32): void {
  let k = 0;
  while (k < K) {
    const many = K - k >= 4;
    const b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x, 4), x2 = v128.load32_splat(x, 8), x3 = v128.load32_splat(x, 12);
    const first = k == 0;
    let at: usize = 0;
    for (let left = columns; left > 0; left -= 4) {
      let sum = first ? f32x4.splat(0) : v128.load(y + at);
      sum = addProduct(sum, x0, v128.load(b + at));
      if (many) {
        sum = addProduct(sum, x1, v128.load(b1 + at));
        sum = addProduct(sum, x2, v128.load(b2 + at));
        sum = addProduct(sum, x3, v128.load(b3 + at));
      }
      storeLanes(y + at, sum, left);
      at += 16;
    }
    k += many ? 4 : 1;
    x += many ? 16 : 4;
    b += many ? stride << 2 : stride;
  }
}

// @ts-ignore: decorator
@inline
function tail(x: usize, count: i32): v128 {
  return v128.and(v128.load(x), i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

export function dot(p: usize, q: usize, K: i32): f32 {
  let sum = f32x4.splat(0);
  for (; K > 3; K -= 4) {
    sum = addProduct(sum, v128.load(p), v128.load(q));
    p += 16;
    q += 16;
  }
  if (K > 0) sum = addProduct(sum, tail(p, K), tail(q, K));
  return addLanes(sum);
}

/** Four rows of P with one of Q: the four sums are independent, which hides the latency of adding. */
export function dots4(p: usize, strideP: usize, q: usize, K: i32, c: usize, stepP: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let p1 = p + strideP, p2 = p1 + strideP, p3 = p2 + strideP;
  let whole = K >> 2;
  if (whole > 0) do {
    const y = v128.load(q);
    s0 = addProduct(s0, v128.load(p), y);
    s1 = addProduct(s1, v128.load(p1), y);
    s2 = addProduct(s2, v128.load(p2), y);
    s3 = addProduct(s3, v128.load(p3), y);
    p += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q += 16;
  } while (--whole);
  const rest = K & 3;
  if (rest) {
    const y = tail(q, rest);
    s0 = addProduct(s0, tail(p, rest), y);
    s1 = addProduct(s1, tail(p1, rest), y);
    s2 = addProduct(s2, tail(p2, rest), y);
    s3 = addProduct(s3, tail(p3, rest), y);
  }
  store<f32>(c, addLanes(s0));
  store<f32>(c + stepP, addLanes(s1));
  store<f32>(c + stepP * 2, addLanes(s2));
  store<f32>(c + stepP * 3, addLanes(s3));
}

/** Four rows of P with two of Q. */
export function dots42(
  p: usize, strideP: usize, q: usize, strideQ: usize, K: i32, c: usize, stepP: usize, stepQ: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let p1 = p + strideP, p2 = p1 + strideP, p3 = p2 + strideP, q1 = q + strideQ;
  let whole = K >> 2;
  if (whole > 0) do {
    const y0 = v128.load(q), y1 = v128.load(q1);
    let x = v128.load(p);
    s00 = addProduct(s00, x, y0);
    s01 = addProduct(s01, x, y1);
    x = v128.load(p1);
    s10 = addProduct(s10, x, y0);
    s11 = addProduct(s11, x, y1);
    x = v128.load(p2);
    s20 = addProduct(s20, x, y0);
    s21 = addProduct(s21, x, y1);
    x = v128.load(p3);
    s30 = addProduct(s30, x, y0);
    s31 = addProduct(s31, x, y1);
    p += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q += 16;
    q1 += 16;
  } while (--whole);
  const rest = K & 3;
  if (rest) {
    const y0 = tail(q, rest), y1 = tail(q1, rest);
    let x = tail(p, rest);
    s00 = addProduct(s00, x, y0);
    s01 = addProduct(s01, x, y1);
    x = tail(p1, rest);
    s10 = addProduct(s10, x, y0);
    s11 = addProduct(s11, x, y1);
    x = tail(p2, rest);
    s20 = addProduct(s20, x, y0);
    s21 = addProduct(s21, x, y1);
    x = tail(p3, rest);
    s30 = addProduct(s30, x, y0);
    s31 = addProduct(s31, x, y1);
  }
  const d = c + stepQ;
  store<f32>(c, addLanes(s00));
  store<f32>(d, addLanes(s01));
  store<f32>(c + stepP, addLanes(s10));
  store<f32>(d + stepP, addLanes(s11));
  store<f32>(c + stepP * 2, addLanes(s20));
  store<f32>(d + stepP * 2, addLanes(s21));
  store<f32>(c + stepP * 3, addLanes(s30));
  store<f32>(d + stepP * 3, addLanes(s31));
}

/** C[i, j] = row i of P · row j of Q; `stepP` and `stepQ` are the bytes from one i or j to the next in C. */
export function timesRows(
  c: usize, stepP: usize, stepQ: usize, p: usize, strideP: usize, P: i32, q: usize, strideQ: usize, Q: i32, K: i32,
): void {
  for (; P > 3; P -= 4) {
    let at = q, to = c, left = Q;
    for (; left > 1; left -= 2) {
      dots42(p, strideP, at, strideQ, K, to, stepP, stepQ);
      at += strideQ << 1;
      to += stepQ << 1;
    }
    if (left) dots4(p, strideP, at, K, to, stepP);
    p += strideP << 2;
    c += stepP << 2;
  }
  for (; P > 0; P--) {
    let at = q, to = c;
    for (let left = Q; left > 0; left--) {
      store<f32>(to, dot(p, at, K));
      at += strideQ;
      to += stepQ;
    }
    p += strideP;
    c += stepP;
  }
}
