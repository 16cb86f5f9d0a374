// Fusions: the nodes of a graph grouped by what will be done together. A fusion is a matrix product with what follows it
// (bias, ReLU, ReLU's gradient), a chain of element-wise operations on arrays of one size, an optimiser step, a sum,
// or a rearrangement. Fusions form a graph of their own, and merging keeps it free of cycles.

import { usersOf } from "../../graph/graph.ts";
import { type Graph, type Shape, sizeOf, type Tensor } from "../../graph/index.ts";
import { type AdamStep, optimiserSteps, type PolyakStep, withSteps } from "../optimisers.ts";
import { baseOf, isGiven, isView } from "../views.ts";
import { type Alignment, alignment } from "./alignment.ts";
import { gateOf } from "./gates.ts";
import type { Masked, Masking } from "./masked.ts";
import { productKernel } from "./product-kernel.ts";
import { usesOf } from "./rewrite.ts";
import { finish } from "./tape.ts";

interface Common {
  /** Nodes that this fusion computes. What no other fusion needs is never stored. */
  readonly members: readonly Tensor[];
  /** Operands that come from elsewhere: results of other fusions, inputs, states, constants, or views of these. */
  readonly needs: readonly Tensor[];
  /** Fusions that must be over before this one, beyond the makers of `needs`. */
  readonly after: Set<Fusion>;
}

export interface Product extends Common {
  readonly kind: "product";
  /** The matmul node. */
  readonly product: Tensor;
  readonly result: Tensor;
  /** What is done to the product before it is stored; see `finish` in tape.ts. */
  readonly flags: number;
  readonly matrix?: Tensor;
  readonly row?: Tensor;
  readonly gate?: Tensor;
  /** What the product takes instead of its operand that is a mask times a column times a row. */
  readonly masked?: Masked;
}

export interface Chain extends Common {
  readonly kind: "chain";
  readonly matrix: Alignment["matrix"];
  readonly floats: number;
  /** Step nodes that are done by the multiplication which uses them, as its gate. */
  readonly gates: ReadonlySet<Tensor>;
}

export type Fusion =
  | Product
  | Chain
  | (Common & { readonly kind: "adam"; readonly step: AdamStep })
  | (Common & { readonly kind: "polyak"; readonly step: PolyakStep })
  | (Common & { readonly kind: "sum" | "slice" | "broadcast" | "concat"; readonly node: Tensor });

export interface Fusions {
  /** The graph of which they are: that which was handed in, or one that means the same. */
  readonly graph: Graph;
  readonly all: readonly Fusion[];
  /** The fusion that computes a node; none for what is given, and for views. */
  readonly maker: ReadonlyMap<Tensor, Fusion>;
  /** Whether `later` cannot begin before `earlier` is over. */
  dependsOn(later: Fusion, earlier: Fusion): boolean;
}

