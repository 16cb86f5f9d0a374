// Observations in memory, as they are stored: float32 as they are, or rounded to fewer bytes for large ones. What is read is
// float32 again.

/** How observations are kept. */
export type ObservationDtype = "float32" | "float16" | "uint8";
export const observationDtypes = ["float32", "float16", "uint8"] as const;

export type Stored = Float32Array | Uint16Array | Uint8Array;

export interface ObservationCodec {
  /** Room for `length` numbers. */
  make(length: number): Stored;
  /** A buffer as such numbers. */
  view(buffer: ArrayBuffer): Stored;
  /** The number that stands for `value`. */
  encode(value: number): number;
  decode(stored: number): number;
}

const same = (value: number) => value;

export const observationCodecs: Readonly<Record<ObservationDtype, ObservationCodec>> = {
  float32: {
    make: (length) => new Float32Array(length),
    view: (buffer) => new Float32Array(buffer),
    encode: same,
    decode: same,
  },
  float16: {
    make: (length) => new Uint16Array(length),
    view: (buffer) => new Uint16Array(buffer),
    encode: toHalf,
    decode: (stored) => halves()[stored]!,
  },
  // As pixels are: whole numbers from 0 to 255; others are rounded to them.
  uint8: {
    make: (length) => new Uint8Array(length),
    view: (buffer) => new Uint8Array(buffer),
    encode: (value) => Math.round(Math.min(Math.max(value, 0), 255)),
    decode: same,
  },
};

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest float16 by its bits, ties to even (IEEE 754); beyond ±65504 the largest. */
function toHalf(value: number): number {
  float[0] = Math.min(Math.max(value, -65504), 65504);
  const x = bits[0]!;
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // Below 2⁻¹⁴ numbers are whole multiples of 2⁻²⁴.
  if (magnitude < 0x38800000) return sign | roundedToEven(Math.abs(float[0]!) * 16777216);
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

function roundedToEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}

let table: Float32Array | undefined;

/** The value of every float16, by its bits. */
function halves(): Float32Array {
  if (table) return table;
  table = new Float32Array(65536);
  for (let half = 0; half < 65536; half++) {
    const [exponent, fraction] = [(half >>> 10) & 31, half & 1023];
    const sign = half < 0x8000 ? 1 : -1;
    const power = (e: number) => (e < 0 ? 1 / 2 ** -e : 2 ** e);
    table[half] =
      exponent === 31
        ? fraction === 0
          ? sign * Infinity
          : Number.NaN
        : exponent === 0
          ? (sign * fraction) / 16777216
          : sign * (1 + fraction / 1024) * power(exponent - 15);
  }
  return table;
}
