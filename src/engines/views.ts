// Nodes that compute nothing: the same numbers as their input's, or a consecutive part of them.

import { type OpKind, sizeOf, type Tensor } from "../graph/index.ts";

/** Whether the node's numbers lie in its input's memory, one after the other. */
export function isView({ op, inputs, shape }: Tensor): boolean {
  switch (op.kind) {
    case "reshape":
    case "stopGradient":
      return true;
    case "broadcast":
      return sizeOf(inputs[0]!.shape) === sizeOf(shape);
    case "sum":
      return sizeOf(inputs[0]!.shape) === sizeOf(shape);
    case "slice":
      return sizeOf(inputs[0]!.shape.slice(0, op.axis)) === 1;
    default:
      return false;
  }
}

/** What holds the node's numbers: itself, or what it is a view of, and where in that they begin (in floats). */
export function baseOf(node: Tensor): { base: Tensor; offset: number } {
  let base = node;
  let offset = 0;
  while (isView(base)) {
    const x = base.inputs[0]!;
    if (base.op.kind === "slice") offset += base.op.start * sizeOf(x.shape.slice(base.op.axis + 1));
    base = x;
  }
  return { base, offset };
}

const given: ReadonlySet<OpKind> = new Set<OpKind>(["input", "state", "constant"]);

/** Whether the node's numbers are there before the program runs. */
export function isGiven(node: Tensor): boolean {
  return given.has(node.op.kind);
}
