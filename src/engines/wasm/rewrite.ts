// Rewrites a graph into one that means the same and suits the kernels better, before anything is planned: products
// over an inner dimension of 1 are plain multiplications, a slice of a product is a product of a slice, constants
// stay constants whatever shape they are given, and operands that broadcast in a way no kernel knows are laid out.

import {
  constant,
  defineGraph,
  type Graph,
  matmul,
  multiply,
  reshape,
  sameShape,
  slice,
  substituted,
  type Tensor,
} from "../../graph/index.ts";
import { alignment } from "./alignment.ts";

export function rewrite(graph: Graph): Graph {
  let current = graph;
  for (let changed = true; changed; ) {
    const uses = usesOf(current);
    changed = false;
    const { outputs, updates } = substituted(current, (node) => {
      const better = simpler(node, uses);
      changed ||= better !== node;
      return better;
    });
    current = defineGraph({ outputs: Object.fromEntries(outputs), updates: Object.fromEntries(updates) });
  }
  return substituted(current, laidOut);
}

/** How often each node is used, as an operand or by whoever asked for the graph. */
export function usesOf(graph: Graph): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const used = [
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.values(),
    ...graph.updates.values(),
  ];
  for (const x of used) uses.set(x, (uses.get(x) ?? 0) + 1);
  return uses;
}

function simpler(node: Tensor, uses: ReadonlyMap<Tensor, number>): Tensor {
  const { op, shape } = node;
  const [x] = node.inputs;
  if (x === undefined) return node;
  if (x.op.kind === "constant" && (op.kind === "broadcast" || op.kind === "reshape" || op.kind === "slice")) {
    return constant(x.op.value, shape);
  }
  if (op.kind === "matmul") {
    const [a, b] = node.inputs as [Tensor, Tensor];
    const inner = a.shape[op.transposeA ? 0 : 1];
    if (inner === 1) return multiply(reshape(a, [shape[0]!, 1]), reshape(b, [1, shape[1]!]));
  }
  if (op.kind === "slice" && x.op.kind === "matmul" && uses.get(x) === 1) {
    const [a, b] = x.inputs as [Tensor, Tensor];
    if (op.axis === 1 && x.op.transposeB) return matmul(a, slice(b, 0, op.start, op.end), x.op);
    if (op.axis === 0 && !x.op.transposeA) return matmul(slice(a, 0, op.start, op.end), b, x.op);
  }
  return node;
}

function laidOut(node: Tensor): Tensor {
  const { op, shape, inputs } = node;
  if (inputs.length !== 2 || op.kind === "matmul" || op.kind === "concat" || alignment(node)) return node;
  const full = inputs.map(
    (x): Tensor => (sameShape(x.shape, shape) ? x : { op: { kind: "broadcast" }, inputs: [x], shape }),
  );
  return { ...node, inputs: full };
}
