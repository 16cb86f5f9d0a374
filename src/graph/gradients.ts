// Reverse-mode differentiation: the chain rule applied to a graph gives another graph. Starting from d loss/d loss
// = 1, every node hands each of its inputs the part of the gradient that reached it, outputs first.

import { topologicalOrder } from "./graph.ts";
import {
  add,
  broadcastTo,
  concat,
  divide,
  matmul,
  multiply,
  negate,
  reshape,
  slice,
  square,
  step,
  subtract,
  sum,
} from "./ops.ts";
import { constant, formatShape, ShapeError, sameShape, type Tensor } from "./tensor.ts";

/**
 * d loss / d parameter for each of `parameters`, in their order and with their shapes.
 *
 * @param loss a scalar, or a tensor of one element
 * @param parameters any tensors of the graph; zero where the loss does not depend on one
 * @throws ShapeError if the loss has more than one element
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.shape.some((dimension) => dimension !== 1)) {
    throw new ShapeError(
      `Expected a loss of one element, got shape ${formatShape(loss.shape)}; sum or mean it first`,
    );
  }
  const order = topologicalOrder([loss]);
  const wanted = dependents(order, parameters);
  const collected = new Map<Tensor, Contribution[]>([[loss, [{ gradient: constant(1, loss.shape) }]]]);
  const total = (tensor: Tensor) => {
    const parts = collected.get(tensor);
    return parts === undefined ? undefined : combined(tensor, parts);
  };

  const found = new Map<Tensor, Tensor | undefined>();
  for (const tensor of order.reverse()) {
    if (!wanted.has(tensor)) continue;
    const gradient = total(tensor);
    found.set(tensor, gradient);
    if (gradient === undefined) continue;
    tensor.inputs.forEach((x, i) => {
      if (!wanted.has(x)) return;
      const contribution = backward(tensor, i, gradient);
      if (contribution === undefined) return;
      const parts = collected.get(x) ?? [];
      parts.push(contribution);
      collected.set(x, parts);
    });
  }
  return parameters.map((parameter) => found.get(parameter) ?? constant(0, parameter.shape));
}

/** A gradient for all of a tensor, or for the part of it between `start` and `end` along `axis`. */
interface Contribution {
  readonly gradient: Tensor;
  readonly part?: { readonly axis: number; readonly start: number; readonly end: number };
}

/** What flows from `y` to its input number `i`, given d loss/d y; undefined where nothing does. */
function backward(y: Tensor, i: number, dy: Tensor): Contribution | undefined {
  const x = y.inputs[i]!;
  const other = y.inputs[1 - i];
  const whole = (gradient: Tensor): Contribution => ({ gradient: unbroadcast(gradient, x) });
  const { op } = y;
  switch (op.kind) {
    case "add":
      return whole(dy);
    case "subtract":
      return whole(i === 0 ? dy : negate(dy));
    case "multiply":
      return whole(multiply(dy, other!));
    case "divide":
      return whole(i === 0 ? divide(dy, other!) : negate(divide(multiply(dy, y), x)));
    case "minimum":
      return whole(multiply(dy, firstIsLess(y, i)));
    case "maximum":
      return whole(multiply(dy, subtract(1, firstIsLess(y, i))));
    case "negate":
      return whole(negate(dy));
    case "exp":
      return whole(multiply(dy, y));
    case "log":
      return whole(divide(dy, x));
    case "sqrt":
      return whole(divide(multiply(dy, 0.5), y));
    case "square":
      return whole(multiply(dy, multiply(2, x)));
    case "reciprocal":
      return whole(negate(multiply(dy, square(y))));
    case "tanh":
      return whole(multiply(dy, subtract(1, square(y))));
    case "sigmoid":
      return whole(multiply(dy, multiply(y, subtract(1, y))));
    case "softplus":
      return whole(multiply(dy, { op: { kind: "sigmoid" }, inputs: [x], shape: x.shape }));
    case "relu":
      return whole(multiply(dy, step(y)));
    case "clamp": {
      const above = Number.isFinite(op.min) ? step(subtract(x, op.min)) : undefined;
      const below = Number.isFinite(op.max) ? step(subtract(op.max, x)) : undefined;
      const inside = above && below ? multiply(above, below) : (above ?? below);
      return whole(inside ? multiply(dy, inside) : dy);
    }
    case "matmul": {
      const { transposeA, transposeB } = op;
      if (i === 0) {
        return whole(
          transposeA
            ? matmul(other!, dy, { transposeA: transposeB, transposeB: true })
            : matmul(dy, other!, { transposeB: !transposeB }),
        );
      }
      return whole(
        transposeB
          ? matmul(dy, other!, { transposeA: true, transposeB: transposeA })
          : matmul(other!, dy, { transposeA: !transposeA }),
      );
    }
    case "sum": {
      const kept = x.shape.map((dimension, axis) => (op.axes.includes(axis) ? 1 : dimension));
      return whole(broadcastTo(reshape(dy, kept), x.shape));
    }
    case "broadcast":
      return whole(dy);
    case "reshape":
      return whole(reshape(dy, x.shape));
    case "slice":
      return { gradient: dy, part: { axis: op.axis, start: op.start, end: op.end } };
    case "concat": {
      const before = y.inputs.slice(0, i).reduce((size, part) => size + part.shape[op.axis]!, 0);
      return whole(slice(dy, op.axis, before, before + x.shape[op.axis]!));
    }
    case "step":
    case "stopGradient":
    case "adam":
    case "polyak":
    case "input":
    case "state":
    case "constant":
      return undefined;
  }
}

