// Dense layers in a file of named tensors: NAME.weight [outputs, inputs] and NAME.bias [outputs], as torch names them.

import { TemperedError } from "../errors.ts";
import type { LayerValues } from "../sac/packing.ts";
import type { TorchTensor } from "./torch-archive.ts";

export type Tensors = ReadonlyMap<string, TorchTensor>;

/** @throws TemperedError (IMPORT) where there is none of this name */
export function layerOf(tensors: Tensors, name: string): LayerValues {
  const [weight, bias] = [tensors.get(`${name}.weight`), tensors.get(`${name}.bias`)];
  if (weight?.shape.length === 2 && bias?.values.length === weight.shape[0]) {
    return { weight: weight.values, bias: bias!.values };
  }
  throw new TemperedError(
    "IMPORT",
    `Expected ${name}.weight and ${name}.bias of a dense layer in the file, got none; only dense layers can be imported`,
  );
}

/** Layers of the same inputs as one: the outputs of the first, then those of the next. */
export function joined(layers: readonly LayerValues[]): LayerValues {
  return {
    weight: Float32Array.from(layers.flatMap(({ weight }) => [...weight])),
    bias: Float32Array.from(layers.flatMap(({ bias }) => [...bias])),
  };
}
