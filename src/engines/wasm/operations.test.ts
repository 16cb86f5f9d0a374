// Every operation against the float64 reference, over random shapes: size 1, odd sizes, sizes that are no multiples of
// a vector or a tile, NaN and infinities among the values.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  broadcastTo,
  clamp,
  concat,
  constant,
  defineGraph,
  divide,
  evaluate,
  exp,
  type Graph,
  input,
  log,
  matmul,
  maximum,
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
  subtract,
  sum,
  type Tensor,
  tanh,
} from "../../graph/index.ts";
import { wasmEngine } from "./index.ts";

const engine = await wasmEngine();

/** Relative to the largest value that goes into a result: sums of many terms may cancel. */
const TOLERANCE = 2e-6;

const dimension = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33);
const shapeOf = (ranks: { minLength: number; maxLength: number }) =>
  fc.array(dimension, ranks).filter((shape) => sizeOf(shape) <= 4000);
const anyShape = shapeOf({ minLength: 0, maxLength: 4 });
const seed = fc.integer({ min: 1, max: 2 ** 31 - 2 });

const special = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-40, 88.5, -104, 1e30, -1e30];
/** Where values are summed, the huge ones are left out: float64 can subtract their squares, float32 cannot. */
const summable = special.slice(0, -2);

/** Float32 values from a linear congruential generator; with `specials`, one in six is out of the ordinary. */
function values(shape: Shape, from: number, specials: readonly number[]): Float32Array {
  let state = from;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Float32Array.from({ length: sizeOf(shape) }, () => {
    if (specials.length > 0 && next() < 1 / 6) return specials[Math.floor(next() * specials.length)]!;
    return (next() * 2 - 1) * 3;
  });
}

/** @param magnitude the size of what is summed; above 1 where anything is */
async function check(graph: Graph, from: number, specials: boolean, magnitude = 1): Promise<void> {
  const inputs = Object.fromEntries(
    [...graph.inputs].map(([name, { shape }], i) => {
      return [name, values(shape, from + i, specials ? (magnitude > 1 ? summable : special) : [])];
    }),
  );
  const program = await engine.compile(graph);
  const got = program.run(inputs);
  const expected = evaluate(graph, { inputs }).outputs;
  for (const [name, reference] of Object.entries(expected)) {
    reference.forEach((value, i) => {
      const ours = got[name]![i]!;
      if (!agrees(ours, value, magnitude)) {
        expect.fail(`${name}[${i}]: ${ours} instead of ${value}`);
      }
    });
  }
  await program.dispose();
}

const MAX = 3.4028234663852886e38;

function agrees(ours: number, reference: number, magnitude: number): boolean {
  if (Number.isNaN(reference)) return Number.isNaN(ours);
  // Where float64 still has a number, float32 may have none.
  if (Math.abs(reference) > MAX) return ours === Math.sign(reference) * Infinity;
  return Math.abs(ours - reference) <= TOLERANCE * Math.max(Math.abs(reference), magnitude) + 1e-37;
}

const unary = { negate, exp, log, sqrt, square, reciprocal, tanh, sigmoid, softplus, relu, step };
const binary = { add, subtract, multiply, divide, minimum, maximum };

describe.each(Object.entries(unary))("%s", (_, operation) => {
  it("agrees with the reference", async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, seed, fc.boolean(), async (shape, from, specials) => {
        const graph = defineGraph({ outputs: { y: operation(input("x", shape)) } });
        await check(graph, from, specials, operation === negate ? 0 : 1e-30);
      }),
      { numRuns: 25 },
    );
  });
});

/** A shape and two operands' shapes that broadcast to it. */
const broadcasting = fc
  .tuple(anyShape, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), fc.nat(3), fc.boolean())
  .map(([shape, drops, cut, cutFirst]) => {
    const thinned = (offset: number) => shape.map((d, i) => (drops[offset + i] ? 1 : d));
    const [a, b] = [thinned(0), thinned(4)];
    return cutFirst ? ([a.slice(cut), b] as const) : ([a, b.slice(cut)] as const);
  });

describe.each(Object.entries(binary))("%s", (_, operation) => {
  it("agrees with the reference, broadcasts included", async () => {
    await fc.assert(
      fc.asyncProperty(broadcasting, seed, fc.boolean(), async ([a, b], from, specials) => {
        const graph = defineGraph({ outputs: { y: operation(input("a", a), input("b", b)) } });
        await check(graph, from, specials, 0);
      }),
      { numRuns: 40 },
    );
  });
});

it("clamp agrees with the reference", async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, seed, fc.boolean(), async (shape, from, specials) => {
      const x = input("x", shape);
      const outputs = {
        both: clamp(x, -1, 0.5),
        low: clamp(x, 0.25, Infinity),
        high: clamp(x, -Infinity, 1),
      };
      await check(defineGraph({ outputs }), from, specials, 0);
    }),
    { numRuns: 25 },
  );
});

