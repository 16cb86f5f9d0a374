// Which states may be overwritten while the graph runs: those whose every reader has finished, of necessity, before
// the new value is written. Nodes run one after the other, so it is enough that the new value depends on each reader.

import { type Graph, type OpKind, sameShape, type Tensor, topologicalOrder } from "../../graph/index.ts";

/** Operations that may share memory with their input instead of copying it. */
const views: ReadonlySet<OpKind> = new Set<OpKind>(["reshape", "stopGradient"]);

/** Operations that read and write the same place only: they may read the very array they write. */
const elementwise: ReadonlySet<OpKind> = new Set<OpKind>([
  "add",
  "subtract",
  "multiply",
  "divide",
  "minimum",
  "maximum",
]);

/** Names of the states whose update can be written over the old value. */
export function updatesInPlace(graph: Graph): ReadonlySet<string> {
  const readers = new Map<Tensor, Tensor[]>();
  for (const node of graph.nodes) {
    for (const x of node.inputs) readers.set(x, [...(readers.get(x) ?? []), node]);
  }
  const readersThroughViews = (tensor: Tensor): Tensor[] =>
    (readers.get(tensor) ?? []).flatMap((node) =>
      views.has(node.op.kind) ? [node, ...readersThroughViews(node)] : [node],
    );

  const outputs = new Set<Tensor>(graph.outputs.values());
  const names = new Set<string>();
  for (const [name, update] of graph.updates) {
    const held = graph.state.get(name)!;
    const before = new Set(topologicalOrder([update]));
    before.delete(update);
    const safe = readersThroughViews(held).every(
      (reader) =>
        before.has(reader) ||
        (reader === update &&
          elementwise.has(update.op.kind) &&
          update.inputs.every((x) => x !== held || sameShape(x.shape, update.shape))),
    );
    const asked =
      outputs.has(held) || [...graph.updates].some(([other, tensor]) => other !== name && tensor === held);
    if (safe && !asked && update !== held) names.add(name);
  }
  return names;
}
