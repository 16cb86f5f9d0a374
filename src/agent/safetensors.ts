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

/** Texts beside the tensors, which other programs pass over. */
export type Metadata = Readonly<Record<string, string>>;

export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Metadata,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, Entry | Metadata> = metadata ? { __metadata__: metadata } : {};
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

/**
 * @throws TemperedError (SAFETENSORS) if the bytes are cut short, no safetensors, or not float32; or if the tensors do not
 *   follow each other without gap or overlap to the end of the file, as the format asks: one place has one meaning
 */
export function decodeSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (8 + headerLength > bytes.length) throw damaged(`a header of ${headerLength} bytes in ${bytes.length}`);
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + headerLength));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw damaged("a header that is no JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw damaged("a header that is no list of tensors");
  }
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  const tensors = new Map<string, StoredTensor>();
  const places: (readonly [begin: number, end: number])[] = [];
  for (const [name, entry] of entries) {
    if (!isEntry(entry) || 8 + headerLength + entry.data_offsets[1] > bytes.length) {
      throw damaged(
        `tensor "${name.slice(0, 80)}" without a float32 shape and a place of its size in the file`,
      );
    }
    places.push(entry.data_offsets);
  }
  let end = 0;
  for (const [from, to] of places.sort(([a, b], [c, d]) => a - c || b - d)) {
    if (from !== end) throw damaged(`tensors that overlap or leave a gap at byte ${Math.min(from, end)}`);
    end = to;
  }
  if (8 + headerLength + end !== bytes.length) throw damaged("bytes behind the last tensor");
  if (keysIn(text) !== Object.keys(header).length) throw damaged("a tensor that is named twice");
  for (const [name, entry] of entries) {
    const { shape, data_offsets: offsets } = entry as Entry;
    const start = 8 + headerLength + offsets[0];
    const values = new Float32Array(bytes.slice(start, start + offsets[1] - offsets[0]).buffer);
    tensors.set(name, { shape, values });
  }
  return tensors;
}

/** Keys of the outermost object, those that JSON.parse lets a later one replace included. */
function keysIn(json: string): number {
  let [depth, keys] = [0, 0];
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1) keys++;
  }
  return keys;
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
