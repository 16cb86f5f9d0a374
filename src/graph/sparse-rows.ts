// A minimum of two row vectors sends each sample's gradient to one of its sides only, so that on either side the
// other side's samples are rows of zeros. What a side multiplies on its way back can then be done for its own rows
// alone: half the work on average, with the same result as long as the weights are finite.

import { type Graph, topologicalOrder, usersOf } from "./graph.ts";
import { sameShape, type Tensor } from "./tensor.ts";

/** One side of a minimum or maximum: the tensors that need no more rows than `mask` has ones. */
export interface Side {
  /** [1, rows], 1 where the row is this side's and 0 where it is the other's. */
  readonly mask: Tensor;
  /** All of them [rows, …]. */
  readonly tensors: ReadonlySet<Tensor>;
}

/** Two sides whose rows add up to all rows in `sum`. */
export interface SparseRows {
  readonly sum: Tensor;
  /** In the order of the inputs of `sum`. */
  readonly sides: readonly [Side, Side];
}

/** Products below this many multiplications a row are not worth the gathering of rows. */
const WORTHWHILE = 4096;

/** Every sum of `graph` whose two inputs have their rows from either side of a comparison. */
export function sparseRows(graph: Graph): SparseRows[] {
  const users = usersOf(graph);
  const asked = new Set([...graph.outputs.values(), ...graph.updates.values()]);
  const masks = masksOfRows(graph);

  return graph.nodes.flatMap((sum): SparseRows[] => {
    const isOfRows = sum.inputs.every((x) => sameShape(x.shape, sum.shape)) && sum.shape[0]! > 1;
    if (sum.op.kind !== "add" || !isOfRows) return [];
    const sides = sum.inputs.map((end) => side(end, sum, masks, users, asked));
    const [first, second] = sides;
    const opposite = first && second && (isRest(first.mask, second.mask) || isRest(second.mask, first.mask));
    return opposite ? [{ sum, sides: [first, second] }] : [];
  });
}

/** Which mask each row vector [1, rows] is zero outside of: `step(x)`, `1 − mask`, and products with either. */
function masksOfRows(graph: Graph): ReadonlyMap<Tensor, Tensor> {
  const masks = new Map<Tensor, Tensor>();
  for (const node of graph.nodes) {
    if (node.shape.length !== 2 || node.shape[0] !== 1) continue;
    const ofThisShape = node.inputs.filter((x) => sameShape(x.shape, node.shape));
    const isMask = (x: Tensor) => masks.get(x) === x;
    if (node.op.kind === "step" || ofThisShape.some((x) => isMask(x) && isRest(x, node)))
      masks.set(node, node);
    const mask = node.op.kind === "multiply" ? ofThisShape.map((x) => masks.get(x)).find(Boolean) : undefined;
    if (mask) masks.set(node, mask);
  }
  return masks;
}

/** Whether `rest` is 1 − `mask`. */
function isRest(mask: Tensor, { op, inputs }: Tensor): boolean {
  const [one, subtracted] = inputs;
  return op.kind === "subtract" && one!.op.kind === "constant" && one!.op.value === 1 && subtracted === mask;
}

/** The side that ends in `end`, if all that leads there from a masked row vector serves nothing but `sum`. */
function side(
  end: Tensor,
  sum: Tensor,
  masks: ReadonlyMap<Tensor, Tensor>,
  users: ReadonlyMap<Tensor, readonly Tensor[]>,
  asked: ReadonlySet<Tensor>,
): Side | undefined {
  const tensors = new Set<Tensor>();
  const serves = (x: Tensor) =>
    !asked.has(x) && users.get(x)!.every((user) => user === sum || tensors.has(user));
  let worth = 0;
  for (let at = end; ; ) {
    if (!serves(at)) return undefined;
    tensors.add(at);
    const [a, b] = at.inputs as [Tensor, Tensor];
    const { op } = at;
    if (op.kind === "matmul" && op.transposeA && masks.has(a)) {
      if (worth < WORTHWHILE) return undefined;
      const mask = masks.get(a)!;
      for (const x of topologicalOrder([end]).reverse()) {
        // Element by element, so as well done for the side's own rows once they have been gathered.
        const maskOfRelu = x.op.kind === "step" && x.shape[0] === at.shape[0];
        if (maskOfRelu && serves(x)) tensors.add(x);
      }
      return { mask, tensors };
    }
    if (op.kind === "matmul" && !op.transposeA) worth += b.shape[0]! * b.shape[1]!;
    // The gradient stands first in every product that the chain rule makes.
    else if (op.kind !== "multiply" || !sameShape(a.shape, b.shape)) return undefined;
    at = a;
  }
}
