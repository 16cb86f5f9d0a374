// A vector times a matrix, in float64 and in a fixed order: the same bits wherever it runs. The kernel
// (assembly/acting.ts) has a memory of its own, which the rows that are needed are copied to, a few at a time.

import { bytesOf } from "../base64.ts";
import { kernels } from "./acting.generated.ts";

interface Kernel {
  readonly addRows: (y: number, x: number, rows: number, count: number, columns: number) => void;
}

/** Rows that are copied at a time: few enough to stay in a core's first cache. */
const AT_ONCE = 16;
const PAGE = 65536;

let module: WebAssembly.Module | undefined;

export class RowProducts {
  private readonly kernel: Kernel;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly rows: Float32Array;
  /** Places in x that are not zero. */
  private readonly active: Uint32Array;
  /** The rows of every matrix seen so far. */
  private readonly known = new WeakMap<Float32Array, readonly Float32Array[]>();

  /** @param widest the longest vector, in or out */
  constructor(widest: number) {
    const room = Math.ceil(widest / 16) * 16;
    const [xAt, rowsAt] = [8 * room, 16 * room];
    const bytes = rowsAt + 4 * AT_ONCE * room;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
    module ??= new WebAssembly.Module(bytesOf(kernels));
    this.kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
    this.y = new Float64Array(memory.buffer, 0, room);
    this.x = new Float64Array(memory.buffer, xAt, room);
    this.rows = new Float32Array(memory.buffer, rowsAt, AT_ONCE * room);
    this.active = new Uint32Array(room);
  }

  /**
   * y ← y + x·W. Zeros in x cost nothing.
   * @param w the block that holds W
   * @param first number of W's first row in it; its rows are as long as y
   */
  add(x: Float64Array, w: Float32Array, first: number, y: Float64Array): void {
    const { active, kernel, rows } = this;
    const columns = Math.ceil(y.length / 16) * 16;
    const rowsOfW = this.rowsOf(w, y.length);
    let count = 0;
    for (let i = 0; i < x.length; i++) {
      const value = x[i]!;
      if (value === 0) continue;
      this.x[count] = value;
      active[count++] = first + i;
    }
    this.y.set(y);
    for (let k = 0; k < count; k += AT_ONCE) {
      const n = Math.min(AT_ONCE, count - k);
      for (let i = 0; i < n; i++) rows.set(rowsOfW[active[k + i]!]!, i * columns);
      kernel.addRows(this.y.byteOffset, this.x.byteOffset + 8 * k, rows.byteOffset, n, columns);
    }
    for (let j = 0; j < y.length; j++) y[j] = this.y[j]!;
  }

  private rowsOf(w: Float32Array, length: number): readonly Float32Array[] {
    const known = this.known.get(w);
    if (known?.[0]?.length === length) return known;
    const count = Math.floor(w.length / length);
    const rows = Array.from({ length: count }, (_, i) => w.subarray(i * length, (i + 1) * length));
    this.known.set(w, rows);
    return rows;
  }
}