describe("matmul", () => {
  const side = fc.oneof(
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom(16, 17, 20, 23, 24, 25, 31, 40, 41, 64),
  );
  const product = (n: number, k: number, m: number, transposeA: boolean, transposeB: boolean) =>
    matmul(input("a", transposeA ? [k, n] : [n, k]), input("b", transposeB ? [m, k] : [k, m]), {
      transposeA,
      transposeB,
    });
  const sizes = [side, side, side, fc.boolean(), fc.boolean()] as const;

  it("agrees with the reference in all four forms", async () => {
    await fc.assert(
      fc.asyncProperty(...sizes, seed, fc.boolean(), async (n, k, m, ta, tb, from, specials) => {
        await check(
          defineGraph({ outputs: { c: product(n, k, m, ta, tb) } }),
          from,
          specials,
          (specials ? 104 ** 2 : 9) * k,
        );
      }),
      { numRuns: 150 },
    );
  });

  it("agrees with the reference when it adds, bends and gates", async () => {
    const finishes = fc.subarray(["matrix", "row", "relu", "gate"] as const);
    await fc.assert(
      fc.asyncProperty(
        ...sizes,
        finishes,
        seed,
        fc.boolean(),
        async (n, k, m, ta, tb, parts, from, specials) => {
          let c = product(n, k, m, ta, tb);
          if (parts.includes("matrix")) c = add(input("matrix", [n, m]), c);
          if (parts.includes("row")) c = add(c, input("row", from % 2 ? [1, m] : [m]));
          if (parts.includes("relu")) c = relu(c);
          if (parts.includes("gate")) c = multiply(c, step(input("gate", [n, m])));
          await check(defineGraph({ outputs: { c } }), from, specials, (specials ? 104 ** 2 : 9) * k);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("skips the rows that a factor makes zero", async () => {
    await fc.assert(
      fc.asyncProperty(side, side, side, fc.boolean(), seed, async (n, k, m, transposeB, from) => {
        const first = step(subtract(input("q1", [1, n]), input("q2", [1, n])));
        const hidden = matmul(multiply(first, 0.5), input("w", [1, k]), { transposeA: true });
        const gated = multiply(hidden, step(input("h", [n, k])));
        const b = input("b", transposeB ? [m, k] : [k, m]);
        const c = multiply(matmul(gated, b, { transposeB }), step(input("gate", [n, m])));
        await check(defineGraph({ outputs: { c } }), from, false, 9 * k);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves out what ReLU makes zero, in all four forms, finished and not", async () => {
    // Depths around those that the kernel reads together; widths around its panels.
    const depth = fc.constantFrom(1, 2, 127, 128, 129, 256, 300);
    const width = fc.constantFrom(17, 20, 31, 32, 33, 64, 70);
    const forms = [side, depth, width, fc.boolean(), fc.boolean(), fc.boolean(), seed] as const;
    await fc.assert(
      fc.asyncProperty(...forms, async (n, k, m, ta, transposeB, finished, from) => {
        const a = relu(input("a", ta ? [k, n] : [n, k]));
        const b = input("b", transposeB ? [m, k] : [k, m]);
        const c = matmul(a, b, { transposeA: ta, transposeB });
        const y = finished ? relu(add(c, input("row", [m]))) : c;
        await check(defineGraph({ outputs: { y } }), from, false, 9 * k);
      }),
      { numRuns: 100 },
    );
  });

  it("has the bits of a product that leaves nothing out", async () => {
    const [a, b] = [input("a", [37, 300]), input("b", [300, 70])];
    const whole = await engine.compile(defineGraph({ outputs: { y: matmul(a, b) } }));
    const sparse = await engine.compile(defineGraph({ outputs: { y: matmul(relu(a), b) } }));
    const [x, w] = [values([37, 300], 5, []), values([300, 70], 6, [])];
    const inputs = { a: x.map((value) => Math.max(value, 0)), b: w };
    const expected = whole.run(inputs).y!.slice();
    expect(sparse.run({ a: x, b: w }).y).toEqual(expected);
    await whole.dispose();
    await sparse.dispose();
  });

  it("takes operands that are views of something larger", async () => {
    await fc.assert(
      fc.asyncProperty(side, side, side, seed, async (n, k, m, from) => {
        const stack = input("stack", [2 + n + k, k]);
        const wide = input("wide", [k, m + 3]);
        const outputs = {
          nn: matmul(slice(stack, 0, 2, 2 + n), slice(wide, 1, 1, 1 + m)),
          nt: slice(matmul(slice(stack, 0, 2, 2 + n), stack, { transposeB: true }), 1, 1, 1 + k),
          tn: matmul(slice(stack, 0, 1, 1 + k), slice(stack, 0, 2, 2 + k), { transposeA: true }),
        };
        await check(defineGraph({ outputs }), from, false, 9 * k);
      }),
      { numRuns: 40 },
    );
  });
});

describe("rearrangements and sums", () => {
  const shapes = shapeOf({ minLength: 1, maxLength: 5 });

  it("sum agrees with the reference over any axes", async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.nat(31),
        fc.boolean(),
        seed,
        fc.boolean(),
        async (shape, mask, keep, from, specials) => {
          const axes = shape.map((_, i) => i).filter((i) => mask & (1 << i));
          const graph = defineGraph({ outputs: { y: sum(input("x", shape), axes, keep) } });
          await check(graph, from, specials, (specials ? 104 : 3) * sizeOf(shape));
        },
      ),
      { numRuns: 80 },
    );
  });

  it("slice, concat, reshape and broadcast move every number to its place", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.nat(), fc.nat(), seed, async (shape, which, cut, more, from) => {
        const axis = which % shape.length;
        const x = input("x", shape);
        const at = cut % shape[axis]!;
        const part = (start: number, end: number): Tensor[] =>
          start < end ? [slice(x, axis, start, end)] : [];
        const grown = [(more % 3) + 1, ...shape];
        const outputs = {
          slice: slice(x, axis, at, shape[axis]!),
          swapped: concat([...part(at, shape[axis]!), ...part(0, at)], axis),
          computed: concat([negate(x), x, constant(2, shape), square(slice(x, axis, at, at + 1)), x], axis),
          reshape: negate(reshape(slice(x, 0, 0, 1), [sizeOf(shape) / shape[0]!])),
          broadcast: broadcastTo(slice(x, axis, at, at + 1), shape),
          grown: broadcastTo(x, grown),
        };
        await check(defineGraph({ outputs }), from, true, 0);
      }),
      { numRuns: 60 },
    );
  });
});
