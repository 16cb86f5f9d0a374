// The checks that every engine makes on what it is handed, so that all of them complain in the same words.

import { TemperedError } from "../errors.ts";
import { formatShape, type Graph, sameShape, type Tensor } from "../graph/index.ts";
import type { Entries } from "./engine.ts";

/** The name of a program's only entry. */
const ONLY = "run";

/** The graphs to compile by name; nothing that they have in common differs in shape. */
export function entriesOf(graphs: Graph | Entries): ReadonlyMap<string, Graph> {
  const entries = new Map(isGraph(graphs) ? [[ONLY, graphs]] : Object.entries(graphs));
  if (entries.size === 0)
    throw new TemperedError("GRAPH", "Expected at least one graph to compile, got none");
  for (const kind of ["state", "inputs", "outputs"] as const) unionOf([...entries.values()], kind);
  return entries;
}

function isGraph(graphs: Graph | Entries): graphs is Graph {
  return Array.isArray(graphs.nodes);
}

/** Every tensor of a kind in `graphs`, by name. @throws TemperedError (GRAPH) where one has two shapes */
export function unionOf(
  graphs: readonly Graph[],
  kind: "state" | "inputs" | "outputs",
): ReadonlyMap<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const [name, tensor] of graphs.flatMap((graph) => [...graph[kind]])) {
    const first = found.get(name) ?? tensor;
    if (!sameShape(first.shape, tensor.shape)) {
      throw new TemperedError(
        "GRAPH",
        `Expected ${kind} of one name to have one shape in all graphs, got "${name}" with ${formatShape(first.shape)} and ` +
          formatShape(tensor.shape),
      );
    }
    found.set(name, first);
  }
  return found;
}

/** `values`, if they are there and have `length` elements. */
export function checkedArray(
  kind: "input" | "state",
  name: string,
  length: number,
  values: Float32Array | undefined,
): Float32Array {
  if (values?.length === length) return values;
  throw new TemperedError(
    kind.toUpperCase(),
    `Expected ${kind} "${name}" as a Float32Array of ${length} elements, got ${values === undefined ? "none" : values.length}`,
  );
}

/** What stands under a name among states or entries. */
export function known<T>(kind: "state" | "entry", name: string, all: ReadonlyMap<string, T>): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const several = kind === "state" ? "states" : "entries";
  throw new TemperedError(
    kind.toUpperCase(),
    `Expected one of the ${several} ${[...all.keys()].join(", ")}, got "${name}"`,
  );
}

export function disposed(): TemperedError {
  return new TemperedError(
    "DISPOSED",
    "Expected a program in use, but it was disposed; compile the graph again",
  );
}