/** @param masking where the kernels have products with a mask */
export function fuse(original: Graph, masking?: Masking): Fusions {
  const graph = withSteps(original, optimiserSteps(original));
  const steps = optimiserSteps(graph);
  const uses = usesOf(graph);
  const maker = new Map<Tensor, Fusion>();
  const fusions = new Set<Fusion>();
  const put = (fusion: Fusion) => {
    fusions.add(fusion);
    for (const node of fusion.members) maker.set(node, fusion);
  };

  const predecessors = (fusion: Fusion): Set<Fusion> => {
    const found = new Set(fusion.after);
    for (const x of fusion.needs) {
      const made = maker.get(baseOf(x).base);
      if (made !== undefined && made !== fusion) found.add(made);
    }
    return found;
  };
  const dependsOn = (later: Fusion, earlier: Fusion): boolean => {
    const seen = new Set<Fusion>();
    const stack = [later];
    for (let fusion = stack.pop(); fusion !== undefined; fusion = stack.pop()) {
      for (const before of predecessors(fusion)) {
        if (before === earlier) return true;
        if (!seen.has(before)) {
          seen.add(before);
          stack.push(before);
        }
      }
    }
    return false;
  };

  for (const step of steps.adam) {
    put({ kind: "adam", step, members: step.values, needs: step.needs, after: new Set() });
  }
  for (const step of steps.polyak) {
    put({ kind: "polyak", step, members: step.values, needs: step.needs, after: new Set() });
  }

  const users = usersOf(graph);
  const onlyUser = (node: Tensor) => (uses.get(node) === 1 ? users.get(node)?.[0] : undefined);

  for (const node of graph.nodes) {
    if (maker.has(node) || node.op.kind !== "matmul") continue;
    const masked = masking?.(node);
    put(productFusion(node, onlyUser, maker, masked));
  }
  const wanted = wantedOf(graph, maker);
  for (const node of graph.nodes) {
    if (maker.has(node) || isGiven(node) || isView(node) || !wanted.has(node)) continue;
    const { kind } = node.op;
    if (kind === "sum" || kind === "slice" || kind === "broadcast" || kind === "concat") {
      put({ kind, node, members: [node], needs: node.inputs, after: new Set() });
      continue;
    }
    if (kind === "step" && isGateOnly(node, onlyUser)) continue;
    put(linkFusion(node, uses));
  }

  // The optimisers write over their states: whoever reads the old values must come first.
  const readers = readersOfStates(graph, fusions);
  for (const fusion of fusions) {
    if (fusion.kind !== "adam" && fusion.kind !== "polyak") continue;
    for (const held of fusion.step.states) {
      for (const reader of readers.get(held) ?? []) if (reader !== fusion) fusion.after.add(reader);
    }
    // Two steps may each have to come before the other; then one of them is done with memory to spare instead.
    if (dependsOn(fusion, fusion)) {
      const others = <T>(all: readonly T[]) => all.filter((step) => step !== fusion.step);
      return fuse(withSteps(graph, { adam: others(steps.adam), polyak: others(steps.polyak) }), masking);
    }
  }

  for (const node of graph.nodes) {
    for (const x of node.inputs) {
      const [fusion, source] = [maker.get(node), maker.get(baseOf(x).base)];
      if (fusion?.kind !== "chain" || source?.kind !== "chain" || fusion === source) continue;
      const merged = mergedChain(source, fusion, graph);
      if (merged === undefined) continue;
      // No third fusion may stand between the two, whichever way round.
      const between = (later: Chain, earlier: Chain) =>
        [...predecessors(later)].some((w) => w !== earlier && dependsOn(w, earlier));
      if (between(fusion, source) || between(source, fusion)) continue;
      fusions.delete(fusion);
      fusions.delete(source);
      for (const other of fusions) {
        if (other.after.delete(fusion) || other.after.delete(source)) other.after.add(merged);
      }
      put(merged);
    }
  }
  return { graph, all: [...fusions], maker, dependsOn };
}

/** The nodes that outputs and states come from, by what their fusions, so far those of products and steps, take. */
function wantedOf(graph: Graph, maker: ReadonlyMap<Tensor, Fusion>): ReadonlySet<Tensor> {
  const wanted = new Set<Tensor>();
  const stack = [...graph.outputs.values(), ...graph.updates.values()];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (wanted.has(node)) continue;
    wanted.add(node);
    stack.push(...(maker.get(node)?.needs ?? node.inputs));
  }
  return wanted;
}

/** Which fusions read each state's old value. */
export function readersOfStates(graph: Graph, fusions: Iterable<Fusion>): Map<Tensor, Set<Fusion>> {
  const readers = new Map<Tensor, Set<Fusion>>([...graph.state.values()].map((held) => [held, new Set()]));
  for (const fusion of fusions) {
    for (const x of fusion.needs) readers.get(baseOf(x).base)?.add(fusion);
  }
  return readers;
}

/** A step node whose one use is to multiply something: it is then done by the multiplication, as a gate. */
function isGateOnly(node: Tensor, onlyUser: (node: Tensor) => Tensor | undefined): boolean {
  const user = onlyUser(node);
  return user !== undefined && gateOf(user)?.gate === node && sizeOf(user.shape) === sizeOf(node.shape);
}

