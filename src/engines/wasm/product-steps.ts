// Matrix products as steps: packing what the panel kernel wants packed, then the product, shared out by rows.

import type { Tensor } from "../../graph/index.ts";
import { addressOf, type Buffer, newBuffer, type Place, shared, whole } from "./buffers.ts";
import type { Product } from "./fusions.ts";
import type { Places } from "./places.ts";
import { productKernel } from "./product-kernel.ts";
import type { Step } from "./step.ts";
import { instruction } from "./tape.ts";

/** Nanoseconds a multiply-add takes, and a float copied while packing. */
const MULTIPLY_ADD = 0.036;
const PACKED = 0.15;

/** Columns of a panel of B, as the kernels read them. */
const PANEL = 8;
const SPARSE_PANEL = 32;
/** Floats that each needs besides for a last, narrower panel; the sparse one for 40 lists of up to 129 pairs, their ends and orders, too. */
const SPARE = 5 * PANEL;
const SPARSE_SPARE = SPARSE_PANEL + 64 + 40 * (2 * 129 + 1);

interface Operands {
  /** Shape of the result. */
  readonly n: number;
  readonly m: number;
  /** Inner dimension. */
  readonly k: number;
  readonly a: Place;
  readonly b: Place;
  readonly c: Place;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export function productSteps(fusion: Product, places: Places, buffers: Buffer[]): Step[] {
  const { product, result, masked } = fusion;
  if (masked) return masked.steps(fusion, places, buffers);
  if (product.op.kind !== "matmul") throw new Error(`unreachable: ${product.op.kind}`);
  const [a, b] = product.inputs as [Tensor, Tensor];
  const { transposeA, transposeB } = product.op;
  const operands: Operands = {
    n: product.shape[0]!,
    m: product.shape[1]!,
    k: a.shape[transposeA ? 0 : 1]!,
    a: places.of(a),
    b: places.of(b),
    c: places.of(result),
    transposeA,
    transposeB,
  };
  switch (productKernel(product)) {
    case "timesMatrix":
      return [timesMatrix(fusion, operands)];
    case "timesRows":
      return [timesRows(fusion, operands)];
    case "panels":
      return panels(fusion, operands, places, buffers, false);
    case "sparse":
      return panels(fusion, operands, places, buffers, true);
  }
}

function timesMatrix(fusion: Product, { n, m, k, a, b, c, transposeA }: Operands): Step {
  // With one column, and A transposed, the result is the column's transpose times A.
  const flipped = m === 1 && transposeA;
  const [x, matrix, vectors, columns] = flipped ? [b, a, 1, n] : [a, b, n, m];
  return {
    needs: fusion.needs,
    makes: fusion.members,
    after: [],
    reads: [whole(x, vectors * k), whole(matrix, k * columns)],
    writes: [vectors === 1 ? shared(c, 1) : whole(c, vectors * columns)],
    size: columns,
    grain: 16,
    cost: vectors * k * columns * 2 * MULTIPLY_ADD,
    emit(tape, from, to) {
      for (let i = 0; i < vectors; i++) {
        const y = addressOf(c) + 4 * (i * columns + from);
        const start = addressOf(matrix) + 4 * from;
        tape.push(instruction.timesMatrix, y, addressOf(x) + 4 * i * k, start, 4 * columns, k, to - from);
      }
    },
  };
}

function timesRows(fusion: Product, { n, m, k, a, b, c }: Operands): Step {
  // The kernel takes four rows of its first matrix at a time: the one with more rows.
  const [p, many, q, few, stepP, stepQ] = n >= m ? [a, n, b, m, m, 1] : [b, m, a, n, 1, m];
  return {
    needs: fusion.needs,
    makes: fusion.members,
    after: [],
    reads: [shared(p, k), whole(q, few * k)],
    writes: [stepP >= stepQ || few === 1 ? shared(c, stepP) : whole(c, n * m)],
    size: many,
    grain: 4,
    cost: many * few * k * 1.3 * MULTIPLY_ADD,
    emit(tape, from, to) {
      const [start, rows] = [addressOf(c) + 4 * from * stepP, addressOf(p) + 4 * from * k];
      tape.push(instruction.timesRows, start, 4 * stepP, 4 * stepQ);
      tape.push(rows, 4 * k, to - from, addressOf(q), 4 * k, few, k);
    },
  };
}

function panels(
  fusion: Product,
  operands: Operands,
  places: Places,
  buffers: Buffer[],
  sparse: boolean,
): Step[] {
  const { n, m, k, a, c, transposeA } = operands;
  const width = sparse ? SPARSE_PANEL : PANEL;
  const panelFloats = Math.ceil(m / width) * width * k;
  const packed = newBuffer("temporary", panelFloats);
  buffers.push(packed);
  const to: Place = { buffer: packed, offset: 0 };
  const pack = packB(fusion.product.inputs[1]!, operands, to, width, panelFloats);

  const { flags, matrix, row, gate } = fusion;
  const [matrixPlace, rowPlace, gatePlace] = [matrix, row, gate].map((x) => x && places.of(x));
  // The sparse kernel reads a transposed A where it stands; the other wants it in panels of its own.
  const packA = transposeA && !sparse;
  const spare = sparse ? SPARSE_SPARE : m % PANEL === 0 ? 0 : SPARE;

  const multiply: Step = {
    needs: fusion.needs,
    makes: fusion.members,
    after: [pack],
    reads: [
      transposeA ? whole(a, n * k) : shared(a, k),
      whole(to, panelFloats),
      ...(matrixPlace ? [shared(matrixPlace, m)] : []),
      ...(rowPlace ? [whole(rowPlace, m)] : []),
      ...(gatePlace ? [shared(gatePlace, m)] : []),
    ],
    writes: [shared(c, m)],
    size: n,
    grain: 1,
    cost: n * m * k * MULTIPLY_ADD * (sparse ? 0.6 : 1) + (packA ? n * k * PACKED : 0),
    scratch: (from, end) => spare + (packA ? (end - from) * k : 0),
    emit(tape, from, end, scratch) {
      const at = (place: Place | undefined) => (place ? addressOf(place) + 4 * from * m : 0);
      const column = addressOf(a) + 4 * from;
      const panelsOfA = scratch + 4 * spare;
      if (packA) tape.push(instruction.packColumns, panelsOfA, column, 4 * n, end - from, k);
      const rows = packA ? panelsOfA : transposeA ? column : addressOf(a) + 4 * from * k;
      tape.push(sparse ? instruction.sparseMatmul : instruction.matmul, transposeA ? 1 : 0);
      tape.push(rows, 4 * (transposeA ? n : k), packed.address);
      tape.push(end - from, m, k, at(c), 4 * m);
      tape.push(
        flags,
        at(matrixPlace),
        4 * m,
        rowPlace ? addressOf(rowPlace) : 0,
        at(gatePlace),
        4 * m,
        scratch,
      );
    },
  };
  return [pack, multiply];
}

function packB(b: Tensor, operands: Operands, to: Place, width: number, floats: number): Step {
  const { m, k, b: from, transposeB } = operands;
  const [rows, columns] = transposeB ? [m, k] : [k, m];
  const size = transposeB ? Math.ceil(m / width) : k;
  return {
    needs: [b],
    makes: [],
    after: [],
    reads: [transposeB ? whole(from, rows * columns) : shared(from, columns)],
    // Rows go to places all over the panels; transposed, each panel is written by one thread.
    writes: [transposeB ? shared(to, width * k) : whole(to, floats)],
    size,
    grain: transposeB ? 1 : 2,
    cost: m * k * PACKED * (transposeB ? 1.5 : 1),
    emit(tape, start, end) {
      const code = transposeB ? instruction.packTransposed : instruction.packRows;
      tape.push(code, addressOf(to), addressOf(from), 4 * columns, start, end, k, m, width);
    },
  };
}
