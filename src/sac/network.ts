// A network as an object: its parameters' blocks, the graph that applies it to a batch, and its values as layers. How
// the numbers are stored is its own business (packing.ts); the update only hands blocks through.

import {
  add,
  concat,
  constant,
  divide,
  matmul,
  mean,
  multiply,
  reshape,
  type Shape,
  sqrt,
  square,
  subtract,
  type Tensor,
} from "../graph/index.ts";
import { activated } from "./activations.ts";
import type { BatchNormalizer } from "./batch-renorm.ts";
import { isActivation, LAYER_NORM_EPSILON, type LayerSpec, type NetworkSpec } from "./layers.ts";
import { type LayerValues, type PackedLayer, packing } from "./packing.ts";

/** What a network's layers take beside its parameters. */
export interface Use {
  /** Of the dropout layers, each [batch, units]. Default: nothing is dropped. */
  readonly masks?: readonly Tensor[];
  /** Where it has batch renorm: by what. */
  readonly normalizer?: BatchNormalizer | undefined;
}

/** A network: its parameters in blocks, and what it makes of its input. */
export interface Network {
  readonly spec: NetworkSpec;
  readonly outputSize: number;
  /** What holds the parameters, in the order in which `apply` takes them. */
  readonly blocks: readonly { readonly name: string; readonly shape: Shape }[];
  /** What its batch renorm layers keep: one row of numbers, which no optimiser moves. */
  readonly statistics: { readonly name: string; readonly shape: Shape } | undefined;
  /** The layers with parameters, and where their values stand in the blocks. */
  readonly packed: readonly PackedLayer[];
  /**
   * @param parameters the blocks' tensors
   * @param x what comes in, side by side: each [batch, n], together as wide as `inputSize`
   * @returns [batch, outputs]
   */
  apply(parameters: readonly Tensor[], x: readonly Tensor[], use?: Use): Tensor;
  /** The same with a row an output: the shape in which values of a sample are cheapest. @returns [outputs, batch] */
  applyRows(parameters: readonly Tensor[], x: readonly Tensor[], use?: Use): Tensor;
  /** Values of the blocks, from values of the layers; behind them the statistics, where the layers have them. */
  pack(layers: readonly LayerValues[]): Float32Array[];
  /** The inverse of `pack`; the arrays are copies. */
  unpack(blocks: readonly Float32Array[]): LayerValues[];
}

/** A network's tensors and how they lie in the engine's blocks. */
export function network(spec: NetworkSpec): Network {
  const { blocks, packed, statistics, tensorsOf, pack, unpack } = packing(spec);

  const hidden = (
    parameters: readonly Tensor[],
    x: readonly Tensor[],
    { masks = [], normalizer }: Use = {},
  ): Tensor => {
    const ones = constant(1, [x[0]!.shape[0]!, 1]);
    const isFirst = (at: number) => packed.findIndex(({ kind }) => kind === "linear") === at;
    let at = 0;
    let dropped = 0;
    const through = (h: Tensor, layer: LayerSpec): Tensor => {
      if (isActivation(layer)) return activated(layer.kind, h);
      if (layer.kind === "residual") return add(h, layer.layers.reduce(through, h));
      if (layer.kind === "dropout") {
        const mask = masks[dropped++];
        return mask ? multiply(h, mask) : h;
      }
      const { weight, bias } = tensorsOf(parameters, at);
      const { statistics } = packed[at]!;
      const widened = at > 0 && isFirst(at) ? concat([h, ones], 1) : h;
      at++;
      if (layer.kind === "layerNorm") return normalized(h, weight, bias!);
      if (layer.kind === "batchRenorm") return normalizer!.normalize(h, statistics!, weight, bias!);
      return plus(matmul(widened, weight), bias);
    };
    // Where the first layer is dense, what comes in and its column of ones are laid side by side at once.
    return spec.layers.slice(0, -1).reduce(through, isFirst(0) ? concat([...x, ones], 1) : concat(x, 1));
  };
  const output = (parameters: readonly Tensor[]) => tensorsOf(parameters, packed.length - 1);

  return {
    spec,
    outputSize: packed.at(-1)!.outputs,
    blocks,
    packed,
    statistics,
    apply(parameters, x, use) {
      const { weight, bias } = output(parameters);
      return plus(matmul(hidden(parameters, x, use), weight, { transposeB: true }), bias);
    },
    applyRows(parameters, x, use) {
      const { weight, bias } = output(parameters);
      return add(
        matmul(weight, hidden(parameters, x, use), { transposeB: true }),
        reshape(bias!, [bias!.shape[1]!, 1]),
      );
    },
    pack,
    unpack,
  };
}

function plus(product: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? add(product, bias) : product;
}

/** Each sample's units brought to mean 0 and variance 1, then scaled and moved. @param x [batch, units] */
function normalized(x: Tensor, gain: Tensor, bias: Tensor): Tensor {
  const centred = subtract(x, mean(x, [1], true));
  const deviation = sqrt(add(mean(square(centred), [1], true), LAYER_NORM_EPSILON));
  return add(multiply(divide(centred, deviation), gain), bias);
}
