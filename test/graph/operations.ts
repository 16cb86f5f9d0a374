// Random uses of every operation, for tests that hold two implementations against each other: shapes with size-1
// axes, broadcasts both ways, all transposes. Values keep away from kinks (0 for relu, equal operands for minimum,
// the bounds of clamp), so that finite differences are meaningful.

import fc from "fast-check";
import {
  add,
  broadcastTo,
  clamp,
  concat,
  divide,
  exp,
  log,
  matmul,
  maximum,
  mean,
  minimum,
  multiply,
  negate,
  reciprocal,
  relu,
  reshape,
  type Shape,
  sigmoid,
  sizeOf,
  slice,
  softplus,
  sqrt,
  square,
  step,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tanh,
} from "../../src/graph/index.ts";
import { RandomStream } from "../../src/random/index.ts";

/** One use of an operation. */
export interface Use {
  readonly operands: readonly Shape[];
  /** Whether the operation needs operands above 0. */
  readonly positive: boolean;
  /** Seeds the operands' values. */
  readonly seed: number;
  make(operands: readonly Tensor[]): Tensor;
}

/** Values of the operands. */
export function valuesOf({ operands, positive, seed }: Use): Float32Array[] {
  const random = new RandomStream(seed, "operands");
  return operands.map((shape, i) =>
    Float32Array.from({ length: sizeOf(shape) }, () => {
      const tenths = Math.round(random.uniformBetween(-20, 20));
      return (positive ? Math.abs(tenths) + 3 : tenths) / 10 + 0.013 + 0.021 * i;
    }),
  );
}

const dimension = fc.constantFrom(1, 2, 3, 4);
const anyShape = fc.array(dimension, { maxLength: 4 }).filter((shape) => sizeOf(shape) <= 36);
const someShape = anyShape.filter((shape) => shape.length > 0);
const seed = fc.nat();

/** Two shapes that broadcast together: axes dropped to size 1 in either, leading axes cut off one of them. */
const pair = fc
  .tuple(anyShape, fc.array(fc.constantFrom("both", "a", "b"), { minLength: 4, maxLength: 4 }), fc.nat(3))
  .chain(([shape, keeps, cut]) => {
    const thin = (side: "a" | "b") => shape.map((d, i) => (keeps[i] === "both" || keeps[i] === side ? d : 1));
    return fc.constantFrom([thin("a").slice(cut), thin("b")], [thin("a"), thin("b").slice(cut)]);
  });

const unary = (operation: (x: Tensor) => Tensor, positive = false) =>
  fc.record({ shape: anyShape, seed }).map(
    ({ shape, seed }): Use => ({
      operands: [shape],
      positive,
      seed,
      make: ([x]) => operation(x!),
    }),
  );

const binary = (operation: (a: Tensor, b: Tensor) => Tensor, positive = false) =>
  fc.record({ shapes: pair, seed }).map(
    ({ shapes, seed }): Use => ({
      operands: shapes,
      positive,
      seed,
      make: ([a, b]) => operation(a!, b!),
    }),
  );

const axesOf = (shape: Shape) => fc.subarray(shape.map((_, i) => i));

