// What an optimiser does to a block of parameters, as operations of the graph: Adam (with AdamW's decay) and Polyak
// averaging. Engines run each in one pass over memory, in place; where that cannot be, `withoutOptimisers` gives the same
// out of element-wise operations.
//
// Adam keeps its moments without their factors (1 − β), and everything that depends on the step number is in scalars
// (src/sac/adam.ts): M ← β₁·M + g, V ← β₂·V + g², p ← keep·p − size · M / (√V + ε).

import { type Graph, topologicalOrder } from "./graph.ts";
import { add, divide, multiply, sqrt, square, subtract } from "./ops.ts";
import { constant, formatShape, ShapeError, sameShape, sizeOf, type Tensor } from "./tensor.ts";

/** A block of parameters with the two moments that Adam keeps for it, all of one shape. */
export interface AdamBlock {
  readonly parameter: Tensor;
  /** M = m / (1 − β₁) */
  readonly moment1: Tensor;
  /** V = v / (1 − β₂) */
  readonly moment2: Tensor;
}

/** Scalars of a step. */
export interface AdamScalars {
  readonly stepSize: Tensor;
  readonly epsilon: Tensor;
  /** What is left of a parameter after decay: 1 − learning rate · weight decay (AdamW). Default 1 */
  readonly keep?: Tensor;
}

/** The parts of a step of Adam: the parameter and its two moments. */
export type AdamPart = "parameter" | "moment1" | "moment2";

/**
 * One step of Adam.
 * @returns the new parameters and moments; no gradient flows through them
 * @throws ShapeError where the shapes of the block and its gradient differ, or a scalar is none
 */
export function adamStep(
  { parameter, moment1, moment2 }: AdamBlock,
  gradient: Tensor,
  { stepSize, epsilon, keep = constant(1) }: AdamScalars,
  { beta1, beta2 }: { readonly beta1: number; readonly beta2: number },
): AdamBlock {
  const { shape } = parameter;
  const arrays = [parameter, moment1, moment2, gradient];
  const scalars = [stepSize, epsilon, keep];
  if (!arrays.every((x) => sameShape(x.shape, shape)) || !scalars.every((x) => sizeOf(x.shape) === 1)) {
    throw new ShapeError(
      `Expected a parameter, two moments and a gradient of one shape, and three scalars, got ${[
        ...arrays,
        ...scalars,
      ]
        .map((x) => formatShape(x.shape))
        .join(", ")}`,
    );
  }
  const part = (name: AdamPart): Tensor => ({
    op: { kind: "adam", part: name, beta1, beta2 },
    inputs: [...arrays, ...scalars],
    shape,
  });
  return { parameter: part("parameter"), moment1: part("moment1"), moment2: part("moment2") };
}

/** One step of Polyak averaging: target + (parameter − target) · tau. @throws ShapeError where their shapes differ */
export function polyakStep(target: Tensor, parameter: Tensor, tau: number): Tensor {
  if (!sameShape(target.shape, parameter.shape)) {
    throw new ShapeError(
      `Expected a target of its parameter's shape ${formatShape(parameter.shape)}, got ${formatShape(target.shape)}`,
    );
  }
  return { op: { kind: "polyak", tau }, inputs: [target, parameter], shape: target.shape };
}

/** Whether an operation is a step of an optimiser. */
export function isOptimiser({ op }: Tensor): boolean {
  return op.kind === "adam" || op.kind === "polyak";
}

/**
 * The graph with optimisers' operations made of element-wise ones.
 * @param isKept those that stay as they are, by the node in `graph`. Default: none
 */
export function withoutOptimisers(graph: Graph, isKept: (node: Tensor) => boolean = () => false): Graph {
  if (graph.nodes.every((node) => !isOptimiser(node) || isKept(node))) return graph;
  /** The three results of a step are made together. */
  const steps = new Map<string, Record<AdamPart, Tensor>>();
  const numbers = new Map(graph.nodes.map((node, i) => [node, i]));
  return substituted(graph, (node, original) => {
    if (!isOptimiser(node) || isKept(original)) return node;
    if (node.op.kind === "polyak") {
      const [target, parameter] = node.inputs as [Tensor, Tensor];
      return add(target, multiply(subtract(parameter, target), node.op.tau));
    }
    const key = original.inputs.map((x) => numbers.get(x)).join();
    if (!steps.has(key)) steps.set(key, elementWise(node));
    return node.op.kind === "adam" ? steps.get(key)![node.op.part] : node;
  });
}

function elementWise({ op, inputs }: Tensor): Record<AdamPart, Tensor> {
  if (op.kind !== "adam") throw new Error(`unreachable: ${op.kind}`);
  const [old, old1, old2, gradient, size, epsilon, keep] = inputs as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const moment1 = add(multiply(old1, op.beta1), gradient);
  const moment2 = add(multiply(old2, op.beta2), square(gradient));
  const move = multiply(divide(moment1, add(sqrt(moment2), epsilon)), size);
  const kept = keep.op.kind === "constant" && keep.op.value === 1 ? old : multiply(old, keep);
  return { parameter: subtract(kept, move), moment1, moment2 };
}

/**
 * The graph with some of its tensors replaced, and without what nothing needs any more.
 * @param change gives what a tensor becomes: `node` has its inputs as they are by now, `original` is as it was in the graph
 */
export function substituted(
  { outputs, updates }: Pick<Graph, "outputs" | "updates">,
  change: (node: Tensor, original: Tensor) => Tensor,
): Graph {
  const rewritten = new Map<Tensor, Tensor>();
  for (const original of topologicalOrder([...outputs.values(), ...updates.values()])) {
    const inputs = original.inputs.map((x) => rewritten.get(x)!);
    const same = inputs.every((x, i) => x === original.inputs[i]);
    rewritten.set(original, change(same ? original : { ...original, inputs }, original));
  }
  const now = (named: ReadonlyMap<string, Tensor>) =>
    new Map([...named].map(([name, tensor]) => [name, rewritten.get(tensor)!] as const));
  const [newOutputs, newUpdates] = [now(outputs), now(updates)];
  const nodes = topologicalOrder([...newOutputs.values(), ...newUpdates.values()]);
  const named = (kind: "input" | "state") =>
    new Map(nodes.flatMap((node) => (node.op.kind === kind ? [[node.op.name, node] as const] : [])));
  return { nodes, inputs: named("input"), state: named("state"), outputs: newOutputs, updates: newUpdates };
}
