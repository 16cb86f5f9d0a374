// The natural logarithm and log(1 + x). With x = 2^k·(1 + f) and √½ ≤ 1 + f < √2, s = f / (2 + f) gives
// log(1 + f) = 2·artanh(s) = 2s + s·R(s²), where R is the rest of the artanh series; since 2s = f − s·f, the large
// part of the result is f itself, which is exact.

import { exponentOf, scale } from "./bits.ts";
import { LN2_HIGH, LN2_LOW } from "./exp.ts";

/** ln x, error < 1 ulp; −∞ at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const exponent = exponentOf(x);
  if (exponent === -1023) return logOf(x * 0x40000000000000, -54, 0);
  return logOf(x, 0, 0);
}

/** ln(1 + x) without the cancellation near 0, error < 1 ulp; −∞ at −1, NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY || x === 0) return x;
  if (x > -0.29 && x < 0.41) return combine(x, 0, 0);
  const u = 1 + x;
  // What rounding 1 + x lost, relative to u.
  const lost = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
  return logOf(u, 0, lost);
}

/** ln(x · 2^shift) + correction, for a normal positive x. */
function logOf(x: number, shift: number, correction: number): number {
  let k = exponentOf(x);
  let m = scale(x, -k);
  if (m >= Math.SQRT2) {
    m *= 0.5;
    k += 1;
  }
  return combine(m - 1, k + shift, correction);
}

/** k · ln 2 + ln(1 + f) + correction. */
function combine(f: number, k: number, correction: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21)))));
  const even = z * (2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19)))));
  const half = 0.5 * f * f;
  const small = s * (half + (odd + even)) + (k * LN2_LOW + correction);
  return k * LN2_HIGH - (half - small - f);
}
