// One sum of products by the fused kernels' instruction: valid where relaxed SIMD is, and told by its last bit whether the
// processor really rounds once.

import { addProduct } from "./multiply-add";

export function multiplyAdd(x: f32, y: f32, total: f32): f32 {
  return f32x4.extract_lane(addProduct(f32x4.splat(total), f32x4.splat(x), f32x4.splat(y)), 0);
}
