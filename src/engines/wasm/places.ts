// Where every node's numbers live. Views lie in what they view; the parts of a concatenation are computed straight
// into it; the new value of a state is computed over the old one wherever nothing still needs that; everything else
// gets a buffer of its own.

import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { baseOf, isGiven } from "../views.ts";
import { alignment } from "./alignment.ts";
import { type Buffer, newBuffer, type Place } from "./buffers.ts";
import { type Fusions, readersOfStates } from "./fusions.ts";

export interface Places {
  of(node: Tensor): Place;
  /** States whose new value must be copied to them at the end. */
  readonly copied: readonly string[];
  /** Parts of a concatenation that must be copied there, by their position. */
  partsToCopy(concat: Tensor): readonly number[];
  /** All buffers so far: a node's is made when its place is first asked for. */
  readonly buffers: Buffer[];
}

export function assignPlaces(graph: Graph, fusions: Fusions): Places {
  const buffers: Buffer[] = [];
  const own = new Map<Tensor, Place>();
  const inside = new Map<Tensor, { whole: Tensor; offset: number }>();
  const constants = new Map<string, Buffer>();

  const create = (kind: Buffer["kind"], floats: number, value?: number): Buffer => {
    const buffer = newBuffer(kind, floats, value);
    buffers.push(buffer);
    return buffer;
  };
  const constantBuffer = (value: number, floats: number): Buffer => {
    const key = `${Object.is(value, -0) ? "-0" : value} ${floats}`;
    const buffer = constants.get(key) ?? create("constant", floats, value);
    constants.set(key, buffer);
    return buffer;
  };
  const ownPlace = (base: Tensor): Place => {
    const { op, shape } = base;
    if (op.kind === "constant") return { buffer: constantBuffer(op.value, sizeOf(shape)), offset: 0 };
    const held = own.get(base);
    if (held !== undefined) return held;
    const part = inside.get(base);
    const outer = part && placeOf(part.whole);
    const kind = op.kind === "input" || op.kind === "state" ? op.kind : "temporary";
    const place = outer
      ? { buffer: outer.buffer, offset: outer.offset + part.offset }
      : { buffer: create(kind, sizeOf(shape)), offset: 0 };
    own.set(base, place);
    return place;
  };
  const placeOf = (node: Tensor): Place => {
    const { base, offset } = baseOf(node);
    const place = ownPlace(base);
    return { buffer: place.buffer, offset: place.offset + offset };
  };

  for (const fusion of fusions.all) {
    if (fusion.kind !== "adam" && fusion.kind !== "polyak") continue;
    fusion.step.values.forEach((value, i) => void own.set(value, ownPlace(fusion.step.states[i]!)));
  }

  const free = (node: Tensor, base: Tensor) =>
    !isGiven(base) && !own.has(base) && !inside.has(base) && sizeOf(node.shape) === sizeOf(base.shape);

  const toCopy = new Map<Tensor, number[]>();
  for (const node of [...graph.nodes].reverse()) {
    if (node.op.kind !== "concat") continue;
    const { axis } = node.op;
    const straight = sizeOf(node.shape.slice(0, axis)) === 1;
    let offset = 0;
    node.inputs.forEach((part, i) => {
      const { base } = baseOf(part);
      if (straight && free(part, base)) inside.set(base, { whole: node, offset });
      else toCopy.set(node, [...(toCopy.get(node) ?? []), i]);
      offset += sizeOf(part.shape);
    });
  }

  const copied: string[] = [];
  const asked = new Set([...graph.outputs.values(), ...graph.updates.values()].map((x) => baseOf(x).base));
  for (const [name, value] of graph.updates) {
    const held = graph.state.get(name)!;
    if (value === held) continue;
    const { base } = baseOf(value);
    if (own.get(base)?.buffer === ownPlace(held).buffer) continue;
    if (free(value, base) && !asked.has(held) && mayOverwrite(graph, fusions, held, base)) {
      own.set(base, ownPlace(held));
    } else {
      copied.push(name);
    }
  }
  return { of: placeOf, copied, partsToCopy: (concat) => toCopy.get(concat) ?? [], buffers };
}

/** Whether `value` can be computed into the memory of the state `held`; if so, its readers are put before that. */
function mayOverwrite(graph: Graph, fusions: Fusions, held: Tensor, value: Tensor): boolean {
  const fusion = fusions.maker.get(value);
  if (fusion === undefined || value.op.kind === "concat") return false;
  const readers = readersOfStates(graph, fusions.all).get(held)!;
  if (readers.has(fusion)) {
    // Only an element-wise fusion may read what it writes: the same place, and not after it is written.
    if (fusion.kind !== "chain") return false;
    const last = fusion.members.indexOf(value);
    const harmless = fusion.members.every((node, i) => {
      const fits = alignment(node)!.fits;
      // A gate is read when the multiplication that uses it is done.
      const at = fusion.gates.has(node) ? fusion.members.findIndex(({ inputs }) => inputs.includes(node)) : i;
      return node.inputs.every(
        (x, j) =>
          baseOf(x).base !== held || (at <= last && fits[j] === "full" && sizeOf(x.shape) === fusion.floats),
      );
    });
    if (!harmless) return false;
  }
  const others = [...readers].filter((reader) => reader !== fusion);
  if (others.some((reader) => fusions.dependsOn(reader, fusion))) return false;
  for (const reader of others) fusion.after.add(reader);
  return true;
}
