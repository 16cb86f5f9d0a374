// xⁿ for an integer n, by squaring in double-double arithmetic: every product keeps the part that rounding would
// drop, so that a hundred thousand factors (Adam's β^t) still give the nearest float64.

import { exponentOf, scale } from "./bits.ts";

/**
 * xⁿ, error < 0.51 ulp for normal results and |n| ≤ 2³¹; NaN for an n that is not an integer.
 * Zeros, infinities and signs follow IEEE 754's pown: x⁰ = 1 even for NaN.
 */
export function powInteger(x: number, n: number): number {
  if (n === 0) return 1;
  if (!Number.isInteger(n) || Number.isNaN(x)) return Number.NaN;
  const negative = n % 2 !== 0 && (x < 0 || Object.is(x, -0));
  const size = powOfSize(Math.abs(x), n);
  return negative ? -size : size;
}

function powOfSize(x: number, n: number): number {
  if (x === 0 || x === Number.POSITIVE_INFINITY) return (x === 0) === n > 0 ? 0 : Number.POSITIVE_INFINITY;
  const base = new Scaled(x);
  const result = new Scaled(1);
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result.multiply(base);
    base.multiply(base);
  }
  return n > 0 ? result.value() : result.reciprocal();
}

/** (high + low) · 2^exponent with 1 ≤ high < 2. */
class Scaled {
  high: number;
  low = 0;
  exponent = 0;

  constructor(x: number) {
    this.high = x;
    this.normalize();
  }

  multiply(other: Scaled): void {
    const product = this.high * other.high;
    const lost = productError(this.high, other.high, product);
    const low = lost + (this.high * other.low + this.low * other.high);
    this.exponent += other.exponent;
    this.high = product + low;
    this.low = product - this.high + low;
    this.normalize();
  }

  value(): number {
    return scaleClamped(this.high + this.low, this.exponent);
  }

  reciprocal(): number {
    const q = 1 / this.high;
    const product = q * this.high;
    const rest = 1 - product - productError(q, this.high, product) - q * this.low;
    return scaleClamped(q + q * rest, -this.exponent);
  }

  private normalize(): void {
    let shift = exponentOf(this.high);
    if (shift === -1023) shift = exponentOf(this.high * 0x40000000000000) - 54;
    this.high = scale(this.high, -shift);
    this.low = scale(this.low, -shift);
    this.exponent += shift;
  }
}

/** a·b − product exactly, for a and b in [½, 2] (Veltkamp and Dekker). */
function productError(a: number, b: number, product: number): number {
  const SPLITTER = 134217729;
  const [ta, tb] = [a * SPLITTER, b * SPLITTER];
  const [aHigh, bHigh] = [ta - (ta - a), tb - (tb - b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function scaleClamped(x: number, exponent: number): number {
  return scale(x, Math.min(Math.max(exponent, -2100), 2100));
}
