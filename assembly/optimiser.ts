// What every update does to all parameters or their gradients, each in one pass over memory.

import { storeLanes } from "./elementwise";

/**
 * Moments smaller than this become 0. A unit that ReLU has switched off has no gradient: its moments decay for ever,
 * into denormal numbers, with which some processors calculate twenty times slower. Beside ε ≥ 1e-8 the difference is
 * far below a float32's last bit.
 */
// @ts-ignore: decorator
@inline const SMALLEST_MOMENT: f32 = 7.888609052210118e-31; // 2^-100

/** M ← β₁·M + g, V ← β₂·V + g², p ← p − M / (√V + ε) · size; see src/sac/adam.ts. */
export function adam(
  parameter: usize, moment1: usize, moment2: usize, gradient: usize, n: i32, beta1: f32, beta2: f32, size: f32,
  epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), s = f32x4.splat(size), e = f32x4.splat(epsilon);
  for (; n > 0; n -= 4) {
    const g = v128.load(gradient);
    const m = flushed(f32x4.add(f32x4.mul(v128.load(moment1), b1), g));
    const v = flushed(f32x4.add(f32x4.mul(v128.load(moment2), b2), f32x4.mul(g, g)));
    const direction = f32x4.div(m, f32x4.add(f32x4.sqrt(v), e));
    const p = f32x4.sub(v128.load(parameter), f32x4.mul(direction, s));
    if (n >= 4) {
      v128.store(moment1, m);
      v128.store(moment2, v);
      v128.store(parameter, p);
    } else {
      storeLanes(moment1, m, n);
      storeLanes(moment2, v, n);
      storeLanes(parameter, p, n);
    }
    parameter += 16;
    moment1 += 16;
    moment2 += 16;
    gradient += 16;
  }
}

// @ts-ignore: decorator
@inline function flushed(moment: v128): v128 {
  // NaN compares as not smaller, and stays.
  return v128.andnot(moment, f32x4.lt(f32x4.abs(moment), f32x4.splat(SMALLEST_MOMENT)));
}

/** target ← target + (parameter − target) · tau */
export function polyak(target: usize, parameter: usize, n: i32, tau: f32): void {
  const t = f32x4.splat(tau);
  for (; n > 0; n -= 4) {
    const old = v128.load(target);
    const moved = f32x4.add(old, f32x4.mul(f32x4.sub(v128.load(parameter), old), t));
    if (n >= 4) v128.store(target, moved);
    else storeLanes(target, moved, n);
    target += 16;
    parameter += 16;
  }
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
