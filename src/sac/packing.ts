// How a network's numbers are stored. Engines like few, large tensors, so weights and biases are rows stacked by width
// into blocks: a first layer is `inputs` rows of the hidden width, a bias is one row, an output layer is stored
// transposed, one row an output. Only the square-ish matrices between hidden layers stand alone. Blocks are what the
// optimiser and the target update work on.

import { type Shape, sizeOf, slice, type Tensor } from "../graph/index.ts";
import type { StatisticsPlace } from "./batch-renorm.ts";
import { type NetworkSpec, type ParameterLayer, parameterLayers } from "./layers.ts";

/** A layer's values in the layout of torch.nn.Linear or torch.nn.LayerNorm. */
export interface LayerValues {
  /** [outputs, inputs], row-major; of a norm its gain, [units] */
  readonly weight: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
  /** Running statistics of a batch renorm, [units]. */
  readonly mean?: Float32Array;
  readonly variance?: Float32Array;
}

/** Rows of a block that hold one weight matrix or bias, from the left, `columns` wide. */
export interface PackedRows {
  /** Index of the block. */
  readonly block: number;
  readonly row: number;
  readonly rows: number;
  readonly columns: number;
  /** Index of its first value inside the flat block. */
  readonly offset: number;
}

/** Where a layer's parameters lie in their blocks. */
export interface PackedLayer extends ParameterLayer {
  readonly weight: PackedRows;
  readonly bias: PackedRows;
  /** Of a batch renorm. */
  readonly statistics?: StatisticsPlace;
}

/**
 * A layer's tensors: x·W + b, but the last is stored transposed, x·Wᵀ + b, and the first dense one has its bias as the last row
 * of W, for an x that ends in a column of ones: one product instead of a product and a sum, there and in the gradient.
 */
export interface LayerTensors {
  readonly weight: Tensor;
  readonly bias?: Tensor;
}

export function packing(spec: NetworkSpec) {
  const layers = parameterLayers(spec);
  const last = layers.length - 1;
  const first = layers.findIndex(({ kind }) => kind === "linear");
  let statistics = 0;
  const blocks: { name: string; shape: number[] }[] = [];
  const stacks = new Map<number, number>();

  const stacked = (rows: number, columns: number, width: number): PackedRows => {
    if (!stacks.has(width)) {
      stacks.set(width, blocks.length);
      blocks.push({ name: `${spec.name}/rows${stacks.size > 1 ? width : ""}`, shape: [0, width] });
    }
    const block = stacks.get(width)!;
    const row = blocks[block]!.shape[0]!;
    blocks[block]!.shape[0] = row + rows;
    return { block, row, rows, columns, offset: row * width };
  };
  const alone = (layer: number, rows: number, columns: number): PackedRows => {
    blocks.push({ name: `${spec.name}/weight${layer}`, shape: [rows, columns] });
    return { block: blocks.length - 1, row: 0, rows, columns, offset: 0 };
  };

  const packed = layers.map((layer, i): PackedLayer => {
    const { kind, inputs, outputs } = layer;
    const row = (width: number) => stacked(1, outputs, width);
    if (kind === "layerNorm") return { ...layer, weight: row(outputs), bias: row(outputs) };
    if (kind === "batchRenorm") {
      const place = { units: outputs, offset: statistics };
      statistics += 2 * outputs;
      return { ...layer, weight: row(outputs), bias: row(outputs), statistics: place };
    }
    if (i === first) return { ...layer, weight: stacked(inputs, outputs, outputs), bias: row(outputs) };
    if (i < last) return { ...layer, weight: alone(i, inputs, outputs), bias: row(outputs) };
    const bias = row(outputs <= inputs ? inputs : outputs);
    return { ...layer, weight: stacked(outputs, inputs, inputs), bias };
  });

  const view = (tensors: readonly Tensor[], { block, row, rows, columns }: PackedRows): Tensor =>
    slice(slice(tensors[block]!, 0, row, row + rows), 1, 0, columns);

  return {
    blocks: blocks as readonly { readonly name: string; readonly shape: Shape }[],
    packed,
    /** What batch renorm layers keep, one row, behind the blocks where values are packed. */
    statistics:
      statistics > 0 ? { name: `${spec.name}/statistics`, shape: [1, statistics] as Shape } : undefined,
    /** The tensors of the `i`-th layer inside the blocks' tensors. */
    tensorsOf(tensors: readonly Tensor[], i: number): LayerTensors {
      const { weight, bias } = packed[i]!;
      return i === first
        ? { weight: view(tensors, { ...weight, rows: weight.rows + bias.rows }) }
        : { weight: view(tensors, weight), bias: view(tensors, bias) };
    },
    pack(values: readonly LayerValues[]): Float32Array[] {
      const flat = blocks.map(({ shape }) => new Float32Array(sizeOf(shape)));
      packed.forEach((layer, i) => {
        const { weight, bias } = layer;
        eachWeight(layer, i === last, (at, torch) => {
          flat[weight.block]![weight.offset + at] = values[i]!.weight[torch]!;
        });
        flat[bias.block]!.set(values[i]!.bias, bias.offset);
      });
      const kept = packed.flatMap(({ statistics }, i) => {
        const { mean, variance } = values[i]!;
        return statistics && mean && variance ? [...mean, ...variance] : [];
      });
      return kept.length > 0 ? [...flat, Float32Array.from(kept)] : flat;
    },
    unpack(flat: readonly Float32Array[]): LayerValues[] {
      return packed.map((layer, i) => {
        const { weight, bias } = layer;
        const unpacked = new Float32Array(weight.rows * weight.columns);
        eachWeight(layer, i === last, (at, torch) => {
          unpacked[torch] = flat[weight.block]![weight.offset + at]!;
        });
        const kept = flat[blocks.length];
        const part = (from: number) => kept!.slice(from, from + layer.outputs);
        return {
          weight: unpacked,
          bias: flat[bias.block]!.slice(bias.offset, bias.offset + bias.columns),
          ...(layer.statistics &&
            kept && {
              mean: part(layer.statistics.offset),
              variance: part(layer.statistics.offset + layer.outputs),
            }),
        };
      });
    },
  };
}

/** Pairs each weight's index, counted from its first row, with its index in torch's layout. */
function eachWeight(
  { kind, weight }: PackedLayer,
  isLast: boolean,
  visit: (index: number, torch: number) => void,
): void {
  const asTorch = isLast || kind !== "linear";
  for (let row = 0; row < weight.rows; row++) {
    for (let column = 0; column < weight.columns; column++) {
      const index = row * weight.columns + column;
      visit(index, asTorch ? index : column * weight.rows + row);
    }
  }
}
