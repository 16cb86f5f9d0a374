// From graphs to what the kernels run: fusions, places, steps, an order, addresses, and for each graph one tape a thread.

import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { unionOf } from "../program-checks.ts";
import { baseOf } from "../views.ts";
import { assignAddresses, bytesFor } from "./addresses.ts";
import { addressOf, type Buffer, newBuffer, type Place } from "./buffers.ts";
import { chainStep } from "./chain-steps.ts";
import { type Fusion, type Fusions, fuse } from "./fusions.ts";
import type { Masking } from "./masked.ts";
import { broadcastStep, denseStrides, moveStep, partStep, sliceStep } from "./move-steps.ts";
import { adamStep, polyakStep } from "./optimiser-steps.ts";
import { assignPlaces, type Places } from "./places.ts";
import { productSteps } from "./product-steps.ts";
import { rewrite } from "./rewrite.ts";
import { schedule } from "./schedule.ts";
import type { Step } from "./step.ts";
import { sumSteps } from "./sum-steps.ts";
import { FIRST_ADDRESS, instruction, Tape } from "./tape.ts";

/** Where a named array is: bytes from the start of memory, and how many floats. */
export interface Region {
  readonly address: number;
  readonly floats: number;
}

export interface Plan {
  readonly states: ReadonlyMap<string, Region>;
  /** One a graph, by its name. */
  readonly entries: ReadonlyMap<string, EntryPlan>;
  /** The most threads that an entry has tapes for. */
  readonly threads: number;
  /** Where each thread finds the address of its tape of the entry that runs; bytes from the start of memory. */
  readonly tapeSlots: readonly number[];
  /** Bytes of memory needed. */
  readonly bytes: number;
}

export interface EntryPlan {
  readonly inputs: ReadonlyMap<string, Region>;
  readonly outputs: ReadonlyMap<string, Region>;
  readonly constants: readonly (Region & { readonly value: number })[];
  /** Instructions of each thread, as words. */
  readonly tapes: readonly (readonly number[])[];
  /** Where each tape goes, bytes from the start of memory. */
  readonly tapeAddresses: readonly number[];
  /** The same for one thread, where that was asked for and there are several. */
  readonly alone?: EntryPlan;
  /** The first byte after all that is the entry's own. */
  readonly end: number;
}

/** What is too small for more than one thread: programs and single steps, by their cost in nanoseconds on one. */
export interface Thresholds {
  readonly program: number;
  readonly step: number;
}

const defaultThresholds: Thresholds = { program: 50_000, step: 2000 };

/**
 * @param alsoAlone plans what has several threads for one as well
 * @param masking where the kernels that will run it have products with a mask
 */
export function plan(
  graphs: ReadonlyMap<string, Graph>,
  threads: number,
  thresholds = defaultThresholds,
  alsoAlone = false,
  masking?: Masking,
): Plan {
  let at = FIRST_ADDRESS;
  const states = new Map<string, Region>();
  for (const [name, { shape }] of unionOf([...graphs.values()], "state")) {
    states.set(name, { address: at, floats: sizeOf(shape) });
    at += bytesFor(sizeOf(shape));
  }
  const entries = new Map<string, EntryPlan>();
  for (const [name, graph] of graphs) {
    const entry = planEntry(graph, threads, thresholds, states, at, masking);
    at = entry.end;
    if (!alsoAlone || entry.tapes.length === 1) {
      entries.set(name, entry);
      continue;
    }
    const alone = planEntry(graph, 1, thresholds, states, at, masking);
    at = alone.end;
    entries.set(name, { ...entry, alone });
  }
  const used = Math.max(...[...entries.values()].map(({ tapes }) => tapes.length));
  const tapeSlots = Array.from({ length: used }, (_, thread) => at + 4 * thread);
  return { states, entries, threads: used, tapeSlots, bytes: at + 4 * used };
}

