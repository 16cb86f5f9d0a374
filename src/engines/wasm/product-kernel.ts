// Which kernel makes a matrix product.

import type { Tensor } from "../../graph/index.ts";

/** Up to so many rows a product is not worth packing for. */
const FEW = 4;
const FEW_DOTS = 16;

/** So many columns fill enough of a panel of 32 for the sparse kernel. */
const MANY_COLUMNS = 17;

/**
 * Panels; panels without the rows that meet a zero; vectors times a matrix; or the products of all rows of one matrix with
 * all rows of another.
 */
export type ProductKernel = "panels" | "sparse" | "timesMatrix" | "timesRows";

export function productKernel({ op, shape, inputs }: Tensor): ProductKernel {
  if (op.kind !== "matmul") throw new Error(`unreachable: ${op.kind}`);
  const [n, m] = shape as [number, number];
  if (n === 1) return op.transposeB ? "timesRows" : "timesMatrix";
  if (m === 1) return op.transposeA ? "timesMatrix" : "timesRows";
  if (!op.transposeA && op.transposeB && Math.min(n, m) <= FEW_DOTS) return "timesRows";
  if (!op.transposeA && !op.transposeB && n <= FEW) return "timesMatrix";
  return m >= MANY_COLUMNS && isOftenZero(inputs[0]!) ? "sparse" : "panels";
}

/**
 * Whether about half of its numbers are zero or more: what ReLU lets through; the gradient behind it; and that of min(Q₁, Q₂),
 * which hands each sample to one critic only.
 */
function isOftenZero({ op, inputs }: Tensor): boolean {
  switch (op.kind) {
    case "relu":
    case "step":
      return true;
    case "multiply":
      return inputs.some(isOftenZero);
    case "subtract":
      return inputs[0]!.op.kind === "constant" && inputs[1]!.op.kind === "step";
    case "reshape":
    case "negate":
      return isOftenZero(inputs[0]!);
    default:
      return false;
  }
}
