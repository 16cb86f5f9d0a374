// Finds, in a graph, the two things an update does to every parameter: Adam's step and the slow movement of a target
// (src/sac/adam.ts and update.ts). Each becomes one pass over memory that writes over its states.

import { usersOf } from "../graph/graph.ts";
import { type Graph, sameShape, sizeOf, type Tensor } from "../graph/index.ts";
import { baseOf } from "./views.ts";

interface InPlace {
  readonly members: readonly Tensor[];
  readonly needs: readonly Tensor[];
  /** States that are written over. */
  readonly states: readonly Tensor[];
  /** The new values, in the order of `states`. */
  readonly values: readonly Tensor[];
}

/** M ← β₁·M + g, V ← β₂·V + g², p ← p − M / (√V + ε) · size */
export interface AdamStep extends InPlace {
  readonly gradient: Tensor;
  readonly beta1: number;
  readonly beta2: number;
  readonly size: Tensor;
  readonly epsilon: Tensor;
}

/** target ← target + (parameter − target) · tau */
export interface PolyakStep extends InPlace {
  readonly parameter: Tensor;
  readonly tau: number;
}

export function adamSteps(graph: Graph): AdamStep[] {
  const users = usersOf(graph);
  return [...graph.updates].flatMap(([name, value]) => {
    const found = adamStep(graph.state.get(name)!, value);
    return found !== undefined && isSafe(graph, users, found) ? [found] : [];
  });
}

export function polyakSteps(graph: Graph): PolyakStep[] {
  const users = usersOf(graph);
  return [...graph.updates].flatMap(([name, value]) => {
    const found = polyakStep(graph.state.get(name)!, value);
    return found !== undefined && isSafe(graph, users, found) ? [found] : [];
  });
}

function adamStep(parameter: Tensor, value: Tensor): AdamStep | undefined {
  const [held, scaled] = operands(value, "subtract");
  const [direction, size] = operands(scaled, "multiply");
  const [m, divisor] = operands(direction, "divide");
  const [root, epsilon] = operands(divisor, "add");
  const [v] = operands(root, "sqrt");
  const [keptM, gradient] = operands(m, "add");
  const [keptV, squared] = operands(v, "add");
  const [oldM, beta1] = operands(keptM, "multiply");
  const [oldV, beta2] = operands(keptV, "multiply");
  const [again] = operands(squared, "square");
  if (held !== parameter || again === undefined || again !== gradient) return undefined;
  if (oldM?.op.kind !== "state" || oldV?.op.kind !== "state") return undefined;
  if (beta1?.op.kind !== "constant" || beta2?.op.kind !== "constant") return undefined;
  if (sizeOf(size!.shape) !== 1 || sizeOf(epsilon!.shape) !== 1 || sizeOf(parameter.shape) === 1)
    return undefined;
  if (![oldM, oldV, gradient].every((x) => sameShape(x.shape, parameter.shape))) return undefined;
  return {
    members: [value, scaled!, direction!, m!, divisor!, root!, v!, keptM!, keptV!, squared!],
    needs: [parameter, oldM, oldV, gradient, size!, epsilon!],
    states: [parameter, oldM, oldV],
    values: [value, m!, v!],
    gradient,
    beta1: beta1.op.value,
    beta2: beta2.op.value,
    size: size!,
    epsilon: epsilon!,
  };
}

function polyakStep(target: Tensor, value: Tensor): PolyakStep | undefined {
  const [held, scaled] = operands(value, "add");
  const [difference, tau] = operands(scaled, "multiply");
  const [parameter, again] = operands(difference, "subtract");
  if (held !== target || again !== target || tau?.op.kind !== "constant") return undefined;
  if (!sameShape(parameter!.shape, target.shape)) return undefined;
  return {
    members: [value, scaled!, difference!],
    needs: [target, parameter!],
    states: [target],
    values: [value],
    parameter: parameter!,
    tau: tau.op.value,
  };
}

function operands(node: Tensor | undefined, kind: Tensor["op"]["kind"]): readonly (Tensor | undefined)[] {
  return node?.op.kind === kind ? node.inputs : [];
}

/** Whether what lies between is of no use to others, and every reader of an old value can come before. */
function isSafe(graph: Graph, users: ReturnType<typeof usersOf>, step: InPlace): boolean {
  const members = new Set(step.members);
  const inside = (node: Tensor) =>
    step.members.reduce((count, member) => count + member.inputs.filter((x) => x === node).length, 0);
  const hidden = step.members.filter((node) => !step.values.includes(node));
  const asked = new Set([...graph.outputs.values(), ...graph.updates.values()].map((x) => baseOf(x).base));
  if (!hidden.every((node) => users.get(node)?.length === inside(node) && !asked.has(node))) return false;

  const names = new Map([...graph.state].map(([name, held]) => [held, name]));
  const ownUpdate = step.states.every((held, i) => graph.updates.get(names.get(held)!) === step.values[i]);
  if (!ownUpdate || step.states.some((held) => asked.has(held))) return false;

  const dependent = new Set<Tensor>(step.values);
  for (const node of graph.nodes) {
    if (members.has(node)) continue;
    if (node.inputs.some((x) => dependent.has(x))) dependent.add(node);
  }
  return graph.nodes.every(
    (node) =>
      members.has(node) ||
      !dependent.has(node) ||
      !node.inputs.some((x) => step.states.includes(baseOf(x).base)),
  );
}
