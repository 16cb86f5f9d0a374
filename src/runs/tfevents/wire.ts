// Protobuf's wire format, read in place: a cursor over a stretch of bytes that yields field numbers and skips what
// nobody asked for. Nothing is copied, and a message that runs past its own end stops being read.

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

/** A cursor over `bytes[at, end)`. After `next()`, `field` and `wire` describe the field whose value is to be read
 * (or skipped) before the next call. */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  field = 0;
  wire = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Points the cursor at a message; reusable, so that one reader serves a whole file. */
  open(bytes: Uint8Array, from: number, to: number): this {
    if (bytes.buffer !== this.#view.buffer || bytes.byteOffset !== this.#view.byteOffset) {
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    return this;
  }

  /** False at the end of the message, or where it is malformed. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const key = this.varint();
    this.field = Math.floor(key / 8);
    this.wire = key & 7;
    return this.field > 0 && this.at <= this.end;
  }

  /** Unsigned, or two's complement where all ten bytes are there (negative int64). */
  varint(): number {
    const first = this.at < this.end ? this.bytes[this.at]! : 0;
    if (first < 128) {
      this.at++;
      return first;
    }
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) return 0;
      const byte = this.bytes[this.at++]!;
      if (shift < 28) low += (byte & 127) * 2 ** shift;
      else high += (byte & 127) * 2 ** (shift - 28);
      if (byte < 128) break;
    }
    // `low` holds 28 bits; the sign of a 64-bit integer is bit 35 of `high`.
    const magnitude = high % 2 ** 36;
    return magnitude >= 2 ** 35 ? (magnitude - 2 ** 36) * 2 ** 28 + low : magnitude * 2 ** 28 + low;
  }

  float64(): number {
    this.at += 8;
    return this.at <= this.end ? this.#view.getFloat64(this.at - 8, true) : Number.NaN;
  }

  float32(): number {
    this.at += 4;
    return this.at <= this.end ? this.#view.getFloat32(this.at - 4, true) : Number.NaN;
  }

  /** Reads the length of a length-delimited value and returns where it ends; the value begins at `at`. */
  delimited(): number {
    const length = this.varint();
    const end = this.at + length;
    return length >= 0 && end <= this.end ? end : this.end;
  }

  /** Passes over the current field's value. */
  skip(): void {
    if (this.wire === WIRE_VARINT) this.varint();
    else if (this.wire === WIRE_FIXED64) this.at += 8;
    else if (this.wire === WIRE_BYTES) this.at = this.delimited();
    else if (this.wire === WIRE_FIXED32) this.at += 4;
    else this.at = this.end;
  }
}
