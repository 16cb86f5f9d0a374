// The two squashing functions of SAC: tanh, from its own series near 0 and from e^2x − 1 elsewhere, and
// softplus(x) = log(1 + eˣ).

import { exp, expm1 } from "./exp.ts";
import { log1p } from "./log.ts";

/** tanh x, error < 1.9 ulp. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 0.17) return x === 0 ? x : x - x * lossNearZero(x * x);
  if (size > 22) return x < 0 ? -1 : 1;
  const e = expm1(2 * size);
  const t = size < 1 ? e / (e + 2) : 1 - 2 / (e + 2);
  return x < 0 ? -t : t;
}

/** 1 − tanh(x) / x as a series in z = x², exact to 2⁻⁵⁷ for |x| < 0.17. */
function lossNearZero(z: number): number {
  const sixth = 21844 / 6081075 - z * (929569 / 638512875 - z * (6404582 / 10854718875));
  const third = 17 / 315 - z * (62 / 2835 - z * (1382 / 155925 - z * sixth));
  return z * (1 / 3 - z * (2 / 15 - z * third));
}

/** log(1 + eˣ), error < 1.7 ulp; never overflows. */
export function softplus(x: number): number {
  if (Number.isNaN(x)) return x;
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}
