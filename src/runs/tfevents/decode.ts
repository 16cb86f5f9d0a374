// Reading TensorBoard event files, chunk by chunk: scalars in both encodings (the plain `simple_value` of torch's
// writers and the tensors of TensorFlow 2) and text summaries. Everything else (images, histograms, graphs) is passed
// over. Tags are interned, so that a hundred megabytes of scalars make a few strings.

import { PlainScalar } from "./plain-scalar.ts";
import { type Damage, RecordReader } from "./records.ts";
import { readTensor } from "./tensor-value.ts";
import { WIRE_BYTES, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT, WireReader } from "./wire.ts";

/** What a decoder finds, in the order of the file. */
export interface EventSink {
  /** @param wallTime seconds since 1970 */
  scalar(tag: string, step: number, value: number, wallTime: number): void;
  /** A text summary, such as the table of arguments that CleanRL writes. */
  text?(tag: string, step: number, text: string): void;
  /** The program that wrote the file, where it says so. */
  writer?(name: string): void;
}

/** Push every chunk, then `end()` once; `damage` then says what could not be read. */
export class EventFileDecoder {
  /** Events read so far. */
  events = 0;
  readonly #records: RecordReader;
  readonly #sink: EventSink;
  readonly #tags = new TagTable();
  readonly #plain = new PlainScalar();
  readonly #event = new WireReader();
  readonly #inner = new WireReader();
  readonly #value = new WireReader();

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#records = new RecordReader((buffer, start, end) => this.#readEvent(buffer, start, end));
  }

  get damage(): readonly Damage[] {
    return this.#records.damage;
  }

  get damageCount(): number {
    return this.#records.damageCount;
  }

  push(chunk: Uint8Array): void {
    this.#records.push(chunk);
  }

  end(): void {
    this.#records.end();
  }

  #readEvent(buffer: Uint8Array, start: number, end: number): void {
    this.events++;
    if (this.#plain.read(buffer, start, end)) {
      const { tagStart, tagEnd, step, value, wallTime } = this.#plain;
      this.#sink.scalar(this.#tags.get(buffer, tagStart, tagEnd), step, value, wallTime);
      return;
    }
    const event = this.#event.open(buffer, start, end);
    let wallTime = 0;
    let step = 0;
    while (event.next()) {
      if (event.field === 1 && event.wire === WIRE_FIXED64) wallTime = event.float64();
      else if (event.field === 2 && event.wire === WIRE_VARINT) step = event.varint();
      else if (event.field === 5 && event.wire === WIRE_BYTES) {
        const summaryEnd = event.delimited();
        this.#readSummary(buffer, event.at, summaryEnd, step, wallTime);
        event.at = summaryEnd;
      } else if (event.field === 10 && event.wire === WIRE_BYTES && this.#sink.writer) {
        const metadataEnd = event.delimited();
        this.#readWriter(buffer, event.at, metadataEnd);
        event.at = metadataEnd;
      } else event.skip();
    }
  }

  #readSummary(buffer: Uint8Array, start: number, end: number, step: number, wallTime: number): void {
    const summary = this.#inner.open(buffer, start, end);
    while (summary.next()) {
      if (summary.field !== 1 || summary.wire !== WIRE_BYTES) {
        summary.skip();
        continue;
      }
      const valueEnd = summary.delimited();
      this.#readValue(buffer, summary.at, valueEnd, step, wallTime);
      summary.at = valueEnd;
    }
  }

  #readValue(buffer: Uint8Array, start: number, end: number, step: number, wallTime: number): void {
    const value = this.#value.open(buffer, start, end);
    let tag = "";
    let tensorAt = -1;
    let tensorEnd = -1;
    let simple: number | undefined;
    while (value.next()) {
      if (value.field === 1 && value.wire === WIRE_BYTES) {
        const tagEnd = value.delimited();
        tag = this.#tags.get(buffer, value.at, tagEnd);
        value.at = tagEnd;
      } else if (value.field === 2 && value.wire === WIRE_FIXED32) simple = value.float32();
      else if (value.field === 8 && value.wire === WIRE_BYTES) {
        tensorEnd = value.delimited();
        tensorAt = value.at;
        value.at = tensorEnd;
      } else value.skip();
    }
    if (simple !== undefined) this.#sink.scalar(tag, step, simple, wallTime);
    else if (tensorAt >= 0) {
      const tensor = readTensor(value.open(buffer, tensorAt, tensorEnd));
      if (typeof tensor === "number") this.#sink.scalar(tag, step, tensor, wallTime);
      else if (tensor !== undefined) this.#sink.text?.(tag, step, tensor);
    }
  }

  #readWriter(buffer: Uint8Array, start: number, end: number): void {
    const metadata = this.#inner.open(buffer, start, end);
    while (metadata.next()) {
      if (metadata.field === 1 && metadata.wire === WIRE_BYTES) {
        const nameEnd = metadata.delimited();
        this.#sink.writer?.(this.#tags.get(buffer, metadata.at, nameEnd));
        metadata.at = nameEnd;
      } else metadata.skip();
    }
  }
}

interface Tag {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The tag that came after this one the last time: programs write theirs in a fixed order. */
  next: Tag | undefined;
}

/** Interns UTF-8 byte stretches as strings: where the last one's successor does not fit, by a hash of their bytes. */
class TagTable {
  readonly #utf8 = new TextDecoder();
  readonly #buckets = new Map<number, Tag[]>();
  #size = 0;
  #last: Tag | undefined;

  get(buffer: Uint8Array, start: number, end: number): string {
    let tag = this.#last?.next;
    if (tag === undefined || !equalBytes(tag.bytes, buffer, start, end)) {
      tag = this.#find(buffer, start, end);
      if (this.#last) this.#last.next = tag;
    }
    this.#last = tag;
    return tag.text;
  }

  #find(buffer: Uint8Array, start: number, end: number): Tag {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ buffer[i]!, 0x01000193);
    const bucket = this.#buckets.get(hash);
    const known = bucket?.find(({ bytes }) => equalBytes(bytes, buffer, start, end));
    if (known) return known;
    const bytes = buffer.slice(start, end);
    const made: Tag = { bytes, text: this.#utf8.decode(bytes), next: undefined };
    // A hostile file may hold a new tag in every record: beyond a limit nothing more is remembered.
    if (this.#size >= 65_536) return made;
    this.#size++;
    if (bucket) bucket.push(made);
    else this.#buckets.set(hash, [made]);
    return made;
  }
}

function equalBytes(bytes: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== buffer[start + i]) return false;
  return true;
}
