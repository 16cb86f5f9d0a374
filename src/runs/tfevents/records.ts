// TFRecord framing, read from chunks of any size in bounded memory. Checksums are verified; where they fail, reading
// goes on at the next place that holds a valid record header, and the damage is reported with its position.
// A file that is still being written may end inside a record: that is not damage.

import { maskedCrc32c } from "./crc32c.ts";

/** Length (8 bytes) and its checksum. */
export const RECORD_HEADER_BYTES = 12;
const FOOTER_BYTES = 4;
/** Records longer than this (images, graphs) are passed over without being held in memory. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

/** A stretch of the file that could not be read. */
export interface Damage {
  readonly kind: "unreadable" | "truncated" | "oversized";
  /** Byte offset in the file where it begins. */
  readonly offset: number;
  /** Bytes passed over. */
  readonly length: number;
}

/** Called with the buffer and the record's bounds in it; the bytes are valid only during the call. */
export type OnRecord = (buffer: Uint8Array, start: number, end: number) => void;

/** Cuts pushed chunks into records. Push every chunk, then `end()` once. */
export class RecordReader {
  readonly damage: Damage[] = [];
  /** Damaged stretches in all; `damage` keeps the first 100. */
  damageCount = 0;
  readonly #onRecord: OnRecord;
  #buffer = new Uint8Array(256 * 1024);
  #start = 0;
  #end = 0;
  /** File offset of `#buffer[#start]`. */
  #offset = 0;
  /** Bytes of an oversized record still to be passed over. */
  #skip = 0;
  #lostFrom = -1;

  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord;
  }

  push(chunk: Uint8Array): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    this.#offset += skipped;
    if (skipped === chunk.length) return;
    this.#append(skipped === 0 ? chunk : chunk.subarray(skipped));
    this.#drain();
  }

  /** The file is over: whatever is left is half a record. */
  end(): void {
    const rest = this.#end - this.#start;
    this.#advance(rest);
    if (this.#lostFrom >= 0) this.#endLost();
    else if (rest > 0 || this.#skip > 0) this.#report("truncated", this.#offset - rest, rest);
  }

  #drain(): void {
    while (this.#end - this.#start >= RECORD_HEADER_BYTES) {
      if (!isRecordHeader(this.#buffer, this.#start)) {
        this.#resynchronise();
        continue;
      }
      const length = uint32(this.#buffer, this.#start) + uint32(this.#buffer, this.#start + 4) * 2 ** 32;
      const size = RECORD_HEADER_BYTES + length + FOOTER_BYTES;
      if (length > MAX_RECORD_BYTES) {
        this.#endLost();
        this.#report("oversized", this.#offset, size);
        const here = Math.min(size, this.#end - this.#start);
        this.#advance(here);
        this.#skip = size - here;
        continue;
      }
      if (this.#end - this.#start < size) return;
      const body = this.#start + RECORD_HEADER_BYTES;
      if (maskedCrc32c(this.#buffer, body, body + length) !== uint32(this.#buffer, body + length)) {
        // Bytes changed or went missing: the next header need not stand where this one says.
        this.#resynchronise();
        continue;
      }
      this.#endLost();
      this.#onRecord(this.#buffer, body, body + length);
      this.#advance(size);
    }
  }

  /** Moves on to the next header in the buffer, or to where one could begin once more bytes are there. */
  #resynchronise(): void {
    if (this.#lostFrom < 0) this.#lostFrom = this.#offset;
    const last = this.#end - RECORD_HEADER_BYTES;
    let at = this.#start + 1;
    // Real records are shorter than 4 GiB: the cheap look at the upper half of the length settles most places.
    while (at <= last && (uint32(this.#buffer, at + 4) !== 0 || !isRecordHeader(this.#buffer, at))) at++;
    this.#advance(at - this.#start);
  }

  /** Reports the stretch between the last good record and here, if there is one. */
  #endLost(): void {
    if (this.#lostFrom < 0) return;
    this.#report("unreadable", this.#lostFrom, this.#offset - this.#lostFrom);
    this.#lostFrom = -1;
  }

  #report(kind: Damage["kind"], offset: number, length: number): void {
    this.damageCount++;
    if (this.damage.length < 100) this.damage.push({ kind, offset, length });
  }

  #advance(bytes: number): void {
    this.#start += bytes;
    this.#offset += bytes;
  }

  #append(chunk: Uint8Array): void {
    const held = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = held + chunk.length;
      const target =
        needed <= this.#buffer.length
          ? this.#buffer
          : new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      target.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = target;
      this.#start = 0;
      this.#end = held;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }
}

/** Whether a record may begin at `at`: a length stands there with its own checksum. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  return (
    at + RECORD_HEADER_BYTES <= bytes.length && maskedCrc32c(bytes, at, at + 8) === uint32(bytes, at + 8)
  );
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
