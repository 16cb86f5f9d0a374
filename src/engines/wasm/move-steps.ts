// Steps that move numbers rather than compute them: slices and concatenations across rows, broadcasts, copies.

import { type Shape, sizeOf, type Tensor } from "../../graph/index.ts";
import { addressOf, type Place, whole } from "./buffers.ts";
import type { Step } from "./step.ts";
import { instruction } from "./tape.ts";

interface Strided {
  readonly place: Place;
  /** Floats from one index to the next, for each axis. */
  readonly strides: readonly number[];
}

interface Move {
  readonly needs: readonly Tensor[];
  readonly makes: readonly Tensor[];
  readonly after?: readonly Step[];
  readonly shape: Shape;
  readonly to: Strided;
  readonly from: Strided;
}

/** The kernel's dimensions; further ones are written out as instructions. */
const DIMENSIONS = 4;
const COPIED = 0.3;

export function moveStep({ needs, makes, after = [], shape, to, from }: Move): Step {
  const axes = mergedAxes(shape, to.strides, from.strides);
  const [outer, ...inner] = axes;
  const reach = (which: "to" | "from") =>
    axes.reduce((last, axis) => last + (axis.size - 1) * axis[which], 1);
  return {
    needs,
    makes,
    after,
    reads: [whole(from.place, reach("from"))],
    writes: [whole(to.place, reach("to"))],
    size: outer!.size,
    grain: 1,
    cost: sizeOf(shape) * COPIED,
    emit(tape, start, end) {
      const write = (rest: readonly Axis[], target: number, source: number) => {
        if (rest.length > DIMENSIONS) {
          const [first, ...others] = rest;
          for (let i = 0; i < first!.size; i++) {
            write(others, target + 4 * i * first!.to, source + 4 * i * first!.from);
          }
          return;
        }
        const filled = [...Array<Axis>(DIMENSIONS - rest.length).fill({ size: 1, to: 0, from: 0 }), ...rest];
        tape.push(instruction.copy, target, ...filled.map((axis) => axis.to));
        tape.push(source, ...filled.map((axis) => axis.from), ...filled.map((axis) => axis.size));
      };
      const part = { ...outer!, size: end - start };
      const target = addressOf(to.place) + 4 * start * part.to;
      write([part, ...inner], target, addressOf(from.place) + 4 * start * part.from);
    },
  };
}

/** Strides of an array of `shape` that has no gaps. */
export function denseStrides(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** A slice that is no view. */
export function sliceStep(node: Tensor, to: Place, from: Place): Step {
  const { op } = node;
  if (op.kind !== "slice") throw new Error(`unreachable: ${op.kind}`);
  const strides = denseStrides(node.inputs[0]!.shape);
  const start = { buffer: from.buffer, offset: from.offset + op.start * strides[op.axis]! };
  return moveStep({
    needs: node.inputs,
    makes: [node],
    shape: node.shape,
    to: { place: to, strides: denseStrides(node.shape) },
    from: { place: start, strides },
  });
}

/** A broadcast laid out in full. */
export function broadcastStep(node: Tensor, to: Place, from: Place): Step {
  const x = node.inputs[0]!;
  const lead = node.shape.length - x.shape.length;
  const dense = denseStrides(x.shape);
  const strides = node.shape.map((_, axis) =>
    axis < lead || x.shape[axis - lead] === 1 ? 0 : dense[axis - lead]!,
  );
  return moveStep({
    needs: node.inputs,
    makes: [node],
    shape: node.shape,
    to: { place: to, strides: denseStrides(node.shape) },
    from: { place: from, strides },
  });
}

/** Part number `i` of a concatenation, copied to where it belongs. */
export function partStep(node: Tensor, i: number, to: Place, from: Place): Step {
  const { op, inputs } = node;
  if (op.kind !== "concat") throw new Error(`unreachable: ${op.kind}`);
  const strides = denseStrides(node.shape);
  const before = inputs.slice(0, i).reduce((total, x) => total + x.shape[op.axis]!, 0);
  const { shape } = inputs[i]!;
  return moveStep({
    needs: [inputs[i]!],
    makes: [node],
    shape,
    to: { place: { buffer: to.buffer, offset: to.offset + before * strides[op.axis]! }, strides },
    from: { place: from, strides: denseStrides(shape) },
  });
}

interface Axis {
  readonly size: number;
  readonly to: number;
  readonly from: number;
}

/** Axes without those of size 1, and with neighbours made one where both arrays step alike; at least one. */
function mergedAxes(shape: Shape, to: readonly number[], from: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const axis = { size, to: to[i]!, from: from[i]! };
    const last = axes.at(-1);
    if (last !== undefined && last.to === axis.to * size && last.from === axis.from * size) {
      axes[axes.length - 1] = { ...axis, size: last.size * size };
    } else {
      axes.push(axis);
    }
  });
  return axes.length > 0 ? axes : [{ size: 1, to: 1, from: 1 }];
}
