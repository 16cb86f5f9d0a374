// What ONNX Runtime hands back costs more than what it computes from: every output is copied into fresh JavaScript
// memory that the garbage collector must find again (measured: a third of a SAC update). So the optimiser's work is
// taken out of the graph. A stage is the part that ends in gradients; between stages, Adam's step and the movement
// of targets run as one pass over our own memory each, and the next stage reads the new parameters as states.

import {
  type Graph,
  substituted,
  type Tensor,
  topologicalOrder,
  withoutOptimisers,
} from "../../graph/index.ts";
import { type AdamStep, optimiserSteps, type PolyakStep, withSteps } from "../optimisers.ts";

export interface Stage {
  /** Computes outputs, gradients (named as in `gradientName`) and whatever updates are no optimiser's. */
  readonly graph: Graph;
  /** Steps to take after the stage. */
  readonly adam: readonly AdamStep[];
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** Targets to move, each as soon as its parameter has been moved and no stage is left that reads it. */
  readonly polyak: readonly PolyakStep[];
}

/** The output under which a stage gives the gradient of the state `name`. */
export const gradientName = (name: string): string => `gradient:${name}`;

/** The stages of `graph`; a single one, with nothing taken out, where the optimiser's work cannot be separated. */
export function stagesOf(original: Graph): Stages {
  const whole: Stages = { stages: [{ graph: withoutOptimisers(original), adam: [] }], polyak: [] };
  const separable = (graph: Graph) => {
    const steps = optimiserSteps(graph);
    const adam = steps.adam.filter(({ size, epsilon, keep }) => [size, epsilon, keep].every(isScalarGiven));
    const moved = new Set(adam.map(({ values }) => values[0]));
    return { adam, polyak: steps.polyak.filter(({ parameter }) => moved.has(parameter)) };
  };
  const graph = withSteps(original, separable(original));
  const { adam, polyak } = separable(graph);
  const stageOf = stageNumbers(graph, adam, polyak);
  const names = new Map([...graph.state].map(([name, tensor]) => [tensor, name]));
  const taken = new Set([...adam, ...polyak].flatMap(({ states }) => states.map((held) => names.get(held)!)));
  const others = [...graph.updates].filter(([name]) => !taken.has(name));
  const count =
    1 +
    Math.max(
      0,
      ...[...graph.outputs.values()].map((x) => stageOf.get(x)!),
      ...others.map(([, tensor]) => stageOf.get(tensor)!),
      ...adam.map((step) => stageOf.get(step.gradient)!),
    );
  if (adam.length === 0) return whole;

  const placed = placeOutputs(graph, adam, stageOf, count);
  const stages: Stage[] = [];
  /** New parameter or moment → the state that holds it once its step was taken. */
  const held = new Map<Tensor, Tensor>();
  for (let stage = 0; stage < count; stage++) {
    const steps = adam.filter((step) => stageOf.get(step.gradient) === stage);
    const outputs = new Map([
      ...[...graph.outputs].filter(([, tensor]) => placed.get(tensor) === stage),
      ...steps.map((step) => [gradientName(names.get(step.states[0]!)!), step.gradient] as const),
    ]);
    const updates = new Map(others.filter(([, tensor]) => stageOf.get(tensor) === stage));
    // Every new parameter is read from the state that now holds it.
    const part = substituted({ outputs, updates }, (node, original) => held.get(original) ?? node);
    // A stage that needs a parameter's or a moment's old value after its step cannot have it.
    const gone = new Set(held.values());
    if (readsDirectly([...outputs.values(), ...updates.values()], held, gone)) return whole;
    stages.push({ graph: part, adam: steps });
    for (const { values, states } of steps) {
      values.forEach((value, i) => {
        held.set(value, states[i]!);
      });
    }
  }
  return { stages, polyak };
}

/** A scalar that is known before the graph runs. */
function isScalarGiven(tensor: Tensor): boolean {
  return tensor.op.kind === "input" || tensor.op.kind === "constant";
}

/** The first stage in which each tensor can be computed. */
function stageNumbers(
  graph: Graph,
  adam: readonly AdamStep[],
  polyak: readonly PolyakStep[],
): Map<Tensor, number> {
  const stepOf = new Map(adam.flatMap((step) => step.values.map((value) => [value, step] as const)));
  const moved = new Set(polyak.flatMap(({ values }) => [...values]));
  const stages = new Map<Tensor, number>();
  for (const node of graph.nodes) {
    const step = stepOf.get(node);
    const stage = step
      ? stages.get(step.gradient)! + 1
      : Math.max(0, ...node.inputs.map((x) => stages.get(x)!));
    stages.set(node, moved.has(node) ? 0 : stage);
  }
  return stages;
}

/** The stage in which each output costs least: of those that can compute it, the one that has most of it anyway. */
function placeOutputs(
  graph: Graph,
  adam: readonly AdamStep[],
  stageOf: ReadonlyMap<Tensor, number>,
  count: number,
): Map<Tensor, number> {
  const needed = Array.from({ length: count }, (_, stage) => {
    const gradients = adam.map((step) => step.gradient).filter((gradient) => stageOf.get(gradient) === stage);
    return new Set(topologicalOrder(gradients));
  });
  const stepStage = new Map(
    adam.flatMap(({ states, gradient }) => states.map((held) => [held, stageOf.get(gradient)!])),
  );
  const renewed = new Set(adam.flatMap(({ values }) => values));
  return new Map(
    [...graph.outputs.values()].map((output) => {
      const order = topologicalOrder([output]);
      const stale = (stage: number) => {
        const gone = new Set([...stepStage].flatMap(([held, taken]) => (taken < stage ? [held] : [])));
        return readsDirectly([output], renewed, gone);
      };
      const shared = (stage: number) => order.filter((tensor) => needed[stage]!.has(tensor)).length;
      let best = stageOf.get(output)!;
      for (let stage = best + 1; stage < count; stage++) {
        if (!stale(stage) && shared(stage) > shared(best)) best = stage;
      }
      return [output, best];
    }),
  );
}

/** Whether `roots` read one of `states` other than by way of a new value in `renewed`. */
function readsDirectly(
  roots: readonly Tensor[],
  renewed: { has(tensor: Tensor): boolean },
  states: ReadonlySet<Tensor>,
): boolean {
  const seen = new Set<Tensor>();
  const stack = [...roots];
  while (stack.length > 0) {
    const tensor = stack.pop()!;
    if (seen.has(tensor) || renewed.has(tensor)) continue;
    seen.add(tensor);
    if (states.has(tensor)) return true;
    stack.push(...tensor.inputs);
  }
  return false;
}
