// From a graph to what the kernels run: works, places, steps, an order, addresses, and one tape a thread.

import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { baseOf } from "../views.ts";
import { assignAddresses } from "./addresses.ts";
import { addressOf, type Buffer, newBuffer, type Place } from "./buffers.ts";
import { chainStep } from "./chain-steps.ts";
import { broadcastStep, denseStrides, moveStep, partStep, sliceStep } from "./move-steps.ts";
import { adamWorkStep, polyakWorkStep } from "./optimiser-steps.ts";
import { assignPlaces, type Places } from "./places.ts";
import { productSteps } from "./product-steps.ts";
import { rewrite } from "./rewrite.ts";
import { schedule } from "./schedule.ts";
import type { Step } from "./step.ts";
import { sumSteps } from "./sum-steps.ts";
import { instruction, Tape } from "./tape.ts";
import { groupIntoWorks, type Work, type Works } from "./works.ts";

/** Where a named array is: bytes from the start of memory, and how many floats. */
export interface Region {
  readonly address: number;
  readonly floats: number;
}

export interface Plan {
  readonly inputs: ReadonlyMap<string, Region>;
  readonly states: ReadonlyMap<string, Region>;
  readonly outputs: ReadonlyMap<string, Region>;
  readonly constants: readonly (Region & { readonly value: number })[];
  /** Instructions of each thread, as words. */
  readonly tapes: readonly (readonly number[])[];
  /** Where each tape goes, bytes from the start of memory. */
  readonly tapeAddresses: readonly number[];
  /** Bytes of memory needed. */
  readonly bytes: number;
}

/** What is too small for more than one thread: programs and single steps, by their cost in nanoseconds on one. */
export interface Thresholds {
  readonly program: number;
  readonly step: number;
}

const defaultThresholds: Thresholds = { program: 50_000, step: 2000 };

export function plan(original: Graph, threads: number, thresholds = defaultThresholds): Plan {
  const works = groupIntoWorks(rewrite(original));
  const { graph } = works;
  const places = assignPlaces(graph, works);
  const { buffers } = places;
  const { steps, before, outputs } = stepsOf(graph, works, places, buffers);
  const cost = steps.reduce((total, step) => total + step.cost, 0);
  const used = cost < thresholds.program ? 1 : threads;
  const { turns, phases } = schedule(steps, before, used, thresholds.step);

  // Every input and state has memory, also where nothing reads it. Rewriting renews nodes but keeps names.
  const inputs = new Map([...original.inputs, ...graph.inputs]);
  const states = new Map([...original.state, ...graph.state]);
  for (const node of [...inputs.values(), ...states.values()]) places.of(node);
  const scratch = new Array<number>(used).fill(0);
  for (const { step, shares } of turns) {
    for (const { thread, from, to } of shares) {
      scratch[thread] = Math.max(scratch[thread]!, step.scratch?.(from, to) ?? 0);
    }
  }
  const scratchBuffers = scratch.map((floats) => newBuffer("input", floats + 4));
  const outputPlace = (name: string, node: Tensor) => outputs.get(name) ?? places.of(node);
  const kept = [...graph.outputs].map(([name, node]) => outputPlace(name, node));
  const end = assignAddresses([...buffers, ...scratchBuffers], turns, phases, kept);

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
    states: regions(states),
    outputs: new Map(
      [...graph.outputs].map(([name, node]) => [name, regionOf(outputPlace(name, node), node)]),
    ),
    constants: buffers
      .filter(({ kind }) => kind === "constant")
      .map(({ address, floats, value }) => ({ address, floats, value: value! })),
    tapes: tapes.map(({ words }) => words),
    tapeAddresses,
    bytes: at,
  };
}

function regionOf(place: Place, node: Tensor): Region {
  return { address: addressOf(place), floats: sizeOf(node.shape) };
}

/** All steps in an order in which they could be done, what each waits for, and where outputs lie. */
function stepsOf(graph: Graph, works: Works, places: Places, buffers: Buffer[]) {
  const asked = [...graph.outputs.values(), ...graph.updates.values()];
  const needed = new Set([...works.all.flatMap(({ needs }) => needs), ...asked].map((x) => baseOf(x).base));
  const index = new Map(graph.nodes.map((node, i) => [node, i]));
  const last = (work: Work) => Math.max(...work.members.map((node) => index.get(node)!));
  const stepsByWork = new Map<Work, Step[]>();
  for (const work of [...works.all].sort((a, b) => last(a) - last(b))) {
    stepsByWork.set(
      work,
      lowered(work, places, (node) => needed.has(node), buffers),
    );
  }
  const steps = [...stepsByWork.values()].flat();

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
  for (const [work, own] of stepsByWork) {
    for (const earlier of work.after) {
      for (const step of own)
        for (const other of stepsByWork.get(earlier) ?? []) before.get(step)!.add(other);
    }
  }
  return { steps: inOrder(steps, before), before, outputs };
}

function lowered(work: Work, places: Places, isStored: (node: Tensor) => boolean, buffers: Buffer[]): Step[] {
  switch (work.kind) {
    case "product":
      return productSteps(work, places, buffers);
    case "chain":
      return [chainStep(work, places, isStored)];
    case "adam":
      return [adamWorkStep(work.step, places)];
    case "polyak":
      return [polyakWorkStep(work.step, places)];
  }
  const { node } = work;
  const [to, from] = [places.of(node), places.of(node.inputs[0]!)];
  switch (work.kind) {
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
