// A multi-layer perceptron with ReLU between its layers, and how its numbers are stored. Engines like few, large
// tensors, so weights and biases are rows stacked by width into blocks: a first layer is `inputs` rows of the
// hidden width, a bias is one row, an output layer is stored transposed, one row an output. Only the square-ish
// matrices between hidden layers stand alone. Blocks are what the optimiser and the target update work on.

import {
  add,
  concat,
  constant,
  matmul,
  relu,
  type Shape,
  sizeOf,
  slice,
  type Tensor,
} from "../graph/index.ts";

export interface MlpSpec {
  /** Prefix of every block's name. */
  readonly name: string;
  readonly inputSize: number;
  /** Width of each hidden layer; at least one. */
  readonly hidden: readonly number[];
  readonly outputSize: number;
}

/**
 * A layer's tensors: x·W + b, but the last is stored transposed, x·Wᵀ + b, and the first has its bias as the last row
 * of W, for an x that ends in a column of ones: one product instead of a product and a sum, there and in the gradient.
 */
export interface Layer {
  readonly weight: Tensor;
  readonly bias?: Tensor;
}

/** A dense layer's values in the layout of torch.nn.Linear. */
export interface LayerValues {
  /** [outputs, inputs], row-major */
  readonly weight: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
}

export interface MlpLayout {
  readonly spec: MlpSpec;
  readonly blocks: readonly { readonly name: string; readonly shape: Shape }[];
  /** Where each layer's values stand inside the blocks. */
  readonly places: readonly { readonly weight: Place; readonly bias: Place }[];
  /** The layers inside `blocks`, given in the layout's order. */
  layers(blocks: readonly Tensor[]): Layer[];
  /** Values of the blocks, from values of the layers. */
  pack(layers: readonly LayerValues[]): Float32Array[];
  /** The inverse of `pack`. */
  unpack(blocks: readonly Float32Array[]): LayerValues[];
}

/** Rows of a block that hold one weight matrix or bias, from the left, `columns` wide. */
export interface Place {
  /** Index of the block. */
  readonly block: number;
  readonly row: number;
  readonly rows: number;
  readonly columns: number;
  /** Index of its first value inside the flat block. */
  readonly offset: number;
}

export function mlpLayout(spec: MlpSpec): MlpLayout {
  const widths = [spec.inputSize, ...spec.hidden, spec.outputSize];
  const last = spec.hidden.length;
  const blocks: { name: string; shape: number[] }[] = [];
  const stacks = new Map<number, number>();

  const stacked = (rows: number, columns: number, width: number): Place => {
    if (!stacks.has(width)) {
      stacks.set(width, blocks.length);
      blocks.push({ name: `${spec.name}/rows${stacks.size > 1 ? width : ""}`, shape: [0, width] });
    }
    const block = stacks.get(width)!;
    const row = blocks[block]!.shape[0]!;
    blocks[block]!.shape[0] = row + rows;
    return { block, row, rows, columns, offset: row * width };
  };
  const alone = (layer: number, rows: number, columns: number): Place => {
    blocks.push({ name: `${spec.name}/weight${layer}`, shape: [rows, columns] });
    return { block: blocks.length - 1, row: 0, rows, columns, offset: 0 };
  };

  const places = widths.slice(0, -1).map((inputs, layer) => {
    const outputs = widths[layer + 1]!;
    if (layer === 0) return { weight: stacked(inputs, outputs, outputs), bias: stacked(1, outputs, outputs) };
    if (layer < last) return { weight: alone(layer, inputs, outputs), bias: stacked(1, outputs, outputs) };
    const bias = outputs <= inputs ? stacked(1, outputs, inputs) : stacked(1, outputs, outputs);
    return { weight: stacked(outputs, inputs, inputs), bias };
  });

  const view = (tensors: readonly Tensor[], place: Place): Tensor =>
    slice(slice(tensors[place.block]!, 0, place.row, place.row + place.rows), 1, 0, place.columns);

  return {
    spec,
    blocks,
    places,
    layers: (tensors) =>
      places.map(({ weight, bias }, layer) =>
        layer === 0
          ? { weight: view(tensors, { ...weight, rows: weight.rows + bias.rows }) }
          : { weight: view(tensors, weight), bias: view(tensors, bias) },
      ),
    pack(layers) {
      const values = blocks.map(({ shape }) => new Float32Array(sizeOf(shape)));
      places.forEach(({ weight, bias }, layer) => {
        eachWeight(weight, layer === last, (place, torch) => {
          values[weight.block]![place + weight.row * blocks[weight.block]!.shape[1]!] =
            layers[layer]!.weight[torch]!;
        });
        values[bias.block]!.set(layers[layer]!.bias, bias.offset);
      });
      return values;
    },
    unpack(values) {
      return places.map(({ weight, bias }, layer) => {
        const unpacked = new Float32Array(weight.rows * weight.columns);
        eachWeight(weight, layer === last, (place, torch) => {
          unpacked[torch] = values[weight.block]![place + weight.offset]!;
        });
        return { weight: unpacked, bias: values[bias.block]!.slice(bias.offset, bias.offset + bias.columns) };
      });
    },
  };
}

/** Pairs each weight's place, counted from its first row, with its place in torch's [outputs, inputs]. */
function eachWeight(weight: Place, isLast: boolean, visit: (place: number, torch: number) => void): void {
  for (let row = 0; row < weight.rows; row++) {
    for (let column = 0; column < weight.columns; column++) {
      const place = row * weight.columns + column;
      visit(place, isLast ? place : column * weight.rows + row);
    }
  }
}

/** @param x [batch, inputs] @returns [batch, outputs] */
export function forward(layers: readonly Layer[], x: Tensor): Tensor {
  const { weight, bias } = layers.at(-1)!;
  return plus(matmul(hiddenOf(layers, [x]), weight, { transposeB: true }), bias);
}

/** The network's single output as a row: the shape in which per-sample values are cheapest. @returns [1, batch] */
export function forwardRow(layers: readonly Layer[], x: readonly Tensor[]): Tensor {
  const { weight, bias } = layers.at(-1)!;
  return plus(matmul(weight, hiddenOf(layers, x), { transposeB: true }), bias);
}

function hiddenOf(layers: readonly Layer[], x: readonly Tensor[]): Tensor {
  const ones = constant(1, [x[0]!.shape[0]!, 1]);
  return layers
    .slice(0, -1)
    .reduce((h, { weight, bias }) => relu(plus(matmul(h, weight), bias)), concat([...x, ones], 1));
}

function plus(product: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? add(product, bias) : product;
}