/** @param start the first byte that is free */
function planEntry(
  original: Graph,
  threads: number,
  thresholds: Thresholds,
  states: ReadonlyMap<string, Region>,
  start: number,
  masking: Masking | undefined,
): EntryPlan {
  const fusions = fuse(rewrite(original), masking);
  const { graph } = fusions;
  const places = assignPlaces(graph, fusions);
  const { buffers } = places;
  const { steps, before, outputs } = stepsOf(graph, fusions, places, buffers);
  const cost = steps.reduce((total, step) => total + step.cost, 0);
  const used = cost < thresholds.program ? 1 : threads;
  const { turns, phases } = schedule(steps, before, used, thresholds.step);

  // Every input has memory, also where nothing reads it. Rewriting renews nodes but keeps names.
  const inputs = new Map([...original.inputs, ...graph.inputs]);
  for (const node of inputs.values()) places.of(node);
  for (const [name, node] of [...original.state, ...graph.state]) {
    places.of(node).buffer.address = states.get(name)!.address;
  }
  const scratch = new Array<number>(used).fill(0);
  for (const { step, shares } of turns) {
    for (const { thread, from, to } of shares) {
      scratch[thread] = Math.max(scratch[thread]!, step.scratch?.(from, to) ?? 0);
    }
  }
  const scratchBuffers = scratch.map((floats) => newBuffer("input", floats + 4));
  const outputPlace = (name: string, node: Tensor) => outputs.get(name) ?? places.of(node);
  const kept = [...graph.outputs].map(([name, node]) => outputPlace(name, node));
  const end = assignAddresses([...buffers, ...scratchBuffers], turns, phases, kept, start);

  const tapes = Array.from({ length: used }, () => new Tape());
  let phase = 0;
  const barrier = () => {
    if (used > 1) for (const tape of tapes) tape.push(instruction.barrier);
  };
  for (const turn of turns) {
    if (turn.phase !== phase) {
      barrier();
      phase = turn.phase;
    }
    for (const { thread, from, to } of turn.shares) {
      if (from < to) turn.step.emit(tapes[thread]!, from, to, scratchBuffers[thread]!.address);
    }
  }
  barrier();
  let at = end;
  const tapeAddresses = tapes.map((tape) => {
    tape.push(instruction.end);
    const address = at;
    at += 4 * tape.words.length;
    return address;
  });

  const regions = (nodes: ReadonlyMap<string, Tensor>) =>
    new Map([...nodes].map(([name, node]) => [name, regionOf(places.of(node), node)]));
  return {
    inputs: regions(inputs),
    outputs: new Map(
      [...graph.outputs].map(([name, node]) => [name, regionOf(outputPlace(name, node), node)]),
    ),
    constants: buffers
      .filter(({ kind }) => kind === "constant")
      .map(({ address, floats, value }) => ({ address, floats, value: value! })),
    tapes: tapes.map(({ words }) => words),
    tapeAddresses,
    end: at,
  };
}

function regionOf(place: Place, node: Tensor): Region {
  return { address: addressOf(place), floats: sizeOf(node.shape) };
}