/** Random uses by the operation's name. */
export const operations: Readonly<Record<string, fc.Arbitrary<Use>>> = {
  add: binary(add),
  subtract: binary(subtract),
  multiply: binary(multiply),
  divide: binary(divide, true),
  minimum: binary(minimum),
  maximum: binary(maximum),
  "multiply by itself": unary((x) => multiply(x, x)),
  negate: unary(negate),
  exp: unary(exp),
  log: unary(log, true),
  sqrt: unary(sqrt, true),
  square: unary(square),
  reciprocal: unary(reciprocal, true),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  relu: unary(relu),
  step: unary(step),
  "clamp between": unary((x) => clamp(x, -0.5, 0.7)),
  "clamp below": unary((x) => clamp(x, -Infinity, 0.7)),
  "clamp above": unary((x) => clamp(x, -0.5, Infinity)),
  "clamp to nothing": unary((x) => clamp(x, -Infinity, Infinity)),
  stopGradient: unary((x) => multiply(stopGradient(x), x)),
  matmul: fc
    .record({
      n: dimension,
      k: dimension,
      m: dimension,
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      seed,
    })
    .map(({ n, k, m, transposeA, transposeB, seed }) => ({
      operands: [transposeA ? [k, n] : [n, k], transposeB ? [m, k] : [k, m]],
      positive: false,
      seed,
      make: ([a, b]) => matmul(a!, b!, { transposeA, transposeB }),
    })),
  "matmul plus bias": fc
    .record({ n: dimension, k: dimension, m: dimension, first: fc.boolean(), form: fc.nat(3), seed })
    .map(({ n, k, m, first, form, seed }) => ({
      operands: [[n, k], [m, k], [[1, m], [m], [n, m], [n, 1]][form]!],
      positive: false,
      seed,
      make: ([a, b, bias]) => {
        const product = matmul(a!, b!, { transposeB: true });
        return first ? add(bias!, product) : add(product, bias!);
      },
    })),
  sum: anyShape.chain((shape) =>
    fc.record({ axes: axesOf(shape), keep: fc.boolean(), seed }).map(({ axes, keep, seed }) => ({
      operands: [shape],
      positive: false,
      seed,
      make: ([x]) => sum(x!, axes, keep),
    })),
  ),
  mean: anyShape.chain((shape) =>
    fc.record({ axes: axesOf(shape), keep: fc.boolean(), seed }).map(({ axes, keep, seed }) => ({
      operands: [shape],
      positive: false,
      seed,
      make: ([x]) => mean(x!, axes, keep),
    })),
  ),
  broadcast: fc
    .record({
      shape: anyShape,
      ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      cut: fc.nat(3),
      seed,
    })
    .map(({ shape, ones, cut, seed }) => ({
      operands: [shape.map((d, i) => (ones[i] ? 1 : d)).slice(cut)],
      positive: false,
      seed,
      make: ([x]) => broadcastTo(x!, shape),
    })),
  "operation on two broadcasts": fc
    .record({ shape: someShape, ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), seed })
    .map(({ shape, ones, seed }) => {
      const thin = shape.map((d, i) => (ones[i] ? 1 : d));
      return {
        operands: [thin, thin],
        positive: false,
        seed,
        make: ([a, b]) => multiply(broadcastTo(a!, shape), broadcastTo(b!, shape)),
      };
    }),
  reshape: anyShape.map((shape) => ({
    operands: [shape],
    positive: false,
    seed: 1,
    make: ([x]) => reshape(x!, [1, ...[...shape].reverse()]),
  })),
  slice: someShape.chain((shape) =>
    fc
      .record({ axis: fc.nat(shape.length - 1), a: fc.nat(3), b: fc.nat(3), seed })
      .map(({ axis, a, b, seed }) => {
        const size = shape[axis]!;
        const start = Math.min(a % size, b % size);
        const end = Math.max(a % size, b % size) + 1;
        return { operands: [shape], positive: false, seed, make: ([x]) => slice(x!, axis, start, end) };
      }),
  ),
  "several slices": someShape.chain((shape) =>
    fc
      .record({
        axis: fc.nat(shape.length - 1),
        parts: fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 4 }),
        seed,
      })
      .map(({ axis, parts, seed }) => ({
        operands: [shape],
        positive: false,
        seed,
        make: ([x]) => {
          const size = shape[axis]!;
          const sums = parts.map(([a, b], i) => {
            const part = slice(x!, axis, Math.min(a % size, b % size), Math.max(a % size, b % size) + 1);
            return multiply(sum(square(part)), i + 1);
          });
          return sums.reduce((total, part) => add(total, part));
        },
      })),
  ),
  concat: someShape.chain((shape) =>
    fc
      .record({
        axis: fc.nat(shape.length - 1),
        sizes: fc.array(dimension, { minLength: 1, maxLength: 3 }),
        seed,
      })
      .map(({ axis, sizes, seed }) => ({
        operands: sizes.map((size) => shape.map((d, i) => (i === axis ? size : d))),
        positive: false,
        seed,
        make: (parts) => concat([...parts, parts[0]!], axis),
      })),
  ),
};
