// How the operands of an element-wise operation lie under its result. Results are seen as a matrix of rows and
// columns, and an operand as one of four things: as large as the result, one row for all rows, one column for all
// columns, or one number for all places.

import { sizeOf, type Tensor } from "../../graph/index.ts";

export type Fit = "full" | "row" | "column" | "scalar";

export interface Alignment {
  readonly fits: readonly Fit[];
  /** The matrix's shape; undefined where every operand is full or scalar and any shape will do. */
  readonly matrix: { readonly rows: number; readonly columns: number } | undefined;
}

/** undefined where the operands do not fit any one matrix. */
export function alignment(node: Tensor): Alignment | undefined {
  let split: number | undefined;
  const fits: Fit[] = [];
  for (const x of node.inputs) {
    const fit = fitOf(x, node);
    if (fit === undefined) return undefined;
    fits.push(fit.kind);
    if (fit.rows === undefined) continue;
    if (split !== undefined && split !== fit.rows) return undefined;
    split = fit.rows;
  }
  const size = sizeOf(node.shape);
  return { fits, matrix: split === undefined ? undefined : { rows: split, columns: size / split } };
}

function fitOf(x: Tensor, node: Tensor): { kind: Fit; rows?: number } | undefined {
  if (x.op.kind === "constant") return { kind: "scalar" };
  if (sizeOf(x.shape) === 1) return { kind: sizeOf(node.shape) === 1 ? "full" : "scalar" };
  const lead = node.shape.length - x.shape.length;
  // Axes of the result, ones left out: whether the operand repeats along them.
  let kind: Fit | undefined;
  let rows = 1;
  let switched = false;
  let previous: boolean | undefined;
  node.shape.forEach((dimension, axis) => {
    if (dimension === 1) return;
    const repeats = axis < lead || x.shape[axis - lead] === 1;
    if (previous !== undefined && repeats !== previous) {
      if (switched) kind = "scalar";
      switched = true;
    }
    if (!switched) rows *= dimension;
    previous = repeats;
  });
  if (kind !== undefined) return undefined;
  if (!switched) return { kind: "full" };
  return { kind: previous ? "column" : "row", rows };
}
