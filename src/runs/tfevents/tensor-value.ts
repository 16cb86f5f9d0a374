// A TensorProto that holds one number or one string, as TensorFlow 2 logs them. The number may stand in a typed field
// (packed or not) or as raw little-endian bytes; tensors of more than one element are nobody's scalar.

import { WIRE_BYTES, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT, type WireReader } from "./wire.ts";

const DT_STRING = 7;
const MAX_TEXT_BYTES = 1024 * 1024;
const UTF8 = new TextDecoder();

/** How an element of each dtype is read from raw bytes, and its size. */
const RAW: Readonly<Record<number, { readonly size: number; read(view: DataView): number }>> = {
  1: { size: 4, read: (view) => view.getFloat32(0, true) },
  2: { size: 8, read: (view) => view.getFloat64(0, true) },
  3: { size: 4, read: (view) => view.getInt32(0, true) },
  4: { size: 1, read: (view) => view.getUint8(0) },
  5: { size: 2, read: (view) => view.getInt16(0, true) },
  6: { size: 1, read: (view) => view.getInt8(0) },
  9: { size: 8, read: (view) => Number(view.getBigInt64(0, true)) },
  10: { size: 1, read: (view) => view.getUint8(0) },
  14: { size: 2, read: (view) => bfloat16(view.getUint16(0, true)) },
  17: { size: 2, read: (view) => view.getUint16(0, true) },
  19: { size: 2, read: (view) => float16(view.getUint16(0, true)) },
  22: { size: 4, read: (view) => view.getUint32(0, true) },
  23: { size: 8, read: (view) => Number(view.getBigUint64(0, true)) },
};
const DT_BFLOAT16 = 14;

/** The one number or the first string of a tensor; undefined where it is neither. */
export function readTensor(tensor: WireReader): number | string | undefined {
  let dtype = 0;
  let number: number | undefined;
  let text: string | undefined;
  let count = 0;
  let half = false;
  while (tensor.next()) {
    const { field, wire } = tensor;
    if (field === 1 && wire === WIRE_VARINT) dtype = tensor.varint();
    else if (field === 4 && wire === WIRE_BYTES) {
      const end = tensor.delimited();
      const raw = RAW[dtype];
      const bytes = tensor.bytes;
      if (raw && end - tensor.at === raw.size) {
        number = raw.read(new DataView(bytes.buffer, bytes.byteOffset + tensor.at, raw.size));
        count++;
      }
      tensor.at = end;
    } else if (field === 8 && wire === WIRE_BYTES) {
      const end = tensor.delimited();
      text ??= UTF8.decode(tensor.bytes.subarray(tensor.at, Math.min(end, tensor.at + MAX_TEXT_BYTES)));
      tensor.at = end;
    } else if (field >= 5 && field <= 17 && field !== 8 && field !== 9) {
      half ||= field === 13;
      const end = wire === WIRE_BYTES ? tensor.delimited() : -1;
      do {
        if (end >= 0 && tensor.at >= end) break;
        number = readElement(tensor, field, wire);
        count++;
      } while (end >= 0 && count < 2);
      if (end >= 0) tensor.at = end;
    } else tensor.skip();
  }
  if (dtype === DT_STRING) return text;
  if (count !== 1 || number === undefined) return undefined;
  return half ? (dtype === DT_BFLOAT16 ? bfloat16(number) : float16(number)) : number;
}

function readElement(tensor: WireReader, field: number, wire: number): number {
  if (field === 5) return tensor.float32();
  if (field === 6) return tensor.float64();
  if (wire === WIRE_FIXED32) return tensor.float32();
  if (wire === WIRE_FIXED64) return tensor.float64();
  return tensor.varint();
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
