// The one place where the module's two builds differ: a sum of products rounds after the product and after the sum, or
// once, where the processor's fused multiply-add is used. `FUSED` is 0 or 1, by compile.js.

/** total + x · y on four floats. */
// @ts-ignore: decorator
@inline
export function addProduct(total: v128, x: v128, y: v128): v128 {
  if (FUSED) return f32x4.relaxed_madd(x, y, total);
  return f32x4.add(total, f32x4.mul(x, y));
}
