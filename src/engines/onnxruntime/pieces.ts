// A state of several rows is read, and its gradient made, piece by piece. Where handing over a tensor costs nothing,
// each piece that lies in one stretch of memory is an input or an output of its own: nothing need be split or joined.

import { type Graph, input, sizeOf, substituted, type Tensor } from "../../graph/index.ts";
import { baseOf } from "../views.ts";

/** Where an input or an output of the graph in pieces stands. */
export interface Piece {
  /** The state that it is a piece of, or the output. */
  readonly of: string;
  /** In floats. */
  readonly offset: number;
}

export interface InPieces {
  readonly graph: Graph;
  /** Those inputs that are pieces of states. */
  readonly inputs: ReadonlyMap<string, Piece>;
  /** Those outputs that are pieces of outputs. What lies between them is 0, and nobody writes it. */
  readonly outputs: ReadonlyMap<string, Piece>;
}

/** `graph` with every piece of a state as an input, and every output that is joined from pieces as these. */
export function inPieces(graph: Graph): InPieces {
  const inputs = new Map<string, Piece>();
  const outputs = new Map<string, Piece>();
  const cut = new Map<string, Tensor>();
  const expose = (of: string, tensor: Tensor, offset: number): void => {
    const { op } = tensor;
    if (op.kind === "constant" && op.value === 0) return;
    if (op.kind === "concat" && sizeOf(tensor.shape.slice(0, op.axis)) === 1) {
      let at = offset;
      for (const x of tensor.inputs) {
        expose(of, x, at);
        at += sizeOf(x.shape);
      }
      return;
    }
    const name = `${of}[${offset}]`;
    outputs.set(name, { of, offset });
    cut.set(name, tensor);
  };
  for (const [name, tensor] of graph.outputs) {
    if (tensor.op.kind === "concat") expose(name, tensor, 0);
    else cut.set(name, tensor);
  }
  const pieceOfState = (node: Tensor): Tensor | undefined => {
    const { base, offset } = baseOf(node);
    if (base.op.kind !== "state" || base === node) return undefined;
    const name = `${base.op.name}[${offset}] as [${node.shape}]`;
    inputs.set(name, { of: base.op.name, offset });
    return input(name, node.shape);
  };
  return {
    graph: substituted(
      { outputs: cut, updates: graph.updates },
      (node, original) => pieceOfState(original) ?? node,
    ),
    inputs,
    outputs,
  };
}
