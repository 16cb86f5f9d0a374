// What every update does to all parameters or their gradients, each in one pass over memory.

import { storeLanes } from "./elementwise";

/**
 * Moments smaller than this become 0. A unit that ReLU has switched off has no gradient: its moments decay for ever,
 * into denormal numbers, with which some processors calculate twenty times slower. Beside ε ≥ 1e-8 the difference is
 * far below a float32's last bit.
 */
// @ts-ignore: decorator
@inline const SMALLEST_MOMENT: f32 = 7.888609052210118e-31; // 2^-100

/**
 * M ← β₁·M + g, V ← β₂·V + g², p ← keep·p − M / (√V + ε) · size; see src/graph/optimisers.ts.
 * @param clear whether moments that are too small become 0, a fifth of the work; with β₁ = 0.9 no moment turns
 *   denormal within 170 steps of being cleared
 */
export function adam(
  parameter: usize, moment1: usize, moment2: usize, gradient: usize, n: i32, beta1: f32, beta2: f32, size: f32,
  epsilon: f32, keep: f32, clear: bool,
): void {
  if (clear) stepAll(parameter, moment1, moment2, gradient, n, beta1, beta2, size, epsilon, keep, true);
  else stepAll(parameter, moment1, moment2, gradient, n, beta1, beta2, size, epsilon, keep, false);
}

// @ts-ignore: decorator
@inline function stepAll(
  parameter: usize, moment1: usize, moment2: usize, gradient: usize, n: i32, beta1: f32, beta2: f32, size: f32,
  epsilon: f32, keep: f32, clear: bool,
): void {
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), s = f32x4.splat(size), e = f32x4.splat(epsilon);
  const k = f32x4.splat(keep);
  for (; n >= 16; n -= 16) {
    stepFour(parameter, moment1, moment2, gradient, b1, b2, s, e, k, clear, 4);
    stepFour(parameter + 16, moment1 + 16, moment2 + 16, gradient + 16, b1, b2, s, e, k, clear, 4);
    stepFour(parameter + 32, moment1 + 32, moment2 + 32, gradient + 32, b1, b2, s, e, k, clear, 4);
    stepFour(parameter + 48, moment1 + 48, moment2 + 48, gradient + 48, b1, b2, s, e, k, clear, 4);
    parameter += 64;
    moment1 += 64;
    moment2 += 64;
    gradient += 64;
  }
  for (; n > 0; n -= 4) {
    stepFour(parameter, moment1, moment2, gradient, b1, b2, s, e, k, clear, n);
    parameter += 16;
    moment1 += 16;
    moment2 += 16;
    gradient += 16;
  }
}

/** The step of four parameters, of which the first `lanes` are stored. */
// @ts-ignore: decorator
@inline function stepFour(
  parameter: usize, moment1: usize, moment2: usize, gradient: usize, b1: v128, b2: v128, s: v128, e: v128, k: v128, clear: bool,
  lanes: i32,
): void {
  const g = v128.load(gradient);
  let m = f32x4.add(f32x4.mul(v128.load(moment1), b1), g);
  let v = f32x4.add(f32x4.mul(v128.load(moment2), b2), f32x4.mul(g, g));
  if (clear) {
    m = cleared(m, f32x4.abs(m));
    v = cleared(v, v);
  }
  const direction = f32x4.div(m, f32x4.add(f32x4.sqrt(v), e));
  storeLanes(moment1, m, lanes);
  storeLanes(moment2, v, lanes);
  storeLanes(parameter, f32x4.sub(f32x4.mul(v128.load(parameter), k), f32x4.mul(direction, s)), lanes);
}

// @ts-ignore: decorator
@inline function cleared(moment: v128, size: v128): v128 {
  // NaN compares as not smaller, and stays.
  return v128.andnot(moment, f32x4.lt(size, f32x4.splat(SMALLEST_MOMENT)));
}

/** target ← target + (parameter − target) · tau */
export function polyak(target: usize, parameter: usize, n: i32, tau: f32): void {
  const t = f32x4.splat(tau);
  for (; n >= 16; n -= 16) {
    moveFour(target, parameter, t, 4);
    moveFour(target + 16, parameter + 16, t, 4);
    moveFour(target + 32, parameter + 32, t, 4);
    moveFour(target + 48, parameter + 48, t, 4);
    target += 64;
    parameter += 64;
  }
  for (; n > 0; n -= 4) {
    moveFour(target, parameter, t, n);
    target += 16;
    parameter += 16;
  }
}

// @ts-ignore: decorator
@inline function moveFour(target: usize, parameter: usize, tau: v128, lanes: i32): void {
  const old = v128.load(target);
  storeLanes(target, f32x4.add(old, f32x4.mul(f32x4.sub(v128.load(parameter), old), tau)), lanes);
}

/** blocks[0] ← (blocks[0] + blocks[1] + …) / count, added up in this order; a block is `n` floats, `stride` bytes apart */
export function mean(blocks: usize, stride: usize, count: i32, n: i32): void {
  const share = f32x4.splat(<f32>1 / <f32>count);
  for (; n > 0; n -= 4) {
    let total = v128.load(blocks);
    let at = blocks;
    for (let i = 1; i < count; i++) {
      at += stride;
      total = f32x4.add(total, v128.load(at));
    }
    total = f32x4.mul(total, share);
    if (n >= 4) v128.store(blocks, total);
    else storeLanes(blocks, total, n);
    blocks += 16;
  }
}
