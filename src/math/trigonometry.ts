// sin and cos. The angle is brought to |r + t| ≤ π/4 (t: what r lost by rounding), then Taylor series to r¹⁷ and r¹⁸
// are exact to 2⁻⁵⁸.

import { reduceAngle } from "./reduce-angle.ts";

const reduced = new Float64Array(2);
const QUARTER_PI = Math.PI / 4;

/** sin x of radians, error < 1 ulp for every finite x; NaN for ±∞. */
export function sin(x: number): number {
  const size = Math.abs(x);
  if (size <= QUARTER_PI) return size < 1e-8 ? x : sinOf(x, 0);
  const quadrant = reduceAngle(x, reduced);
  const y = (quadrant & 1) === 0 ? sinOf(reduced[0]!, reduced[1]!) : cosOf(reduced[0]!, reduced[1]!);
  return (quadrant & 2) === 0 ? y : -y;
}

/** cos x of radians, error < 1 ulp for every finite x; NaN for ±∞. */
export function cos(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return cosOf(x, 0);
  const quadrant = reduceAngle(x, reduced);
  const y = (quadrant & 1) === 0 ? cosOf(reduced[0]!, reduced[1]!) : sinOf(reduced[0]!, reduced[1]!);
  return ((quadrant + 1) & 2) === 0 ? y : -y;
}

function sinOf(r: number, t: number): number {
  const z = r * r;
  const w = z * z;
  const a = -1 / 6 + w * (-1 / 5040 + w * (-1 / 39916800 + w * (-1 / 1307674368000)));
  const b = 1 / 120 + w * (1 / 362880 + w * (1 / 6227020800 + w * (1 / 355687428096000)));
  // sin(r + t) ≈ sin r + t cos r
  return r + (z * r * (a + z * b) + t * (1 - 0.5 * z));
}

function cosOf(r: number, t: number): number {
  const z = r * r;
  const w = z * z;
  const a = 1 / 24 + w * (1 / 40320 + w * (1 / 479001600 + w * (1 / 20922789888000)));
  const b = -1 / 720 + w * (-1 / 3628800 + w * (-1 / 87178291200 + w * (-1 / 6402373705728000)));
  const half = 0.5 * z;
  const leading = 1 - half;
  // 1 − leading − half is what the subtraction lost; cos(r + t) ≈ cos r − t sin r.
  return leading + (1 - leading - half + (w * (a + z * b) - r * t));
}
