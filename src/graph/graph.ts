// A graph is what an engine compiles: the outputs somebody asked for, the new value of each state, and every node
// these need, once, in an order in which they can be computed. Equal expressions are shared, dead ones are gone,
// and expressions that say nothing (x + 0, x · 1, a broadcast that the next operation does anyway) are removed.

import { TemperedError } from "../errors.ts";
import { matmul, slice } from "./ops.ts";
import { constant, formatShape, type Op, ShapeError, sameShape, type Tensor } from "./tensor.ts";

/** A graph of operations with its inputs, states and outputs; checked when it is defined. */
export interface Graph {
  /** Every node, each after its inputs. */
  readonly nodes: readonly Tensor[];
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly state: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** The value each named state takes after a run; states not named here keep theirs. */
  readonly updates: ReadonlyMap<string, Tensor>;
  /**
   * The same graph for one of `parts` equal parts of the batch, or undefined where the batch has no such parts; lets an
   * engine give every thread a part. Only a graph whose outputs, and the losses behind its gradients, are means over the
   * batch has it; each input is then either the same for all parts or laid out part after part.
   */
  readonly shard?: (parts: number) => Graph | undefined;
}

/**
 * Collects the graph that computes `outputs` and `updates`.
 *
 * @throws ShapeError where an update's shape is not its state's; TemperedError (GRAPH) where two different inputs
 *   or states share a name, or an update names a state that the graph does not have
 */
export function defineGraph({
  outputs,
  updates = {},
  shard,
}: {
  outputs: Readonly<Record<string, Tensor>>;
  /** The new value of each state, by the state's name; shapes must be equal. */
  updates?: Readonly<Record<string, Tensor>>;
  /** See `Graph`. */
  shard?: Graph["shard"] | undefined;
}): Graph {
  const simplify = simplifier();
  const simplified = (named: Readonly<Record<string, Tensor>>) =>
    new Map(Object.entries(named).map(([name, tensor]) => [name, simplify(tensor)] as const));
  const outputMap = simplified(outputs);
  const updateMap = simplified(updates);

  const nodes = topologicalOrder([...outputMap.values(), ...updateMap.values()]);
  const inputs = named(nodes, "input");
  const state = named(nodes, "state");
  for (const [name, update] of updateMap) {
    const held = state.get(name);
    if (held === undefined) {
      throw new TemperedError(
        "GRAPH",
        `Expected the update of "${name}" to name a state that the graph reads, got states: ${[...state.keys()].join(", ")}`,
      );
    }
    if (!sameShape(held.shape, update.shape)) {
      throw new ShapeError(
        `Expected the update of state "${name}" to have its shape ${formatShape(held.shape)}, got ${formatShape(update.shape)}`,
      );
    }
  }
  return { nodes, inputs, state, outputs: outputMap, updates: updateMap, ...(shard && { shard }) };
}

/** Every tensor that `roots` need, each once and after its inputs. Iterative: graphs may be deep. */
export function topologicalOrder(roots: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>();
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const tensor = stack.at(-1)!;
    const waiting = done.has(tensor) ? [] : tensor.inputs.filter((x) => !done.has(x));
    if (waiting.length > 0) {
      stack.push(...waiting.reverse());
    } else {
      stack.pop();
      if (!done.has(tensor)) {
        done.add(tensor);
        order.push(tensor);
      }
    }
  }
  return order;
}

/** The nodes that read each tensor, once for every time that they do. */
export function usersOf(graph: Graph): ReadonlyMap<Tensor, readonly Tensor[]> {
  const users = new Map<Tensor, Tensor[]>();
  for (const node of graph.nodes) for (const x of node.inputs) users.set(x, [...(users.get(x) ?? []), node]);
  return users;
}

function named(nodes: readonly Tensor[], kind: "input" | "state"): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const node of nodes) {
    if (node.op.kind !== kind) continue;
    if (found.has(node.op.name)) {
      throw new TemperedError(
        "GRAPH",
        `Expected ${kind} names to be unique, got "${node.op.name}" with shapes ` +
          `${formatShape(found.get(node.op.name)!.shape)} and ${formatShape(node.shape)}`,
      );
    }
    found.set(node.op.name, node);
  }
  return found;
}

/** Rewrites tensors so that equal expressions become the same object and empty ones disappear. */
function simplifier(): (root: Tensor) => Tensor {
  const rewritten = new Map<Tensor, Tensor>();
  const byMeaning = new Map<string, Tensor>();
  const shared = new Set<Tensor>();
  const numbers = new Map<Tensor, number>();

  const number = (tensor: Tensor): number => {
    if (!numbers.has(tensor)) numbers.set(tensor, numbers.size);
    return numbers.get(tensor)!;
  };
  /** The one tensor that stands for all equal ones. */
  const share = (tensor: Tensor): Tensor => {
    const key = `${JSON.stringify(tensor.op, everyNumber)}${formatShape(tensor.shape)}${tensor.inputs.map(number).join()}`;
    const first = byMeaning.get(key) ?? tensor;
    byMeaning.set(key, first);
    shared.add(first);
    return first;
  };
  /** The same for what simplifying has made, which is not simple yet. */
  const settle = (tensor: Tensor): Tensor => {
    if (shared.has(tensor)) return tensor;
    const simpler = withoutEmptyWork(tensor);
    return share({ ...simpler, inputs: simpler.inputs.map(settle) });
  };

  return (root) => {
    for (const tensor of topologicalOrder([root])) {
      if (rewritten.has(tensor)) continue;
      const inputs = tensor.inputs.map((x) => rewritten.get(x)!);
      const simpler = withoutEmptyWork({ ...tensor, inputs });
      rewritten.set(tensor, share({ ...simpler, inputs: simpler.inputs.map(settle) }));
    }
    return rewritten.get(root)!;
  };
}

