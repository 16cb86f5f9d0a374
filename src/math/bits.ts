// The exponent of a float64, read through a typed array, and multiplication by powers of two, read from a table: the
// only bit tricks of the portable functions.

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
/** Index of the half that holds sign, exponent and the top 20 bits of the mantissa. */
const HIGH = words[1] === 0 ? 0 : 1;

const SMALLEST_NORMAL = 2.2250738585072014e-308;
/** 2^(i − 1022); a table, because writing half a double and reading it whole stalls a processor's store buffer. */
const powersOfTwo = new Float64Array(2046);
for (let i = 0, power = SMALLEST_NORMAL; i < powersOfTwo.length; i++, power *= 2) powersOfTwo[i] = power;

/** ⌊log₂|x|⌋ of a normal number; −1023 for subnormals and zero, 1024 for infinities and NaN. */
export function exponentOf(x: number): number {
  double[0] = x;
  return ((words[HIGH]! >>> 20) & 0x7ff) - 1023;
}

/** x · 2^n without an intermediate overflow, for any integer n; rounds once, only where the result is subnormal. */
export function scale(x: number, n: number): number {
  if (n >= -1022 && n <= 1023) return x * powersOfTwo[n + 1022]!;
  if (n > 0) return scale(x * powersOfTwo[2045]!, n - 1023);
  // For x near 1 the first factor leaves the product normal, so that only the last one rounds.
  if (n < -2044) return x * SMALLEST_NORMAL * SMALLEST_NORMAL * SMALLEST_NORMAL;
  return x * powersOfTwo[n + 2044]! * SMALLEST_NORMAL;
}
