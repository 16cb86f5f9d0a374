// The operations a graph is built from. Each checks its shapes at once, so that a mistake is reported on the line
// that makes it, and broadcasting follows NumPy: shapes are aligned at their last axis, size 1 stretches.

import {
  type BinaryKind,
  constant,
  formatShape,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
  type Tensor,
  type UnaryKind,
} from "./tensor.ts";

/** A tensor, or a number that stands for a scalar constant. */
export type Operand = Tensor | number;

/** a + b, element by element; shapes are broadcast. */
export const add = (a: Operand, b: Operand): Tensor => binary("add", a, b);
/** a − b, element by element; shapes are broadcast. */
export const subtract = (a: Operand, b: Operand): Tensor => binary("subtract", a, b);
/** a · b, element by element; shapes are broadcast. */
export const multiply = (a: Operand, b: Operand): Tensor => binary("multiply", a, b);
/** a / b, element by element; shapes are broadcast. */
export const divide = (a: Operand, b: Operand): Tensor => binary("divide", a, b);
/** The smaller of a and b, element by element; shapes are broadcast. */
export const minimum = (a: Operand, b: Operand): Tensor => binary("minimum", a, b);
/** The larger of a and b, element by element; shapes are broadcast. */
export const maximum = (a: Operand, b: Operand): Tensor => binary("maximum", a, b);

/** −x, element by element. */
export const negate = (x: Operand): Tensor => unary("negate", x);
/** eˣ, element by element. */
export const exp = (x: Operand): Tensor => unary("exp", x);
/** Natural logarithm, element by element. */
export const log = (x: Operand): Tensor => unary("log", x);
/** √x, element by element. */
export const sqrt = (x: Operand): Tensor => unary("sqrt", x);
/** x², element by element. */
export const square = (x: Operand): Tensor => unary("square", x);
/** 1/x, element by element. */
export const reciprocal = (x: Operand): Tensor => unary("reciprocal", x);
/** Hyperbolic tangent, element by element. */
export const tanh = (x: Operand): Tensor => unary("tanh", x);
/** 1/(1 + e⁻ˣ), element by element. */
export const sigmoid = (x: Operand): Tensor => unary("sigmoid", x);
/** log(1 + eˣ), without overflow. */
export const softplus = (x: Operand): Tensor => unary("softplus", x);
/** max(x, 0), element by element. */
export const relu = (x: Operand): Tensor => unary("relu", x);
/** 1 where x > 0, else 0. Its gradient is 0 everywhere. */
export const step = (x: Operand): Tensor => unary("step", x);

/** x limited to [min, max]; the gradient passes where min < x < max. An infinite bound is no bound. */
export function clamp(x: Tensor, min: number, max: number): Tensor {
  if (!(min <= max))
    throw new ShapeError(`Expected clamp bounds with min ≤ max, got min ${min} and max ${max}`);
  return { op: { kind: "clamp", min, max }, inputs: [x], shape: x.shape };
}

/**
 * Matrix product of two matrices, `[n, k] · [k, m] → [n, m]`, either of them transposed first on request.
 * @throws ShapeError if either is no matrix or the inner dimensions differ
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): Tensor {
  const [n, k] = matrixShape(a, transposeA);
  const [k2, m] = matrixShape(b, transposeB);
  if (a.shape.length !== 2 || b.shape.length !== 2 || k !== k2) {
    const say = (x: Tensor, t: boolean) => `${formatShape(x.shape)}${t ? " transposed" : ""}`;
    throw new ShapeError(
      `Expected matmul of [n, k] and [k, m], got ${say(a, transposeA)} and ${say(b, transposeB)}`,
    );
  }
  return { op: { kind: "matmul", transposeA, transposeB }, inputs: [a, b], shape: [n!, m!] };
}

/** Sum over `axes` (default: all, giving a scalar). */
export function sum(x: Tensor, axes: readonly number[] = x.shape.map((_, i) => i), keepAxes = false): Tensor {
  const sorted = [...new Set(axes)].sort((a, b) => a - b);
  if (!sorted.every((axis) => x.shape[axis] !== undefined)) {
    throw new ShapeError(`Expected sum axes within shape ${formatShape(x.shape)}, got ${formatShape(axes)}`);
  }
  if (sorted.length === 0) return x;
  const shape = keepAxes
    ? x.shape.map((dimension, axis) => (sorted.includes(axis) ? 1 : dimension))
    : x.shape.filter((_, axis) => !sorted.includes(axis));
  return { op: { kind: "sum", axes: sorted, keepAxes }, inputs: [x], shape };
}

