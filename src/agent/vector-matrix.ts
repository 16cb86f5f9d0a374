// A vector times a matrix, in float64 and in a fixed order: the same bits wherever it runs. The kernel
// (assembly/acting.ts) has a memory of its own, which the rows that are needed are copied to, a few at a time.

import { bytesOfHex } from "../bytes-as-text.ts";
import { kernels } from "./acting.generated.ts";

interface Kernel {
  readonly addRows: (y: number, x: number, rows: number, count: number, columns: number) => void;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly rows: Float32Array;
  /** Where each of `rows` stands, for the kernel. */
  readonly places: Uint32Array;
  /** Numbers of the rows that are needed. */
  readonly needed: Uint32Array;
}

/** Rows that are copied at a time: few enough to stay in a core's first cache. */
const AT_ONCE = 16;
const PAGE = 65536;

let kernel: Kernel | undefined;

/** The rows of every matrix seen so far. */
const known = new WeakMap<Float32Array, readonly Float32Array[]>();

/**
 * y ← y + x·W, one row of W after the other. Zeros in x cost nothing.
 * @param w holds W
 * @param first number of W's first row in it, when all rows are as long as y
 */
export function addProduct(x: Float64Array, w: Float32Array, first: number, y: Float64Array): void {
  const columns = roundedUp(y.length);
  if (kernel === undefined || Math.max(x.length, columns) > kernel.x.length) {
    kernel = withRoom(roundedUp(Math.max(x.length, columns)));
  }
  const { addRows, x: factors, y: sums, rows, places, needed } = kernel;
  const rowsOfW = rowsOf(w, y.length);
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    const factor = x[i]!;
    if (factor === 0) continue;
    factors[count] = factor;
    needed[count++] = first + i;
  }
  for (let i = 0; i < AT_ONCE; i++) places[i] = rows.byteOffset + 4 * i * columns;
  sums.set(y);
  for (let k = 0; k < count; k += AT_ONCE) {
    const n = Math.min(AT_ONCE, count - k);
    for (let i = 0; i < n; i++) rows.set(rowsOfW[needed[k + i]!]!, i * columns);
    addRows(sums.byteOffset, factors.byteOffset + 8 * k, places.byteOffset, n, columns);
  }
  for (let j = 0; j < y.length; j++) y[j] = sums[j]!;
}

function roundedUp(length: number): number {
  return Math.ceil(length / 16) * 16;
}

/** The kernel over a memory for vectors of `room` numbers and rows of as many. */
function withRoom(room: number): Kernel {
  const [xAt, rowsAt, placesAt] = [8 * room, 16 * room, (16 + 4 * AT_ONCE) * room];
  const memory = new WebAssembly.Memory({ initial: Math.ceil((placesAt + 4 * AT_ONCE) / PAGE) });
  const module = new WebAssembly.Module(bytesOfHex(kernels));
  const { addRows } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return {
    addRows: addRows as Kernel["addRows"],
    y: new Float64Array(memory.buffer, 0, room),
    x: new Float64Array(memory.buffer, xAt, room),
    rows: new Float32Array(memory.buffer, rowsAt, AT_ONCE * room),
    places: new Uint32Array(memory.buffer, placesAt, AT_ONCE),
    needed: new Uint32Array(room),
  };
}

function rowsOf(w: Float32Array, length: number): readonly Float32Array[] {
  const before = known.get(w);
  if (before?.[0]?.length === length) return before;
  const rows = Array.from({ length: Math.floor(w.length / length) }, (_, i) =>
    w.subarray(i * length, (i + 1) * length),
  );
  known.set(w, rows);
  return rows;
}
