// Products with a mask times a column times a row, δ = q · w ⊙ step(h): what comes back to a layer with ReLU from one unit,
// as in every critic. δ · Bᵀ is what comes back to the layer's input, Aᵀ · δ is its weights' gradient. The kernel takes the
// mask's bits, made first, and never δ itself (assembly/mask.ts); its sums are in another order than other products', which
// the fused arithmetic may have and the portable one has not.

import type { Tensor } from "../../graph/index.ts";
import { addressOf, type Buffer, newBuffer, type Place, shared, whole } from "./buffers.ts";
import { gateOf } from "./gates.ts";
import type { Step } from "./step.ts";
import { instruction } from "./tape.ts";

interface Operands {
  /** Whether the product is δ · Bᵀ, not Bᵀ · δ. */
  readonly toInput: boolean;
  /** What δ is made of: h [rows, columns], column [rows, 1] and row [1, columns]. */
  readonly h: Tensor;
  readonly column: Tensor;
  readonly row: Tensor;
  readonly b: Tensor;
}

/** Columns of a panel, places of a word, bytes of a panel's tables, and rows for which they are used, as the kernel has them. */
const PANEL = 32;
const WORD = 32;
const TABLES = 16 * 8 * PANEL * 4;
const BLOCK = 256;
/** Fewer rows are not worth tables. */
const FEW = 16;
/** Nanoseconds for a place of the mask, and for one that is multiplied. */
const MASKED = 0.15;
const ADDED = 0.016;

/** Where arrays lie. */
interface Placed {
  of(array: Tensor): Place;
}

/** The product with what is done to it at once. */
interface Fused {
  readonly result: Tensor;
  readonly members: readonly Tensor[];
  readonly needs: readonly Tensor[];
  readonly gate?: Tensor;
}

/** What the kernel takes for a product, and its steps. */
export interface Masked extends Operands {
  steps(fusion: Fused, places: Placed, buffers: Buffer[]): Step[];
}

/** Undefined for a product that the kernel does not do. */
export type Masking = (product: Tensor) => Masked | undefined;

export const masking: Masking = ({ op, inputs, shape }) => {
  if (op.kind !== "matmul" || op.transposeA === op.transposeB) return undefined;
  const [a, b] = inputs as [Tensor, Tensor];
  const toInput = op.transposeB;
  const [delta, other] = toInput ? [a, b] : [b, a];
  const gated = gateOf(delta);
  if (gated?.x.op.kind !== "multiply") return undefined;
  const h = gated.gate.inputs[0]!;
  const [rows, columns] = delta.shape as [number, number];
  if (h.shape[0] !== rows || h.shape[1] !== columns) return undefined;
  const { inputs: factors } = gated.x;
  const column = factors.find(({ shape }) => shape.length === 2 && shape[0] === rows && shape[1] === 1);
  const row = factors.find(
    (x) => x !== column && x.shape.at(-1) === columns && x.shape.slice(0, -1).every((n) => n === 1),
  );
  const [n, m] = toInput ? [shape[1]!, rows] : [shape[0]!, columns];
  const suits = n % PANEL === 0 && m >= FEW && (toInput || m % 4 === 0);
  if (!suits || !column || !row) return undefined;
  const operands = { toInput, h, column, row, b: other };
  return { ...operands, steps: (...given) => stepsOf(operands, ...given) };
};

function stepsOf(operands: Operands, fusion: Fused, places: Placed, buffers: Buffer[]): Step[] {
  const { toInput, h, column, row, b } = operands;
  const [rows, columns] = [column.shape[0]!, row.shape.at(-1)!];
  // The kernel's C has `m` rows, of sums over `k`; that of weights it writes transposed.
  const [m, k] = toInput ? [rows, columns] : [columns, rows];
  const n = fusion.result.shape[toInput ? 1 : 0]!;
  const words = Math.ceil(k / WORD);
  // A last row says which of the mask's rows hold what is not a number.
  const maskFloats = (words + 1) * m;
  const mask: Place = { buffer: newBuffer("temporary", maskFloats), offset: 0 };
  buffers.push(mask.buffer);
  const from = places.of(h);
  const makeMask: Step = {
    needs: [h],
    makes: [],
    after: [],
    reads: [toInput ? shared(from, columns) : whole(from, rows * columns)],
    writes: [whole(mask, maskFloats)],
    size: m,
    grain: toInput ? 1 : 16,
    cost: m * k * MASKED,
    emit(tape, start, end) {
      tape.push(toInput ? instruction.maskRows : instruction.maskColumns, addressOf(mask) + 4 * start, 4 * m);
      tape.push(addressOf(from) + 4 * start * (toInput ? columns : 1), 4 * columns, end - start, k);
    },
  };

  const [factors, factorsB] = (toInput ? [column, row] : [row, column]).map((x) => places.of(x));
  const [to, other] = [places.of(fusion.result), places.of(b)];
  const gate = fusion.gate && places.of(fusion.gate);
  const multiply: Step = {
    needs: fusion.needs,
    makes: fusion.members,
    after: [makeMask],
    reads: [
      whole(mask, maskFloats),
      toInput ? shared(factors!, 1) : whole(factors!, m),
      whole(factorsB!, k),
      whole(other, n * k),
      ...(gate ? [shared(gate, n)] : []),
    ],
    // Rows of the mask are shared out, or panels, which are rows of the result that is written transposed.
    writes: [shared(to, toInput ? n : PANEL * m)],
    size: toInput ? m : n / PANEL,
    grain: 1,
    cost: m * n * k * ADDED,
    scratch: () => TABLES / 4 + BLOCK * (1 + PANEL) + BLOCK * words * (WORD / 4),
    emit(tape, start, end, scratch) {
      const [first, count] = toInput ? [start, end - start] : [0, m];
      const [panel, wide] = toInput ? [0, n] : [PANEL * start, PANEL * (end - start)];
      const maskAt = addressOf(mask) + 4 * first;
      tape.push(instruction.maskedMatmul, toInput ? 1 : 0, maskAt, 4 * m, maskAt + 4 * words * m);
      tape.push(addressOf(factors!) + 4 * first, count);
      tape.push(addressOf(other) + 4 * panel, 4 * (toInput ? k : n), addressOf(factorsB!), wide, k);
      tape.push(addressOf(to) + 4 * (toInput ? first * n : panel * m), 4 * (toInput ? n : m));
      tape.push(gate ? addressOf(gate) + 4 * first * n : 0, 4 * n, scratch);
    },
  };
  return [makeMask, multiply];
}