/** Arithmetic mean over `axes` (default: all, giving a scalar). */
export function mean(x: Tensor, axes?: readonly number[], keepAxes = false): Tensor {
  const total = sum(x, axes, keepAxes);
  return multiply(total, sizeOf(total.shape) / sizeOf(x.shape));
}

/** x repeated until it has `shape`, by the rules of broadcasting. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes(x.shape, shape) ?? [-1], shape)) {
    throw new ShapeError(
      `Expected a shape that ${formatShape(x.shape)} broadcasts to, got ${formatShape(shape)}`,
    );
  }
  return { op: { kind: "broadcast" }, inputs: [x], shape };
}

/** The same numbers in the same (row-major) order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(shape) !== sizeOf(x.shape) || !shape.every((d) => Number.isInteger(d) && d > 0)) {
    throw new ShapeError(
      `Expected a shape of ${sizeOf(x.shape)} elements to reshape ${formatShape(x.shape)}, got ${formatShape(shape)}`,
    );
  }
  return { op: { kind: "reshape" }, inputs: [x], shape };
}

/** The part of x from `start` (inclusive) to `end` (exclusive) along `axis`. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const dimension = x.shape[axis];
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (dimension === undefined || !whole || !(0 <= start && start < end && end <= dimension)) {
    throw new ShapeError(
      `Expected a slice within axis ${axis} of ${formatShape(x.shape)}, got from ${start} to ${end}`,
    );
  }
  if (start === 0 && end === dimension) return x;
  const shape = x.shape.map((d, i) => (i === axis ? end - start : d));
  return { op: { kind: "slice", axis, start, end }, inputs: [x], shape };
}

/** Tensors laid end to end along `axis`; all other dimensions must be equal. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0];
  if (first === undefined) throw new ShapeError("Expected at least one tensor to concat, got none");
  if (parts.length === 1) return first;
  const fits = (x: Tensor) =>
    x.shape[axis] !== undefined &&
    x.shape.length === first.shape.length &&
    x.shape.every((d, i) => i === axis || d === first.shape[i]);
  if (!parts.every(fits)) {
    const shapes = parts.map((x) => formatShape(x.shape)).join(" and ");
    throw new ShapeError(`Expected concat along axis ${axis} of shapes equal elsewhere, got ${shapes}`);
  }
  const total = parts.reduce((size, x) => size + x.shape[axis]!, 0);
  return {
    op: { kind: "concat", axis },
    inputs: parts,
    shape: first.shape.map((d, i) => (i === axis ? total : d)),
  };
}

/** x itself, but a constant to `gradients`. */
export function stopGradient(x: Tensor): Tensor {
  return { op: { kind: "stopGradient" }, inputs: [x], shape: x.shape };
}

/** The shape that a and b broadcast to, or undefined where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const da = a[a.length - rank + i] ?? 1;
    const db = b[b.length - rank + i] ?? 1;
    if (da !== db && da !== 1 && db !== 1) return undefined;
    shape.push(Math.max(da, db));
  }
  return shape;
}

function unary(kind: UnaryKind, x: Operand): Tensor {
  const tensor = asTensor(x);
  return { op: { kind }, inputs: [tensor], shape: tensor.shape };
}

function binary(kind: BinaryKind, a: Operand, b: Operand): Tensor {
  const inputs = [asTensor(a), asTensor(b)] as const;
  const shape = broadcastShapes(inputs[0].shape, inputs[1].shape);
  if (shape === undefined) {
    const [left, right] = inputs.map((x) => formatShape(x.shape));
    throw new ShapeError(`Expected shapes that broadcast to ${kind}, got ${left} and ${right}`);
  }
  return { op: { kind }, inputs, shape };
}

function asTensor(x: Operand): Tensor {
  return typeof x === "number" ? constant(x) : x;
}

function matrixShape(x: Tensor, transposed: boolean): Shape {
  return transposed ? [...x.shape].reverse() : x.shape;
}