function linkFusion(node: Tensor, uses: ReadonlyMap<Tensor, number>): Chain {
  const gate = gateOf(node);
  const absorbed =
    gate !== undefined && uses.get(gate.gate) === 1 && sizeOf(gate.gate.shape) === sizeOf(node.shape);
  const fit = alignment(node)!;
  return {
    kind: "chain",
    members: absorbed ? [gate.gate, node] : [node],
    needs: absorbed ? [gate.x, gate.gate.inputs[0]!] : node.inputs,
    matrix: fit.matrix,
    floats: sizeOf(node.shape),
    gates: new Set(absorbed ? [gate.gate] : []),
    after: new Set(),
  };
}

function mergedChain(a: Chain, b: Chain, graph: Graph): Chain | undefined {
  if (a.floats !== b.floats) return undefined;
  const { matrix } = a.matrix ? a : b;
  if (a.matrix && b.matrix && a.matrix.rows !== b.matrix.rows) return undefined;
  const members = new Set([...a.members, ...b.members]);
  const needs = [...new Set([...a.needs, ...b.needs])];
  // What one member takes from another must be the same place of an array as large.
  const inside = (x: Tensor) => members.has(baseOf(x).base);
  if (needs.some((x) => inside(x) && sizeOf(x.shape) !== a.floats)) return undefined;
  return {
    kind: "chain",
    members: graph.nodes.filter((node) => members.has(node)),
    needs: needs.filter((x) => !inside(x)),
    matrix,
    floats: a.floats,
    gates: new Set([...a.gates, ...b.gates]),
    after: new Set([...a.after, ...b.after]),
  };
}

function productFusion(
  product: Tensor,
  onlyUser: (node: Tensor) => Tensor | undefined,
  maker: ReadonlyMap<Tensor, Fusion>,
  masked: Masked | undefined,
): Product {
  const members = [product];
  let [result, flags] = [product, 0];
  let [matrix, row, gate]: (Tensor | undefined)[] = [];
  const take = (user: Tensor, flag: number) => {
    members.push(user);
    result = user;
    flags |= flag;
  };
  // Only products made by the panel kernel are finished by it; the others are too small to matter.
  const [n, m] = product.shape as [number, number];
  const kernel = productKernel(product);
  const finishing = masked ? masked.toInput : kernel === "panels" || kernel === "sparse";
  for (let user = onlyUser(result); finishing && user && !maker.has(user); user = onlyUser(result)) {
    const other = user.inputs.find((x) => x !== result);
    const gated = gateOf(user);
    if (masked && gated?.x !== result) break;
    if (flags < finish.addMatrix && user.op.kind === "add" && other && isMatrix(other.shape, n, m)) {
      matrix = other;
      take(user, finish.addMatrix);
    } else if (flags < finish.addRow && user.op.kind === "add" && other && isRow(other, n, m)) {
      row = other;
      take(user, finish.addRow);
    } else if (flags < finish.relu && user.op.kind === "relu") {
      take(user, finish.relu);
    } else if (gated?.x === result && onlyUser(gated.gate) === user && isMatrix(gated.gate.shape, n, m)) {
      gate = gated.gate.inputs[0]!;
      members.push(gated.gate);
      take(user, finish.gate);
      break;
    } else {
      break;
    }
  }
  const extra = {
    ...(matrix && { matrix }),
    ...(row && { row }),
    ...(gate && { gate }),
  };
  const operands = masked ? [masked.h, masked.column, masked.row, masked.b] : product.inputs;
  const needs = [...operands, ...Object.values(extra)];
  return {
    kind: "product",
    product,
    result,
    members,
    needs,
    flags,
    after: new Set(),
    ...extra,
    ...(masked && { masked }),
  };
}

function isMatrix(shape: Shape, n: number, m: number): boolean {
  return shape.length === 2 && shape[0] === n && shape[1] === m;
}

function isRow(x: Tensor, n: number, m: number): boolean {
  return n > 1 && x.op.kind !== "constant" && sizeOf(x.shape) === m && x.shape.at(-1) === m && m > 1;
}
