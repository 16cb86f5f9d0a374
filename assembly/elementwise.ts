// Element-wise operations over `n` consecutive floats. An operand may be a scalar: one float for all places. The tail
// is computed as a full vector (every buffer has room to read past its end) and stored lane by lane.

import { exp4, log4, sigmoid4, softplus4, tanh4 } from "./math";

// Operation numbers; src/engines/wasm/tape.ts has the same list.
const NEGATE = 0, EXP = 1, LOG = 2, SQRT = 3, SQUARE = 4, RECIPROCAL = 5, TANH = 6, SIGMOID = 7, SOFTPLUS = 8, RELU = 9,
  STEP = 10, COPY = 11, CLAMP = 12;
const ADD = 16, SUBTRACT = 17, MULTIPLY = 18, DIVIDE = 19, MINIMUM = 20, MAXIMUM = 21, GATE = 22;

/** 1 where x > 0, NaN where x is NaN, 0 elsewhere. */
// @ts-ignore: decorator
@inline
export function step4(x: v128): v128 {
  const one = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
  return v128.bitselect(x, one, f32x4.ne(x, x));
}

// @ts-ignore: decorator
@inline
export function storeLanes(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
  } else if (count == 3) {
    v128.store64_lane(to, value, 0);
    v128.store32_lane(to, value, 2, 8);
  } else if (count == 2) {
    v128.store64_lane(to, value, 0);
  } else if (count == 1) {
    v128.store32_lane(to, value, 0);
  }
}

// @ts-ignore: decorator
@inline
function unary4(op: i32, x: v128, low: v128, high: v128): v128 {
  if (op == NEGATE) return f32x4.neg(x);
  if (op == EXP) return exp4(x);
  if (op == LOG) return log4(x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  if (op == TANH) return tanh4(x);
  if (op == SIGMOID) return sigmoid4(x);
  if (op == SOFTPLUS) return softplus4(x);
  if (op == RELU) return f32x4.max(x, f32x4.splat(0));
  if (op == STEP) return step4(x);
  if (op == CLAMP) return f32x4.min(f32x4.max(x, low), high);
  return x;
}

// @ts-ignore: decorator
@inline
function binary4(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUBTRACT) return f32x4.sub(a, b);
  if (op == MULTIPLY) return f32x4.mul(a, b);
  if (op == DIVIDE) return f32x4.div(a, b);
  if (op == MINIMUM) return f32x4.min(a, b);
  if (op == MAXIMUM) return f32x4.max(a, b);
  return f32x4.mul(a, step4(b));
}

// @ts-ignore: decorator
@inline
function overOne(op: i32, to: usize, a: usize, n: i32, low: v128, high: v128): void {
  while (n > 3) {
    v128.store(to, unary4(op, v128.load(a), low, high));
    to += 16;
    a += 16;
    n -= 4;
  }
  if (n > 0) storeLanes(to, unary4(op, v128.load(a), low, high), n);
}