/** 1 where input `i` of a minimum (or the other input of a maximum) is the chosen one; ties go to the second. */
function firstIsLess(y: Tensor, i: number): Tensor {
  const [a, b] = y.inputs as [Tensor, Tensor];
  const aIsLess = step(subtract(b, a));
  return i === 0 ? aIsLess : subtract(1, aIsLess);
}

/** Sums away what broadcasting repeated, so that a gradient has the shape of `x` again. */
function unbroadcast(gradient: Tensor, x: Tensor): Tensor {
  if (sameShape(gradient.shape, x.shape)) return gradient;
  const extra = gradient.shape.length - x.shape.length;
  if (extra < 0) return broadcastTo(gradient, x.shape);
  const axes = gradient.shape.flatMap((dimension, axis) =>
    axis < extra || (x.shape[axis - extra] === 1 && dimension !== 1) ? [axis] : [],
  );
  const summed = axes.length > 0 ? sum(gradient, axes, true) : gradient;
  const reduced = extra > 0 ? reshape(summed, summed.shape.slice(extra)) : summed;
  return broadcastTo(reduced, x.shape);
}

/** The sum of all contributions; parts that tile the tensor are laid side by side instead of padded and added. */
function combined(x: Tensor, contributions: readonly Contribution[]): Tensor {
  const wholes = contributions.filter(({ part }) => part === undefined).map(({ gradient }) => gradient);
  const groups = new Map<number, Contribution[]>();
  for (const contribution of contributions) {
    if (contribution.part === undefined) continue;
    const group = groups.get(contribution.part.axis) ?? [];
    group.push(contribution);
    groups.set(contribution.part.axis, group);
  }
  for (const [axis, group] of groups) wholes.push(...laidOut(x, axis, group));
  return wholes.reduce((a, b) => add(a, b));
}

function laidOut(x: Tensor, axis: number, group: readonly Contribution[]): Tensor[] {
  const merged = new Map<string, { start: number; end: number; gradient: Tensor }>();
  for (const { gradient, part } of group) {
    const key = `${part!.start}-${part!.end}`;
    const same = merged.get(key);
    merged.set(key, {
      start: part!.start,
      end: part!.end,
      gradient: same === undefined ? gradient : add(same.gradient, gradient),
    });
  }
  const parts = [...merged.values()].sort((a, b) => a.start - b.start);
  const overlap = parts.some((part, i) => i > 0 && part.start < parts[i - 1]!.end);
  const rows = overlap ? parts.map((part) => [part]) : [parts];
  return rows.map((row) => {
    const tiles: Tensor[] = [];
    let at = 0;
    const gap = (end: number) => {
      if (end > at)
        tiles.push(
          constant(
            0,
            x.shape.map((d, i) => (i === axis ? end - at : d)),
          ),
        );
    };
    for (const part of row) {
      gap(part.start);
      tiles.push(part.gradient);
      at = part.end;
    }
    gap(x.shape[axis]!);
    return concat(tiles, axis);
  });
}

/** The tensors of `order` whose value depends on one of `parameters` by a path that lets gradients through. */
function dependents(order: readonly Tensor[], parameters: readonly Tensor[]): Set<Tensor> {
  const found = new Set<Tensor>(parameters);
  for (const tensor of order) {
    if (tensor.op.kind !== "stopGradient" && tensor.inputs.some((x) => found.has(x))) found.add(tensor);
  }
  return found;
}
