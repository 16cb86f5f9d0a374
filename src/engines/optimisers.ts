// Which of a graph's optimiser steps can write over their states, each in one pass over memory. The others are made of
// element-wise operations, with memory of their own.

import { usersOf } from "../graph/graph.ts";
import { type AdamPart, type Graph, type Tensor, withoutOptimisers } from "../graph/index.ts";
import { baseOf } from "./views.ts";

interface InPlace {
  /** States that are written over. */
  readonly states: readonly Tensor[];
  /** The new values, in the order of `states`. */
  readonly values: readonly Tensor[];
  readonly needs: readonly Tensor[];
}

/** See src/graph/optimisers.ts. `states`: parameter, first moment, second moment. */
export interface AdamStep extends InPlace {
  readonly gradient: Tensor;
  readonly beta1: number;
  readonly beta2: number;
  readonly size: Tensor;
  readonly epsilon: Tensor;
  readonly keep: Tensor;
}

/** target ← target + (parameter − target) · tau */
export interface PolyakStep extends InPlace {
  readonly parameter: Tensor;
  readonly tau: number;
}

/** The steps that can be taken in place. */
export interface OptimiserSteps {
  readonly adam: readonly AdamStep[];
  readonly polyak: readonly PolyakStep[];
}

export function optimiserSteps(graph: Graph): OptimiserSteps {
  const users = usersOf(graph);
  const isInPlace = (step: InPlace) => mayWriteOver(graph, step);
  const adam = graph.nodes.flatMap((node) => {
    const step = node.op.kind === "adam" && node.op.part === "parameter" && adamOf(node, users);
    return step ? [step] : [];
  });
  const polyak = graph.nodes.flatMap((node) => {
    if (node.op.kind !== "polyak") return [];
    const [target, parameter] = node.inputs as [Tensor, Tensor];
    return [{ states: [target], values: [node], needs: node.inputs, parameter, tau: node.op.tau }];
  });
  return { adam: adam.filter(isInPlace), polyak: polyak.filter(isInPlace) };
}

/** `graph` with every optimiser's operation that is none of these `steps` made of element-wise ones. */
export function withSteps(graph: Graph, { adam, polyak }: OptimiserSteps): Graph {
  const kept = new Set([...adam, ...polyak].flatMap(({ values }) => values));
  return withoutOptimisers(graph, (node) => kept.has(node));
}

function adamOf(node: Tensor, users: ReadonlyMap<Tensor, readonly Tensor[]>): AdamStep | undefined {
  if (node.op.kind !== "adam") return undefined;
  const [parameter, moment1, moment2, gradient, size, epsilon, keep] = node.inputs as Tensor[];
  const part = (wanted: AdamPart) =>
    users
      .get(moment1!)!
      .find(
        ({ op, inputs }) =>
          op.kind === "adam" && op.part === wanted && inputs.every((x, i) => x === node.inputs[i]),
      );
  const values = [node, part("moment1"), part("moment2")];
  if (values.includes(undefined)) return undefined;
  return {
    states: [parameter!, moment1!, moment2!],
    values: values as Tensor[],
    needs: node.inputs,
    gradient: gradient!,
    beta1: node.op.beta1,
    beta2: node.op.beta2,
    size: size!,
    epsilon: epsilon!,
    keep: keep!,
  };
}

/** Whether the step's states take its values, and every reader of an old value can come before. */
function mayWriteOver(graph: Graph, { states, values }: InPlace): boolean {
  if (!states.every(({ op }, i) => op.kind === "state" && graph.updates.get(op.name) === values[i]))
    return false;
  const asked = [...graph.outputs.values(), ...graph.updates.values()].map((x) => baseOf(x).base);
  if (states.some((held) => asked.includes(held))) return false;

  const dependent = new Set<Tensor>(values);
  for (const node of graph.nodes) {
    if (!dependent.has(node) && node.inputs.some((x) => dependent.has(x))) dependent.add(node);
  }
  return graph.nodes.every(
    (node) =>
      values.includes(node) ||
      !dependent.has(node) ||
      !node.inputs.some((x) => states.includes(baseOf(x).base)),
  );
}