/** Lets JSON tell −0, ∞, −∞ and NaN apart, which it writes as 0 and null. */
function everyNumber(_: string, value: unknown): unknown {
  return Object.is(value, -0) ? "-0" : typeof value === "number" ? `${value}` : value;
}

const unaryFolds: Partial<Record<Op["kind"], (x: number) => number>> = {
  negate: (x) => -x,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
};

const binaryFolds: Partial<Record<Op["kind"], (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

/** Simplifies until nothing changes; inputs are simple already. */
function withoutEmptyWork(tensor: Tensor): Tensor {
  const simpler = simplifiedOnce(tensor);
  return simpler === tensor || simpler.inputs.length === 0 ? simpler : withoutEmptyWork(simpler);
}

/** One step of simplification: an input, a new tensor, or `tensor` itself. */
function simplifiedOnce(tensor: Tensor): Tensor {
  const [a, b] = tensor.inputs;
  const { kind } = tensor.op;
  if (a === undefined) return tensor;
  if (kind === "stopGradient") return a;
  if (a.op.kind === "constant" && moves.has(kind)) return constant(a.op.value, tensor.shape);
  if (tensor.op.kind === "slice" && a.op.kind === "matmul") return partOfProduct(a, tensor.op);

  const unary = unaryFolds[kind];
  if (unary !== undefined && a.op.kind === "constant") return constant(unary(a.op.value), tensor.shape);
  if (kind === "negate" && a.op.kind === "negate") return a.inputs[0]!;
  if (kind === "negate" && scaled(a)) return timesConstant(a.inputs[0]!, -constantOf(a.inputs[1]!), tensor);
  if (b === undefined) return tensor;

  const binary = binaryFolds[kind];
  if (binary === undefined) return tensor;
  if (a.op.kind === "constant" && b.op.kind === "constant") {
    return constant(binary(a.op.value, b.op.value), tensor.shape);
  }
  const keepsShape = (x: Tensor) => sameShape(x.shape, tensor.shape);
  if (kind === "multiply" && a.op.kind === "constant" && keepsShape(b)) return { ...tensor, inputs: [b, a] };
  const is = (x: Tensor, value: number) => x.op.kind === "constant" && x.op.value === value;
  if ((kind === "add" || kind === "subtract") && is(b, 0) && keepsShape(a)) return a;
  if (kind === "add" && is(a, 0) && keepsShape(b)) return b;
  if ((kind === "multiply" || kind === "divide") && is(b, 1) && keepsShape(a)) return a;
  if (kind === "multiply" && b.op.kind === "constant" && keepsShape(a)) {
    if (b.op.value === -1) return { op: { kind: "negate" }, inputs: [a], shape: tensor.shape };
    if (a.op.kind === "negate") return timesConstant(a.inputs[0]!, -b.op.value, tensor);
    if (scaled(a)) return timesConstant(a.inputs[0]!, constantOf(a.inputs[1]!) * b.op.value, tensor);
  }
  if (kind === "add" && b.op.kind === "negate") return asSubtract(tensor, a, b.inputs[0]!);
  if (kind === "add" && a.op.kind === "negate") return asSubtract(tensor, b, a.inputs[0]!);

  // A binary operation broadcasts by itself where the other side has the full shape already.
  const bare = (x: Tensor, other: Tensor) =>
    !keepsShape(other)
      ? x
      : x.op.kind === "broadcast"
        ? x.inputs[0]!
        : x.op.kind === "constant" && x.shape.length > 0
          ? constant(x.op.value)
          : x;
  const left = bare(a, b);
  const inputs = [left, bare(b, left)] as const;
  return inputs[0] === a && inputs[1] === b ? tensor : { ...tensor, inputs };
}

/** Rows or columns of a product: the product of fewer rows or columns; the whole is computed for nobody but other users. */
function partOfProduct(
  product: Tensor,
  { axis, start, end }: { axis: number; start: number; end: number },
): Tensor {
  if (product.op.kind !== "matmul") throw new Error(`unreachable: ${product.op.kind}`);
  const { transposeA, transposeB } = product.op;
  const [a, b] = product.inputs as [Tensor, Tensor];
  return axis === 0
    ? matmul(slice(a, transposeA ? 1 : 0, start, end), b, product.op)
    : matmul(a, slice(b, transposeB ? 0 : 1, start, end), product.op);
}

/** Operations that only move numbers: of a constant they make the same constant in another shape. */
const moves: ReadonlySet<Op["kind"]> = new Set<Op["kind"]>(["broadcast", "reshape", "slice"]);

/** Whether `x` is something, of its own shape, times a constant. */
function scaled(x: Tensor): boolean {
  return (
    x.op.kind === "multiply" && x.inputs[1]!.op.kind === "constant" && sameShape(x.inputs[0]!.shape, x.shape)
  );
}

function constantOf(x: Tensor): number {
  if (x.op.kind !== "constant") throw new Error(`unreachable: ${x.op.kind}`);
  return x.op.value;
}

function timesConstant(x: Tensor, factor: number, { shape }: Tensor): Tensor {
  return { op: { kind: "multiply" }, inputs: [x, constant(factor)], shape };
}

function asSubtract(tensor: Tensor, a: Tensor, b: Tensor): Tensor {
  return { op: { kind: "subtract" }, inputs: [a, b], shape: tensor.shape };
}
