// The record that nearly every event file is made of: an event of wall time, step and one `simple_value`, its fields in
// their numbers' order, as every writer of protocol buffers puts them. It is read in one pass without a cursor; whatever
// looks different in a single byte is left to the general reader, which reads these too and gives the same.

/** Keys (field number and wire type) in the order in which they stand. */
const WALL_TIME = 0x09;
const STEP = 0x10;
const SUMMARY = 0x2a;
const VALUE = 0x0a;
const TAG = 0x0a;
const SIMPLE_VALUE = 0x15;

/** The last plain scalar read: its numbers, and where its tag stands. */
export class PlainScalar {
  tagStart = 0;
  tagEnd = 0;
  step = 0;
  value = 0;
  /** Seconds since 1970. */
  wallTime = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Whether `bytes[start, end)` is one; only then the fields are those of it. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    // Twenty bytes at least: the key and time, two lengths with keys, an empty tag, the number.
    if (end - start < 20 || bytes[start] !== WALL_TIME) return false;
    let at = start + 9;
    let step = 0;
    if (bytes[at] === STEP) {
      // Up to 28 bits; the general reader takes longer steps, and negative ones.
      let byte = bytes[++at]!;
      step = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        if (shift > 21) return false;
        byte = bytes[++at]!;
        step |= (byte & 127) << shift;
      }
      at++;
    }
    // One byte a length: all that follows must end where the record does.
    if (bytes[at] !== SUMMARY || bytes[at + 1]! > 127 || at + 2 + bytes[at + 1]! !== end) return false;
    if (bytes[at + 2] !== VALUE || at + 4 + bytes[at + 3]! !== end || bytes[at + 4] !== TAG) return false;
    const tagEnd = at + 6 + bytes[at + 5]!;
    if (tagEnd + 5 !== end || bytes[tagEnd] !== SIMPLE_VALUE) return false;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.tagStart = at + 6;
    this.tagEnd = tagEnd;
    this.step = step;
    this.value = this.#view.getFloat32(tagEnd + 1, true);
    this.wallTime = this.#view.getFloat64(start + 1, true);
    return true;
  }
}
