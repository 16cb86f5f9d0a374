// Takes multiples of π/2 off an angle. Up to 2²⁰ quarter turns, π/2 is subtracted in four parts, the first three of
// 33 bits so that each product is exact; beyond, the angle is an integer times a power of two and the remainder is
// computed with big integers and as many digits of π as it takes.

import { exponentOf, scale } from "./bits.ts";

const TWO_OVER_PI = 0.6366197723675814;
const PARTS = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
] as const;
const LARGEST_FOR_PARTS = 1.6e6;

/**
 * Writes r and t with x = quadrant · π/2 + r + t, |r| ≤ π/4 (a little more from rounding) and |t| ≤ ½ ulp(r).
 * @returns the quadrant, 0 to 3; NaN in `remainder` for ±∞ and NaN
 */
export function reduceAngle(x: number, remainder: Float64Array): number {
  if (Math.abs(x) > LARGEST_FOR_PARTS) return reduceLarge(x, remainder);
  const k = Math.floor(x * TWO_OVER_PI + 0.5);
  let high = x - k * PARTS[0];
  let low = 0;
  for (let i = 1; i < 4; i++) {
    const part = k * PARTS[i]!;
    const sum = high - part;
    const taken = sum - high;
    low += high - (sum - taken) - (part + taken);
    high = sum;
  }
  remainder[0] = high + low;
  remainder[1] = high - remainder[0] + low;
  return k & 3;
}

/** Binary digits kept after the point of π/2: the 972 an exponent can ask for, 53 for r, 53 for t, and 64 to spare. */
const DIGITS = 1152;
let halfPi = 0n;

function reduceLarge(x: number, remainder: Float64Array): number {
  if (!Number.isFinite(x)) {
    remainder.fill(Number.NaN);
    return 0;
  }
  halfPi ||= computeHalfPi();
  const shift = exponentOf(x) - 52;
  const angle = shift < 0 ? toFixed(x) : BigInt(scale(x, -shift)) << BigInt(DIGITS + shift);
  // Nearest multiple: ⌊angle / (π/2) + ½⌋, with BigInt's division rounding toward zero.
  const doubled = 2n * angle + (x < 0 ? -halfPi : halfPi);
  const k = doubled / (2n * halfPi);
  const rest = angle - k * halfPi;
  remainder[0] = fromFixed(rest);
  remainder[1] = fromFixed(rest - toFixed(remainder[0]!));
  return Number(BigInt.asUintN(2, k));
}

function toFixed(x: number): bigint {
  const exponent = exponentOf(x);
  return (BigInt(scale(x, 52 - exponent)) << BigInt(DIGITS)) >> BigInt(52 - exponent);
}

function fromFixed(x: bigint): number {
  return scale(Number(x >> 128n), 128 - DIGITS);
}

/** π/2 by Machin's formula, π/4 = 4 arctan(1/5) − arctan(1/239), with 32 guard digits. */
function computeHalfPi(): bigint {
  const one = 1n << BigInt(DIGITS + 32);
  return (8n * arctanOfInverse(5n, one) - 2n * arctanOfInverse(239n, one)) >> 32n;
}

function arctanOfInverse(n: bigint, one: bigint): bigint {
  let power = one / n;
  let sum = power;
  for (let k = 3n; power !== 0n; k += 2n) {
    power /= -n * n;
    sum += power / k;
  }
  return sum;
}
