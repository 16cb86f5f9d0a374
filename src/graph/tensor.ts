// A tensor here is a promise of numbers: an immutable node that knows its shape, the operation that makes it and
// the tensors it is made from. Building one computes nothing; engines run the graph that `defineGraph` collects.
// All values are float32 when run by an engine (the reference evaluator uses float64).

import { TemperedError } from "../errors.ts";

/** Dimensions, outermost first; `[]` is a scalar. Every dimension is known when the graph is built. */
export type Shape = readonly number[];

/** Operations of one tensor, element by element. */
export type UnaryKind =
  | "negate"
  | "exp"
  | "log"
  | "sqrt"
  | "square"
  | "reciprocal"
  | "tanh"
  | "sigmoid"
  | "softplus"
  | "relu"
  | "step";

/** Operations of two tensors, element by element. */
export type BinaryKind = "add" | "subtract" | "multiply" | "divide" | "minimum" | "maximum";

/** An operation with its settings. */
export type Op =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "state"; readonly name: string }
  /** One number at every place. */
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: UnaryKind }
  | { readonly kind: BinaryKind }
  | { readonly kind: "clamp"; readonly min: number; readonly max: number }
  | { readonly kind: "matmul"; readonly transposeA: boolean; readonly transposeB: boolean }
  /** Sum over `axes` (ascending); the summed axes disappear, or stay with size 1. */
  | { readonly kind: "sum"; readonly axes: readonly number[]; readonly keepAxes: boolean }
  | { readonly kind: "broadcast" }
  | { readonly kind: "reshape" }
  | { readonly kind: "slice"; readonly axis: number; readonly start: number; readonly end: number }
  | { readonly kind: "concat"; readonly axis: number }
  | { readonly kind: "stopGradient" }
  /** One of the three results of a step of Adam; see optimisers.ts. */
  | {
      readonly kind: "adam";
      readonly part: "parameter" | "moment1" | "moment2";
      readonly beta1: number;
      readonly beta2: number;
    }
  | { readonly kind: "polyak"; readonly tau: number };

/** The names of all operations. */
export type OpKind = Op["kind"];

/** A node of a graph: an operation, what it is of, and the shape that comes of it. */
export interface Tensor {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
}

/** Shapes that do not fit an operation; the message names the operation and every shape involved. */
export class ShapeError extends TemperedError {
  constructor(message: string) {
    super("SHAPE", message);
  }
}

/** A value handed in at every run, such as a batch. Names are unique within a graph. */
export function input(name: string, shape: Shape): Tensor {
  return { op: { kind: "input", name }, inputs: [], shape: checked(shape, `input "${name}"`) };
}

/** A value that the program keeps between runs: weights, optimiser moments, log α. */
export function state(name: string, shape: Shape): Tensor {
  return { op: { kind: "state", name }, inputs: [], shape: checked(shape, `state "${name}"`) };
}

/** `value` at every place of `shape` (default: a scalar). */
export function constant(value: number, shape: Shape = []): Tensor {
  return { op: { kind: "constant", value }, inputs: [], shape: checked(shape, "constant") };
}

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** A shape as people write it, [2, 3]. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

function checked(shape: Shape, what: string): Shape {
  if (!shape.every((dimension) => Number.isInteger(dimension) && dimension > 0)) {
    throw new ShapeError(
      `Expected every dimension of ${what} to be a positive integer, got ${formatShape(shape)}`,
    );
  }
  return shape;
}
