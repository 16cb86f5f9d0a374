// What torch.save writes: a zip with one pickle that says how tensors are put together, and a file of raw numbers for each
// storage. Only dictionaries, lists, numbers, texts and tensors come out; a pickle that asks for anything else is refused.

import { unzipSync } from "fflate";
import { TemperedError } from "../errors.ts";
import { readPickle } from "./pickle.ts";

/** A tensor of a PyTorch file: its type, shape and numbers. */
export interface TorchTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** What a saved file may hold. */
export type TorchValue =
  | undefined
  | boolean
  | number
  | string
  | TorchTensor
  | TorchValue[]
  | Map<unknown, TorchValue>;

interface Storage {
  readonly type: string;
  readonly key: string;
  readonly length: number;
}

/** Bytes a number, and how it is read. */
const types: Readonly<Record<string, [bytes: number, read: (view: DataView, at: number) => number]>> = {
  FloatStorage: [4, (view, at) => view.getFloat32(at, true)],
  DoubleStorage: [8, (view, at) => view.getFloat64(at, true)],
  LongStorage: [8, (view, at) => Number(view.getBigInt64(at, true))],
  IntStorage: [4, (view, at) => view.getInt32(at, true)],
};

/** @throws TemperedError (TORCH_ARCHIVE, PICKLE) */
export function readTorchArchive(bytes: Uint8Array): TorchValue {
  const files = unzipped(bytes);
  const pickle = Object.keys(files).find((name) => name.endsWith("/data.pkl") || name === "data.pkl");
  if (pickle === undefined) {
    throw new TemperedError(
      "TORCH_ARCHIVE",
      "Expected a file written by torch.save, got a zip without data.pkl",
    );
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  try {
    return readPickle(files[pickle]!, {
      persistent: (id) => storageOf(id),
      call: (name, parameters) => called(name, parameters, (key) => files[`${folder}data/${key}`]),
    }) as TorchValue;
  } catch (cause) {
    if (cause instanceof TemperedError) throw cause;
    const { message } = cause as Error;
    throw new TemperedError(
      "TORCH_ARCHIVE",
      `Expected tensors saved by torch.save, got a damaged file: ${message}`,
      {
        cause,
      },
    );
  }
}

/** A zip's files. @throws TemperedError (TORCH_ARCHIVE) */
export function unzipped(bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > 2 ** 30) throw new Error("it holds more than 1 GiB");
        return true;
      },
    });
  } catch (cause) {
    throw new TemperedError("TORCH_ARCHIVE", `Expected a zip, got: ${(cause as Error).message}`, { cause });
  }
}

function storageOf(id: unknown): Storage {
  const [kind, type, key, , length] = Array.isArray(id) ? id : [];
  if (
    kind !== "storage" ||
    typeof type !== "string" ||
    typeof key !== "string" ||
    !Number.isSafeInteger(length)
  ) {
    throw new TemperedError("TORCH_ARCHIVE", `Expected a tensor's storage, got ${JSON.stringify(id)}`);
  }
  return { type: type.split(".").at(-1)!, key, length: length as number };
}

function called(
  name: string,
  parameters: readonly unknown[],
  fileOf: (key: string) => Uint8Array | undefined,
): unknown {
  if (name === "collections.OrderedDict" && parameters.length === 0) return new Map();
  if (name === "torch._utils._rebuild_tensor_v2") return tensorOf(parameters, fileOf);
  if (name === "torch._utils._rebuild_parameter") return parameters[0];
  throw new TemperedError(
    "TORCH_ARCHIVE",
    `Expected tensors, dictionaries and numbers alone, got a file that wants to call ${name}; save the state_dict() instead of the whole object`,
  );
}

function tensorOf(
  [storage, offset, size, stride]: readonly unknown[],
  fileOf: (key: string) => Uint8Array | undefined,
): TorchTensor {
  const wholes = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
  const { type, key } = storage as Storage;
  const [width, read] = types[type] ?? [0];
  if (read === undefined) {
    throw new TemperedError(
      "TORCH_ARCHIVE",
      `Expected tensors of float32, float64 or integers, got ${type}; convert them with .float()`,
    );
  }
  const bytes = fileOf(key);
  if (
    bytes === undefined ||
    !wholes(size) ||
    !wholes(stride) ||
    !wholes([offset]) ||
    size.length !== stride.length
  ) {
    throw new TemperedError(
      "TORCH_ARCHIVE",
      `Expected the numbers of storage ${key}, got none, or a tensor without a shape`,
    );
  }
  const count = size.reduce((product, n) => product * n, 1);
  const furthest = size.reduce((at, n, i) => at + Math.max(n - 1, 0) * stride[i]!, offset as number);
  if (count > 2 ** 28 || (count > 0 && width * (furthest + 1) > bytes.byteLength)) {
    throw new TemperedError(
      "TORCH_ARCHIVE",
      `Expected a tensor of shape [${size.join(", ")}] in storage ${key}, got ${bytes.byteLength} bytes; the file is damaged`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  const index = new Array<number>(size.length).fill(0);
  for (let i = 0; i < count; i++) {
    const at = index.reduce((sum, n, axis) => sum + n * stride[axis]!, offset as number);
    values[i] = read(view, width * at);
    for (let axis = size.length - 1; axis >= 0 && ++index[axis]! === size[axis]; axis--) index[axis] = 0;
  }
  return { shape: size, values };
}

export function isTensor(value: unknown): value is TorchTensor {
  return (
    typeof value === "object" && value !== null && "values" in value && value.values instanceof Float32Array
  );
}
