// ReLU's gradient: what comes back, times the step of what went forward. Such a multiplication is one operation, a gate.

import type { Tensor } from "../../graph/index.ts";

/** multiply(x, step(y)) as x and the step node; the second operand is preferred where both are steps. */
export function gateOf(node: Tensor): { x: Tensor; gate: Tensor } | undefined {
  if (node.op.kind !== "multiply") return undefined;
  const [a, b] = node.inputs as [Tensor, Tensor];
  if (b.op.kind === "step" && a !== b) return { x: a, gate: b };
  if (a.op.kind === "step" && a !== b) return { x: b, gate: a };
  return undefined;
}