/** All steps in an order in which they could be done, what each waits for, and where outputs lie. */
function stepsOf(graph: Graph, fusions: Fusions, places: Places, buffers: Buffer[]) {
  const asked = [...graph.outputs.values(), ...graph.updates.values()];
  const needed = new Set([...fusions.all.flatMap(({ needs }) => needs), ...asked].map((x) => baseOf(x).base));
  const index = new Map(graph.nodes.map((node, i) => [node, i]));
  const last = (fusion: Fusion) => Math.max(...fusion.members.map((node) => index.get(node)!));
  const stepsByFusion = new Map<Fusion, Step[]>();
  for (const fusion of [...fusions.all].sort((a, b) => last(a) - last(b))) {
    stepsByFusion.set(
      fusion,
      lowered(fusion, places, (node) => needed.has(node), buffers),
    );
  }
  const steps = [...stepsByFusion.values()].flat();

  // Outputs that are a state's old value, and states that could not be updated in place, are copied.
  const outputs = new Map<string, Place>();
  const copies: Step[] = [];
  const copy = (node: Tensor, from: Place, to: Place, after: readonly Step[]) => {
    const strides = denseStrides(node.shape);
    copies.push(
      moveStep({
        needs: [node],
        makes: [],
        after,
        shape: node.shape,
        to: { place: to, strides },
        from: { place: from, strides },
      }),
    );
  };
  const temporary = (node: Tensor): Place => {
    const buffer = newBuffer("temporary", sizeOf(node.shape));
    buffers.push(buffer);
    return { buffer, offset: 0 };
  };
  const updated = new Set([...graph.updates.keys()].map((name) => graph.state.get(name)!));
  for (const [name, node] of graph.outputs) {
    if (!updated.has(baseOf(node).base)) continue;
    outputs.set(name, temporary(node));
    copy(node, places.of(node), outputs.get(name)!, []);
  }
  const late: [Tensor, Place, Tensor][] = [];
  for (const name of places.copied) {
    const value = graph.updates.get(name)!;
    let from = places.of(value);
    if (updated.has(baseOf(value).base)) {
      const kept = temporary(value);
      copy(value, from, kept, []);
      from = kept;
    }
    late.push([value, from, graph.state.get(name)!]);
  }
  const early = [...steps, ...copies];
  for (const [value, from, held] of late) copy(value, from, places.of(held), early);
  steps.push(...copies);

  const makers = new Map<Tensor, Step[]>();
  for (const step of steps) {
    for (const node of step.makes) makers.set(node, [...(makers.get(node) ?? []), step]);
  }
  const makersOf = (node: Tensor): Step[] => {
    const { base } = baseOf(node);
    // A concatenation is also made by those who compute its parts in place.
    return [...(makers.get(base) ?? []), ...(base.op.kind === "concat" ? base.inputs.flatMap(makersOf) : [])];
  };
  const before = new Map<Step, Set<Step>>();
  for (const step of steps) {
    const found = new Set([...step.after, ...step.needs.flatMap(makersOf)]);
    found.delete(step);
    before.set(step, found);
  }
  for (const [fusion, own] of stepsByFusion) {
    for (const earlier of fusion.after) {
      for (const step of own)
        for (const other of stepsByFusion.get(earlier) ?? []) before.get(step)!.add(other);
    }
  }
  return { steps: inOrder(steps, before), before, outputs };
}

function lowered(
  fusion: Fusion,
  places: Places,
  isStored: (node: Tensor) => boolean,
  buffers: Buffer[],
): Step[] {
  switch (fusion.kind) {
    case "product":
      return productSteps(fusion, places, buffers);
    case "chain":
      return [chainStep(fusion, places, isStored)];
    case "adam":
      return [adamStep(fusion.step, places)];
    case "polyak":
      return [polyakStep(fusion.step, places)];
  }
  const { node } = fusion;
  const [to, from] = [places.of(node), places.of(node.inputs[0]!)];
  switch (fusion.kind) {
    case "sum":
      return sumSteps(node, from, to, buffers);
    case "slice":
      return [sliceStep(node, to, from)];
    case "broadcast":
      return [broadcastStep(node, to, from)];
    case "concat":
      return places.partsToCopy(node).map((i) => partStep(node, i, to, places.of(node.inputs[i]!)));
  }
}

/** The steps so that each comes after all it waits for, otherwise as they were. */
function inOrder(steps: readonly Step[], before: ReadonlyMap<Step, ReadonlySet<Step>>): Step[] {
  const order = new Set<Step>();
  const stack = [...steps].reverse();
  while (stack.length > 0) {
    const step = stack.at(-1)!;
    const waiting = [...before.get(step)!].filter((other) => !order.has(other));
    if (order.has(step) || waiting.length === 0) {
      order.add(step);
      stack.pop();
    } else {
      stack.push(...waiting);
    }
  }
  return [...order];
}
