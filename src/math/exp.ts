// eˣ and eˣ − 1. With x = k·ln 2 + r and |r| ≤ ln 2 / 2, the Taylor series of e^r to r¹³ is exact to 2⁻⁵⁸, and
// k·ln 2 is taken off in two parts so that r keeps all its bits.

import { scale } from "./bits.ts";

/** ln 2 = LN2_HIGH + LN2_LOW; the first has 33 bits, so that k · LN2_HIGH is exact. */
export const LN2_HIGH = 0.6931471804855391;
export const LN2_LOW = 7.440617110012397e-11;

/** eˣ, error < 0.9 ulp (measured). Overflows to ∞ above 709.78, underflows to 0 below −745.13. */
export function exp(x: number): number {
  if (!(x < 709.782712893384)) return x > 709.782712893384 ? Number.POSITIVE_INFINITY : exactExp(x);
  if (x < -745.1332191019412) return 0;
  return exactExp(x);
}

function exactExp(x: number): number {
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const e = 1 + (high - (low - seriesAfterLinear(r)));
  return k === 0 ? e : scale(e, k);
}

/** eˣ − 1 without the cancellation near 0, error < 1.3 ulp. */
export function expm1(x: number): number {
  if (!(x < 709.782712893384)) return x > 709.782712893384 ? Number.POSITIVE_INFINITY : x;
  if (x < -40) return -1;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  if (k === 0) return x === 0 ? x : x + seriesAfterLinear(x);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  // 2^k e^r − 1 = 2^k ((1 − 2^−k) + (e^r − 1)); the first bracket is exact for |k| ≤ 53 and the larger of the two, so
  // that `lost` is exactly what adding the leading part of the second to it rounds away.
  const offset = 1 - scale(1, -k);
  const leading = offset + high;
  const lost = high - (leading - offset);
  return scale(leading + (lost + (seriesAfterLinear(r) - low)), k);
}

/** e^r − 1 − r for |r| ≤ ln 2 / 2. */
function seriesAfterLinear(r: number): number {
  const s = r * r;
  const even =
    1 / 2 + s * (1 / 24 + s * (1 / 720 + s * (1 / 40320 + s * (1 / 3628800 + s * (1 / 479001600)))));
  const odd =
    1 / 6 + s * (1 / 120 + s * (1 / 5040 + s * (1 / 362880 + s * (1 / 39916800 + s * (1 / 6227020800)))));
  return s * (even + r * odd);
}
