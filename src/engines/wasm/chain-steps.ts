// A chain as a step: its operations as links, run tile by tile. What only later links of the chain need lives in a
// thread's scratch memory, one tile of it; the rest is stored where it belongs.

import type { Tensor } from "../../graph/index.ts";
import { baseOf } from "../views.ts";
import { alignment, type Fit } from "./alignment.ts";
import { type Access, addressOf, shared, whole } from "./buffers.ts";
import type { Chain } from "./fusions.ts";
import { gateOf } from "./gates.ts";
import type { Places } from "./places.ts";
import type { Step } from "./step.ts";
import { binaryOperation, DENSE, instruction, unaryOperation } from "./tape.ts";

/** Floats of each array in a tile; a few such arrays fit the first-level cache. */
const TILE = 1024;
const SLOW = new Set(["exp", "log", "tanh", "sigmoid", "softplus"]);

interface Operand {
  readonly node: Tensor;
  readonly fit: Fit;
}

interface Link {
  readonly node: Tensor;
  readonly operation: number;
  readonly operands: readonly Operand[];
  readonly parameters: readonly [number, number];
}

/** @param isStored whether anything outside the chain needs the node */
export function chainStep(fusion: Chain, places: Places, isStored: (node: Tensor) => boolean): Step {
  const links = fusion.members.flatMap((node) => linkOf(node, fusion));
  const made = new Set(links.map(({ node }) => node));
  const baseInside = (node: Tensor) => {
    const { base } = baseOf(node);
    return made.has(base) ? base : undefined;
  };
  const { rows, columns } = fusion.matrix ?? { rows: fusion.floats, columns: 1 };
  const tileRows = Math.max(1, Math.floor(TILE / columns));
  const slots = scratchSlots(links, isStored, baseInside);
  const slotFloats = tileRows * columns + 4;

  const reads: Access[] = [];
  for (const { operands } of links) {
    for (const { node, fit } of operands) {
      if (baseInside(node)) continue;
      const place = places.of(node);
      if (fit === "full") reads.push(shared(place, columns));
      else if (fit === "column") reads.push(shared(place, 1));
      else reads.push(whole(place, fit === "row" ? columns : 1));
    }
  }
  const stored = links.map(({ node }) => node).filter(isStored);
  const slow = links.filter(({ node }) => SLOW.has(node.op.kind)).length;
  const rowWise = links.filter(({ operands }) =>
    operands.some(({ fit }) => fit === "row" || fit === "column"),
  );
  const rowCalls = rows * 15 * rowWise.length;

  return {
    needs: fusion.needs,
    makes: fusion.members,
    after: [],
    reads,
    writes: stored.map((node) => shared(places.of(node), columns)),
    size: rows,
    grain: fusion.matrix ? 1 : 16,
    cost: fusion.floats * (0.12 * links.length + 1.2 * slow) + rowCalls,
    scratch: () => slots.count * slotFloats,
    emit(tape, from, to, scratch) {
      // Without a matrix, an index is one element and a tile is one row.
      const flat = fusion.matrix === undefined;
      const tiles = Math.ceil((to - from) / tileRows);
      const last = to - from - (tiles - 1) * tileRows;
      tape.push(instruction.chain, links.length, tiles);
      tape.push(...(flat ? [1, 1, tileRows, last] : [tileRows, last, columns, columns]));
      const words = (node: Tensor, fit: Fit): number[] => {
        const base = baseInside(node);
        const slot = base && slots.of.get(base);
        if (slot !== undefined) return [scratch + 4 * slot * slotFloats, 0, 4 * columns, 0];
        const address = addressOf(places.of(node));
        if (fit === "full") return [address + 4 * from * columns, 4 * tileRows * columns, 4 * columns, 0];
        if (fit === "column") return [address + 4 * from, 4 * tileRows, 4, 1];
        return [address, 0, 0, fit === "scalar" ? 1 : 0];
      };
      for (const { node, operation, operands, parameters } of links) {
        const dense = operands.every(({ fit }) => fit === "full" || fit === "scalar");
        const [a, b] = operands.map((x) => words(x.node, x.fit));
        tape.push(operation + (dense ? DENSE : 0), ...words(node, "full").slice(0, 3));
        tape.push(...a!, ...(b ?? [0, 0, 0, 0]), ...parameters.map((x) => tape.bitsOf(x)));
      }
    },
  };
}

/** The link of a node; none for a step that a multiplication does as its gate. */
function linkOf(node: Tensor, { gates }: Chain): Link[] {
  if (gates.has(node)) return [];
  const { op, inputs } = node;
  const { fits } = alignment(node)!;
  const operands = inputs.map((x, i) => ({ node: x, fit: fits[i]! }));
  const parameters = op.kind === "clamp" ? ([op.min, op.max] as const) : ([0, 0] as const);
  const gate = gateOf(node)?.gate;
  if (gate && gates.has(gate)) {
    const position = inputs.indexOf(gate);
    const gating = { node: gate.inputs[0]!, fit: operands[position]!.fit };
    return [
      { node, operation: binaryOperation.gate, operands: [operands[1 - position]!, gating], parameters },
    ];
  }
  const operations: Partial<Record<string, number>> = { ...unaryOperation, ...binaryOperation };
  return [{ node, operation: operations[op.kind]!, operands, parameters }];
}

/** A scratch slot for each node that only later links need; a slot is free again after its last reader. */
function scratchSlots(
  links: readonly Link[],
  isStored: (node: Tensor) => boolean,
  baseInside: (node: Tensor) => Tensor | undefined,
): { of: ReadonlyMap<Tensor, number>; count: number } {
  const lastUse = new Map<Tensor, number>();
  links.forEach(({ operands }, i) => {
    for (const { node } of operands) {
      const base = baseInside(node);
      if (base) lastUse.set(base, i);
    }
  });
  const of = new Map<Tensor, number>();
  const free: number[] = [];
  let count = 0;
  links.forEach(({ node, operands }, i) => {
    // An operation may write over its own operand: every kernel reads a place before it writes it.
    for (const base of new Set(operands.map((x) => baseInside(x.node)))) {
      const slot = base && of.get(base);
      if (slot !== undefined && lastUse.get(base!) === i) free.push(slot);
    }
    if (isStored(node)) return;
    of.set(node, free.pop() ?? count++);
  });
  return { of, count };
}
