// Writing TensorBoard event files: an event is a small protobuf message, and a file is events in TFRecord framing
// (length, its checksum, bytes, their checksum). Only what scalars and text need is written.

import { maskedCrc32c } from "./crc32c.ts";

const UTF8 = new TextEncoder();
const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;
const DT_STRING = 7;

/** The record that opens every event file: format version and writer. @param wallTime seconds since 1970 */
export function encodeFileHeader(wallTime: number, writer = "tempered"): Uint8Array {
  const sourceMetadata = new Message().text(1, writer);
  return frame(new Message().double(1, wallTime).text(3, "brain.Event:2").message(10, sourceMetadata));
}

/**
 * One record with one value a metric, in float32 as every torch writer does.
 * @param wallTime seconds since 1970
 */
export function encodeScalars(
  step: number,
  wallTime: number,
  metrics: Readonly<Record<string, number>>,
): Uint8Array {
  const summary = new Message();
  for (const [tag, value] of Object.entries(metrics)) {
    summary.message(1, new Message().text(1, tag).float(2, value));
  }
  return frame(new Message().double(1, wallTime).varint(2, step).message(5, summary));
}

/** One record with a text for TensorBoard's text page (Markdown). */
export function encodeText(step: number, wallTime: number, tag: string, text: string): Uint8Array {
  const shape = new Message().message(2, new Message().varint(1, 1));
  const tensor = new Message().varint(1, DT_STRING).message(2, shape).text(8, text);
  const metadata = new Message().message(1, new Message().text(1, "text"));
  const value = new Message().text(1, tag).message(8, tensor).message(9, metadata);
  const summary = new Message().message(1, value);
  return frame(new Message().double(1, wallTime).varint(2, step).message(5, summary));
}

function frame(message: Message): Uint8Array {
  const body = message.bytes();
  const record = new Uint8Array(body.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(8, maskedCrc32c(record, 0, 8), true);
  record.set(body, 12);
  view.setUint32(12 + body.length, maskedCrc32c(body), true);
  return record;
}

/** A protobuf message under construction: fields are appended in the order of the calls. */
class Message {
  #bytes = new Uint8Array(64);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @param value a non-negative integer up to 2^53 */
  varint(field: number, value: number): this {
    this.#tag(field, WIRE_VARINT);
    return this.#varint(value);
  }

  double(field: number, value: number): this {
    return this.#tag(field, WIRE_FIXED64).#fixed(8, (view) => view.setFloat64(0, value, true));
  }

  float(field: number, value: number): this {
    return this.#tag(field, WIRE_FIXED32).#fixed(4, (view) => view.setFloat32(0, value, true));
  }

  text(field: number, value: string): this {
    return this.#lengthDelimited(field, UTF8.encode(value));
  }

  message(field: number, value: Message): this {
    return this.#lengthDelimited(field, value.bytes());
  }

  #lengthDelimited(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE_BYTES).#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(field * 8 + wireType);
  }

  #varint(value: number): this {
    this.#reserve(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  #fixed(size: number, write: (view: DataView) => void): this {
    this.#reserve(size);
    write(new DataView(this.#bytes.buffer, this.#length, size));
    this.#length += size;
    return this;
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + extra));
    grown.set(this.bytes());
    this.#bytes = grown;
  }
}
