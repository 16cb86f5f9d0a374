// The reference: a graph computed node by node in float64, by loops that are easier to believe than to run fast.
// Engines and gradients are tested against it; nothing trains with it.

import type { Graph } from "./graph.ts";
import { formatShape, type Shape, ShapeError, sizeOf, type Tensor } from "./tensor.ts";

/** Values by name, flat and row-major. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Computes outputs and state updates of `graph` in float64.
 * @throws ShapeError where a value is missing or has the wrong number of elements
 */
export function evaluate(
  graph: Graph,
  values: { inputs?: Values; state?: Values },
): { outputs: Record<string, Float64Array>; updates: Record<string, Float64Array> } {
  const computed = new Map<Tensor, Float64Array>();
  for (const node of graph.nodes) {
    computed.set(
      node,
      node.inputs.length > 0 || node.op.kind === "constant" ? apply(node, computed) : given(node, values),
    );
  }
  const read = (named: ReadonlyMap<string, Tensor>) =>
    Object.fromEntries([...named].map(([name, tensor]) => [name, computed.get(tensor)!.slice()]));
  return { outputs: read(graph.outputs), updates: read(graph.updates) };
}

function given(node: Tensor, values: { inputs?: Values; state?: Values }): Float64Array {
  if (node.op.kind !== "input" && node.op.kind !== "state") throw new Error(`unreachable: ${node.op.kind}`);
  const value = (node.op.kind === "input" ? values.inputs : values.state)?.[node.op.name];
  if (value?.length !== sizeOf(node.shape)) {
    throw new ShapeError(
      `Expected ${node.op.kind} "${node.op.name}" with ${sizeOf(node.shape)} elements for shape ` +
        `${formatShape(node.shape)}, got ${value === undefined ? "none" : value.length}`,
    );
  }
  return Float64Array.from(value);
}

const unary: Record<string, (x: number) => number> = {
  negate: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  relu: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  step: (x) => (Number.isNaN(x) ? x : x > 0 ? 1 : 0),
};

const binary: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  minimum: Math.min,
  maximum: Math.max,
};

function apply(node: Tensor, computed: ReadonlyMap<Tensor, Float64Array>): Float64Array {
  const result = new Float64Array(sizeOf(node.shape));
  const [a, b] = node.inputs.map((x) => computed.get(x)!);
  const [shapeA, shapeB] = node.inputs.map((x) => x.shape);
  const { op } = node;
  if (op.kind in unary) return result.map((_, i) => unary[op.kind]!(a![i]!));
  if (op.kind in binary) {
    const [ia, ib] = [broadcastIndex(shapeA!, node.shape), broadcastIndex(shapeB!, node.shape)];
    return result.map((_, i) => binary[op.kind]!(a![ia(i)]!, b![ib(i)]!));
  }
  switch (op.kind) {
    case "constant":
      return result.fill(op.value);
    case "clamp":
      return result.map((_, i) => Math.min(Math.max(a![i]!, op.min), op.max));
    case "stopGradient":
    case "reshape":
      return a!.slice();
    case "broadcast": {
      const index = broadcastIndex(shapeA!, node.shape);
      return result.map((_, i) => a![index(i)]!);
    }
    case "matmul": {
      const [n, m] = node.shape as [number, number];
      const k = shapeA![op.transposeA ? 0 : 1]!;
      for (let row = 0; row < n; row++) {
        for (let column = 0; column < m; column++) {
          let total = 0;
          for (let j = 0; j < k; j++) {
            total +=
              a![op.transposeA ? j * n + row : row * k + j]! *
              b![op.transposeB ? column * k + j : j * m + column]!;
          }
          result[row * m + column] = total;
        }
      }
      return result;
    }
    case "sum": {
      const kept = shapeA!.map((dimension, axis) => (op.axes.includes(axis) ? 1 : dimension));
      const index = broadcastIndex(kept, shapeA!);
      a!.forEach((value, i) => {
        result[index(i)]! += value;
      });
      return result;
    }
    case "slice":
    case "concat": {
      let at = op.kind === "slice" ? -op.start : 0;
      for (const x of node.inputs) {
        copyAlong(op.axis, computed.get(x)!, x.shape, result, node.shape, at);
        at += x.shape[op.axis]!;
      }
      return result;
    }
    case "polyak":
      return result.map((_, i) => a![i]! + (b![i]! - a![i]!) * op.tau);
    case "adam": {
      const [old1, old2, gradient] = node.inputs.slice(1, 4).map((x) => computed.get(x)!);
      const [size, epsilon, keep] = node.inputs.slice(4).map((x) => computed.get(x)![0]!);
      return result.map((_, i) => {
        const moment1 = op.beta1 * old1![i]! + gradient![i]!;
        const moment2 = op.beta2 * old2![i]! + gradient![i]! ** 2;
        if (op.part !== "parameter") return op.part === "moment1" ? moment1 : moment2;
        return keep! * a![i]! - (size! * moment1) / (Math.sqrt(moment2) + epsilon!);
      });
    }
    default:
      throw new Error(`unreachable: ${op.kind}`);
  }
}

/** Maps a flat index into `to` onto the flat index into `from` that broadcasting reads there. */
function broadcastIndex(from: Shape, to: Shape): (index: number) => number {
  const strides: number[] = new Array(to.length).fill(0);
  let stride = 1;
  for (let axis = to.length - 1, f = from.length - 1; f >= 0; axis--, f--) {
    strides[axis] = from[f] === 1 ? 0 : stride;
    stride *= from[f]!;
  }
  return (index) => {
    let at = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at += (index % to[axis]!) * strides[axis]!;
      index = Math.floor(index / to[axis]!);
    }
    return at;
  };
}

/** Copies what of `source`, placed at `at` along `axis`, falls inside `target`. */
function copyAlong(
  axis: number,
  source: Float64Array,
  from: Shape,
  target: Float64Array,
  to: Shape,
  at: number,
): void {
  const inner = sizeOf(from.slice(axis + 1));
  const outer = sizeOf(from.slice(0, axis));
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < from[axis]!; j++) {
      if (at + j < 0 || at + j >= to[axis]!) continue;
      const begin = (o * from[axis]! + j) * inner;
      target.set(source.subarray(begin, begin + inner), (o * to[axis]! + at + j) * inner);
    }
  }
}
