// Plain data as JSON, to the bit: what JSON has no word for (typed arrays, NaN, infinities, −0) stands as an object with
// one key that begins with "$". Typed arrays are little-endian, in base64.

import { base64Of, bytesOf } from "../../bytes-as-text.ts";
import { TemperedError } from "../../errors.ts";

const arrays = { $float64: Float64Array, $float32: Float32Array, $uint8: Uint8Array } as const;

export function encodePlain(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? "-0" : `${value}` };
  }
  if (Array.isArray(value)) return value.map(encodePlain);
  if (ArrayBuffer.isView(value)) {
    const kind = Object.entries(arrays).find(([, type]) => value instanceof type)?.[0];
    if (kind === undefined) {
      throw new TemperedError(
        "PLAIN_DATA",
        `Expected Float64Array, Float32Array or Uint8Array, got ${value.constructor.name}; an environment's state() may hold these`,
      );
    }
    return { [kind]: base64Of(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, encodePlain(part)]));
}

/** @throws TemperedError (PLAIN_DATA) for what `encodePlain` does not write */
export function decodePlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodePlain);
  if (typeof value !== "object" || value === null) return value;
  const [first] = Object.entries(value);
  if (first?.[0] === "$number") return Number(first[1]);
  if (first?.[0].startsWith("$")) {
    const type = arrays[first[0] as keyof typeof arrays];
    const bytes = type && wholeBytesOf(first[1]);
    if (bytes === undefined || bytes.length % type.BYTES_PER_ELEMENT !== 0) {
      throw new TemperedError(
        "PLAIN_DATA",
        `Expected an array of numbers, got ${first[0]}; the file is damaged`,
      );
    }
    return new type(bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decodePlain(part)]));
}

function wholeBytesOf(text: unknown): Uint8Array<ArrayBuffer> | undefined {
  try {
    return typeof text === "string" ? bytesOf(text) : undefined;
  } catch {
    return undefined;
  }
}
