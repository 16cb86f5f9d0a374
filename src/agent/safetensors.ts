// The safetensors format for float32: eight bytes of header length, a JSON header that names every tensor with its
// shape and place, and the raw little-endian numbers. Readable from Python by `safetensors.numpy.load_file`.

import { TemperedError } from "../errors.ts";

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

type Header = Record<string, Entry>;

export function encodeSafetensors(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array {
  const header: Header = {};
  let length = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: "F32", shape: [...shape], data_offsets: [length, length + values.byteLength] };
    length += values.byteLength;
  }
  // Spaces after the header keep the numbers aligned to 8 bytes, as the format asks.
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(
    text + " ".repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8),
  );
  const bytes = new Uint8Array(8 + json.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** @throws TemperedError (SAFETENSORS) if the bytes are cut short, no safetensors, or not float32 */
export function decodeSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (8 + headerLength > bytes.length) throw damaged(`a header of ${headerLength} bytes in ${bytes.length}`);
  let header: Record<string, unknown> | null;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
  } catch {
    throw damaged("a header that is no JSON");
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header ?? {})) {
    if (name === "__metadata__") continue;
    if (!isEntry(entry) || 8 + headerLength + entry.data_offsets[1] > bytes.length) {
      throw damaged(`tensor "${name}" described as ${JSON.stringify(entry)}`);
    }
    const { shape } = entry;
    const [begin, end] = entry.data_offsets;
    const start = 8 + headerLength + begin;
    tensors.set(name, {
      shape,
      values: new Float32Array(new Uint8Array(bytes.subarray(start, start + end - begin)).buffer),
    });
  }
  return tensors;
}

function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
  if (dtype !== "F32" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) return false;
  return offsets[1]! - offsets[0]! === 4 * shape.reduce((size, dimension) => size * dimension, 1);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function damaged(what: string): TemperedError {
  return new TemperedError(
    "SAFETENSORS",
    `Expected a whole safetensors file of float32 tensors, got ${what}`,
  );
}
