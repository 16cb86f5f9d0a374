// Which kernel makes a matrix product.

import type { Tensor } from "../../graph/index.ts";

/** Up to so many rows a product is not worth packing for. */
const FEW = 4;
const FEW_DOTS = 16;

/** Panels; vectors times a matrix; or the products of all rows of one matrix with all rows of another. */
export type ProductKernel = "panels" | "timesMatrix" | "timesRows";

export function productKernel({ op, shape }: Tensor): ProductKernel {
  if (op.kind !== "matmul") throw new Error(`unreachable: ${op.kind}`);
  const [n, m] = shape as [number, number];
  if (n === 1) return op.transposeB ? "timesRows" : "timesMatrix";
  if (m === 1) return op.transposeA ? "timesMatrix" : "timesRows";
  if (op.transposeA) return "panels";
  if (op.transposeB) return Math.min(n, m) <= FEW_DOTS ? "timesRows" : "panels";
  return n <= FEW ? "timesMatrix" : "panels";
}
