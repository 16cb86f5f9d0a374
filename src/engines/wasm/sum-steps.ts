// Sums as steps. Axes are merged until the array is [outer, summed, inner]; where summed axes are not neighbours, one
// group of them is summed after the other.

import { sizeOf, type Tensor } from "../../graph/index.ts";
import { addressOf, type Buffer, newBuffer, type Place, shared, whole } from "./buffers.ts";
import type { Step } from "./step.ts";
import { instruction } from "./tape.ts";

const ADDED = 0.12;

export function sumSteps(node: Tensor, from: Place, to: Place, buffers: Buffer[]): Step[] {
  const { op } = node;
  if (op.kind !== "sum") throw new Error(`unreachable: ${op.kind}`);
  const groups: { size: number; summed: boolean }[] = [];
  node.inputs[0]!.shape.forEach((size, axis) => {
    if (size === 1) return;
    const summed = op.axes.includes(axis);
    const last = groups.at(-1);
    if (last?.summed === summed) last.size *= size;
    else groups.push({ size, summed });
  });

  const steps: Step[] = [];
  let source = from;
  for (let at = groups.findLastIndex(({ summed }) => summed); at >= 0; ) {
    const sizes = (part: typeof groups) => sizeOf(part.map(({ size }) => size));
    const [outer, inner] = [sizes(groups.slice(0, at)), sizes(groups.slice(at + 1))];
    const summed = groups[at]!.size;
    groups.splice(at, 1);
    at = groups.findLastIndex((group) => group.summed);
    const isLast = at < 0;
    const target = isLast ? to : { buffer: newBuffer("temporary", outer * inner), offset: 0 };
    if (!isLast) buffers.push(target.buffer);
    const step = sumStep(source, target, outer, summed, inner);
    steps.push({
      ...step,
      needs: node.inputs,
      makes: isLast ? [node] : [],
      after: steps.slice(-1),
    });
    source = target;
  }
  return steps;
}

function sumStep(from: Place, to: Place, outer: number, summed: number, inner: number): Step {
  const byColumns = outer === 1 && inner > 1;
  return {
    needs: [],
    makes: [],
    after: [],
    reads: [byColumns ? whole(from, summed * inner) : shared(from, summed * inner)],
    writes: [byColumns ? shared(to, 1) : shared(to, inner)],
    size: byColumns ? inner : outer,
    grain: byColumns ? 16 : 1,
    cost: outer * summed * inner * ADDED,
    emit(tape, start, end) {
      const step = byColumns ? 1 : summed * inner;
      const toStep = byColumns ? 1 : inner;
      tape.push(instruction.sum, addressOf(to) + 4 * start * toStep, 4 * inner);
      tape.push(addressOf(from) + 4 * start * step, 4 * summed * inner);
      tape.push(byColumns ? 1 : end - start, summed, 4 * inner, byColumns ? end - start : inner);
    },
  };
}