// @ts-ignore: decorator
@inline
function overTwo(op: i32, to: usize, a: usize, scalarA: bool, b: usize, scalarB: bool, n: i32): void {
  if (scalarA) {
    const left = v128.load32_splat(a);
    while (n > 15) {
      v128.store(to, binary4(op, left, v128.load(b)));
      v128.store(to, binary4(op, left, v128.load(b, 16)), 16);
      v128.store(to, binary4(op, left, v128.load(b, 32)), 32);
      v128.store(to, binary4(op, left, v128.load(b, 48)), 48);
      to += 64;
      b += 64;
      n -= 16;
    }
    while (n > 3) {
      v128.store(to, binary4(op, left, v128.load(b)));
      to += 16;
      b += 16;
      n -= 4;
    }
    if (n > 0) storeLanes(to, binary4(op, left, v128.load(b)), n);
  } else if (scalarB) {
    const right = v128.load32_splat(b);
    while (n > 15) {
      v128.store(to, binary4(op, v128.load(a), right));
      v128.store(to, binary4(op, v128.load(a, 16), right), 16);
      v128.store(to, binary4(op, v128.load(a, 32), right), 32);
      v128.store(to, binary4(op, v128.load(a, 48), right), 48);
      to += 64;
      a += 64;
      n -= 16;
    }
    while (n > 3) {
      v128.store(to, binary4(op, v128.load(a), right));
      to += 16;
      a += 16;
      n -= 4;
    }
    if (n > 0) storeLanes(to, binary4(op, v128.load(a), right), n);
  } else {
    while (n > 15) {
      v128.store(to, binary4(op, v128.load(a), v128.load(b)));
      v128.store(to, binary4(op, v128.load(a, 16), v128.load(b, 16)), 16);
      v128.store(to, binary4(op, v128.load(a, 32), v128.load(b, 32)), 32);
      v128.store(to, binary4(op, v128.load(a, 48), v128.load(b, 48)), 48);
      to += 64;
      a += 64;
      b += 64;
      n -= 16;
    }
    while (n > 3) {
      v128.store(to, binary4(op, v128.load(a), v128.load(b)));
      to += 16;
      a += 16;
      b += 16;
      n -= 4;
    }
    if (n > 0) storeLanes(to, binary4(op, v128.load(a), v128.load(b)), n);
  }
}

/** to[i] = value */
export function fill(to: usize, value: v128, n: i32): void {
  while (n > 3) {
    v128.store(to, value);
    to += 16;
    n -= 4;
  }
  storeLanes(to, value, n);
}

/** to[i] = op(a[i]); `low` and `high` are the bounds of a clamp. */
export function unary(op: i32, to: usize, a: usize, scalarA: bool, n: i32, low: f32, high: f32): void {
  const l = f32x4.splat(low);
  const h = f32x4.splat(high);
  if (scalarA && n > 1) {
    unary(op, to, a, false, 1, low, high);
    fill(to, v128.load32_splat(to), n);
    return;
  }
  switch (op) {
    case NEGATE: overOne(NEGATE, to, a, n, l, h); break;
    case EXP: overOne(EXP, to, a, n, l, h); break;
    case LOG: overOne(LOG, to, a, n, l, h); break;
    case SQRT: overOne(SQRT, to, a, n, l, h); break;
    case SQUARE: overOne(SQUARE, to, a, n, l, h); break;
    case RECIPROCAL: overOne(RECIPROCAL, to, a, n, l, h); break;
    case TANH: overOne(TANH, to, a, n, l, h); break;
    case SIGMOID: overOne(SIGMOID, to, a, n, l, h); break;
    case SOFTPLUS: overOne(SOFTPLUS, to, a, n, l, h); break;
    case RELU: overOne(RELU, to, a, n, l, h); break;
    case STEP: overOne(STEP, to, a, n, l, h); break;
    case COPY: memory.copy(to, a, n << 2); break;
    case CLAMP: overOne(CLAMP, to, a, n, l, h); break;
    default: unreachable();
  }
}

/** to[i] = op(a[i], b[i]); gate is a · step(b). */
export function binary(op: i32, to: usize, a: usize, scalarA: bool, b: usize, scalarB: bool, n: i32): void {
  if (scalarA && scalarB && n > 1) {
    binary(op, to, a, false, b, false, 1);
    fill(to, v128.load32_splat(to), n);
    return;
  }
  switch (op) {
    case ADD: overTwo(ADD, to, a, scalarA, b, scalarB, n); break;
    case SUBTRACT: overTwo(SUBTRACT, to, a, scalarA, b, scalarB, n); break;
    case MULTIPLY: overTwo(MULTIPLY, to, a, scalarA, b, scalarB, n); break;
    case DIVIDE: overTwo(DIVIDE, to, a, scalarA, b, scalarB, n); break;
    case MINIMUM: overTwo(MINIMUM, to, a, scalarA, b, scalarB, n); break;
    case MAXIMUM: overTwo(MAXIMUM, to, a, scalarA, b, scalarB, n); break;
    case GATE: overTwo(GATE, to, a, scalarA, b, scalarB, n); break;
    default: unreachable();
  }
}
