// Elementary functions on four floats at a time. Only + − × ÷ √ and bit operations are used, each of which WebAssembly
// defines to the bit, so results are the same on every machine. The polynomials are our own minimax fits; the bounds
// stated here are checked against float64 in src/engines/wasm/kernels.test.ts. NaN in, NaN out.

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** eˣ; error ≤ 1 ulp. Overflows to ∞ above 88.72, denormal results included, 0 below −103.98. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, splat(-104.0)), splat(89.0));
  const n = f32x4.nearest(f32x4.mul(clamped, splat(1.4426950408889634)));
  // ln 2 in two parts, the first with few enough bits that n · high is exact.
  let r = f32x4.sub(clamped, f32x4.mul(n, splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, splat(2.12194440e-4)));
  let p = splat(0.00019789262);
  p = f32x4.add(f32x4.mul(p, r), splat(0.0013945752));
  p = f32x4.add(f32x4.mul(p, r), splat(0.008333504));
  p = f32x4.add(f32x4.mul(p, r), splat(0.04166628));
  p = f32x4.add(f32x4.mul(p, r), splat(0.16666666));
  p = f32x4.add(f32x4.mul(p, r), splat(0.5));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r), splat(1.0));
  // 2ⁿ in two factors, so that neither leaves the normal range.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const rest = i32x4.sub(whole, half);
  const bias = i32x4.splat(127);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23));
  return f32x4.mul(p, i32x4.shl(i32x4.add(rest, bias), 23));
}

/** Natural logarithm; error ≤ 1 ulp. log 0 = −∞, below 0 NaN; denormals are taken in full. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const small = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, splat(8388608.0)), x, small);
  // Mantissa in [√½, √2): subtracting √½'s bits moves the split between exponents there.
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(shifted, 23);
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(small, splat(23.0)));
  const f = f32x4.sub(m, splat(1.0));
  let p = splat(0.067466386);
  p = f32x4.add(f32x4.mul(p, f), splat(-0.11675651));
  p = f32x4.add(f32x4.mul(p, f), splat(0.11888163));
  p = f32x4.add(f32x4.mul(p, f), splat(-0.12405589));
  p = f32x4.add(f32x4.mul(p, f), splat(0.14219552));
  p = f32x4.add(f32x4.mul(p, f), splat(-0.16667996));
  p = f32x4.add(f32x4.mul(p, f), splat(0.20002119));
  p = f32x4.add(f32x4.mul(p, f), splat(-0.2500001));
  p = f32x4.add(f32x4.mul(p, f), splat(0.33333313));
  const ff = f32x4.mul(f, f);
  let y = f32x4.mul(f32x4.mul(ff, f), p);
  y = f32x4.sub(y, f32x4.mul(e, splat(2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(ff, splat(0.5)));
  y = f32x4.add(f32x4.add(f, y), f32x4.mul(e, splat(0.693359375)));
  // What has no logarithm, or an infinite one.
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, splat(0.0)));
  y = v128.bitselect(x, y, f32x4.eq(x, splat(Infinity)));
  const ordered = f32x4.ge(x, splat(0.0));
  return v128.bitselect(y, splat(NaN), ordered);
}

/** log(1 + y) for y in [0, 1]. With s = y / (2 + y) it is 2·artanh(s) = 2s + s³·P(s²). */
// @ts-ignore: decorator
@inline
function log1pOfUnit4(y: v128): v128 {
  const s = f32x4.div(y, f32x4.add(y, splat(2.0)));
  const u = f32x4.mul(s, s);
  let p = splat(0.24300934);
  p = f32x4.add(f32x4.mul(p, u), splat(0.21427658));
  p = f32x4.add(f32x4.mul(p, u), splat(0.28616884));
  p = f32x4.add(f32x4.mul(p, u), splat(0.39998877));
  p = f32x4.add(f32x4.mul(p, u), splat(0.66666675));
  return f32x4.add(f32x4.add(s, s), f32x4.mul(f32x4.mul(s, u), p));
}

/** log(1 + eˣ) without overflow; error ≤ 2.5 ulp. */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const y = exp4(f32x4.neg(f32x4.abs(x)));
  return f32x4.add(f32x4.max(x, splat(0.0)), log1pOfUnit4(y));
}

/** 1 / (1 + e⁻ˣ); error ≤ 2.5 ulp above −87, 0 or denormal below. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1.0), f32x4.add(splat(1.0), exp4(f32x4.neg(x))));
}

/** Hyperbolic tangent; error ≤ 1.5 ulp. A polynomial below 0.625, 1 − 2 / (e²ˣ + 1) above. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const u = f32x4.mul(x, x);
  let p = splat(0.0021429616);
  p = f32x4.add(f32x4.mul(p, u), splat(-0.008177398));
  p = f32x4.add(f32x4.mul(p, u), splat(0.021700703));
  p = f32x4.add(f32x4.mul(p, u), splat(-0.053946763));
  p = f32x4.add(f32x4.mul(p, u), splat(0.13333206));
  p = f32x4.add(f32x4.mul(p, u), splat(-0.3333333));
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(x, u), p));
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(splat(1.0), f32x4.div(splat(2.0), f32x4.add(e, splat(1.0))));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, splat(0.625)));
}
