// What a network is made of: a list of layers, told as plain data. `mlp` is the list that SAC uses unless told otherwise.

import { type Activation, activationNames } from "./activations.ts";

/** A layer: linear, an activation, a norm, dropout, or layers that others go round. */
export type LayerSpec =
  /** y = x·Wᵀ + b, W [outputs, inputs] as in torch.nn.Linear. */
  | {
      readonly kind: "linear";
      readonly outputs: number;
      /** Initial weights have mean 0 and this variance over the inputs, biases 0. Default: as torch.nn.Linear draws them. */
      readonly gain?: number;
    }
  /** See activations.ts. */
  | { readonly kind: Activation }
  /** y = x · mask, which is 0 for a share `rate` of all units and samples, and 1 / (1 − rate) for the others. */
  | { readonly kind: "dropout"; readonly rate: number }
  /** y = (x − mean(x)) / √(var(x) + 1e-5) · gain + bias over a sample's units, as torch.nn.LayerNorm. */
  | { readonly kind: "layerNorm" }
  /** Units brought to mean 0 and variance 1 over the batch, then · gain + bias; see batch-renorm.ts. */
  | { readonly kind: "batchRenorm" }
  /** y = x + layers(x), of layers as wide at their end as at their beginning, where a norm or a linear one stands. */
  | { readonly kind: "residual"; readonly layers: readonly LayerSpec[] };

/** A network as a list of layers. */
export interface NetworkSpec {
  /** Prefix of every block's name. */
  readonly name: string;
  readonly inputSize: number;
  /** At least two linear layers, the last of which ends the list. */
  readonly layers: readonly LayerSpec[];
}

/** A linear layer of so many outputs. */
export const linear = (outputs: number, gain?: number): LayerSpec => ({
  kind: "linear",
  outputs,
  ...(gain !== undefined && { gain }),
});
/** max(x, 0). */
export const relu: LayerSpec = { kind: "relu" };
/** Layer normalisation with gain and bias. */
export const layerNorm: LayerSpec = { kind: "layerNorm" };
export const batchRenorm: LayerSpec = { kind: "batchRenorm" };

/** Added to the variance, as torch.nn.LayerNorm does. */
export const LAYER_NORM_EPSILON = 1e-5;

/** How much wider than its ends a residual block is in the middle. */
const EXPANSION = 4;

/** What stands in a network beside dense layers. */
export interface MlpLayers {
  /** Batch renorm of what comes in and of what each hidden layer gives (CrossQ). Default false. */
  readonly batchRenorm?: boolean | undefined;
  /** Residual blocks in place of hidden layers (SimBa). Default false. */
  readonly residual?: boolean | undefined;
  /** Behind each hidden layer, and within residual blocks. Default "relu". */
  readonly activation?: Activation | undefined;
}

/** Hidden layers with an activation behind each, and a linear output. @param hidden units of each hidden layer, at least one */
export function mlp(hidden: readonly number[], outputs: number, layers: MlpLayers = {}): LayerSpec[] {
  const { batchRenorm, residual, activation } = layers;
  return criticMlp(hidden, outputs, { batchRenorm, residual, activation });
}

/** What stands in a critic beside dense layers. */
export interface CriticLayers extends MlpLayers {
  readonly layerNorm?: boolean | undefined;
  /** Share of the hidden units that is left out, drawn anew for every sample of every update. Default 0. */
  readonly dropout?: number | undefined;
}

/** `mlp` with dropout, then a layer norm, behind each hidden layer (Hiraoka et al. 2022, arXiv 2110.02034, figure 4). */
export function criticMlp(
  hidden: readonly number[],
  outputs: number,
  layers: CriticLayers = {},
): LayerSpec[] {
  if (layers.residual) return residualMlp(hidden, outputs, layers);
  const { layerNorm: normalized = false, dropout: rate = 0, batchRenorm: renormed = false } = layers;
  const { activation = "relu" } = layers;
  const renorm = renormed ? [batchRenorm] : [];
  const between: LayerSpec[] = [
    ...(rate > 0 ? [{ kind: "dropout", rate } as const] : []),
    ...(normalized ? [layerNorm] : []),
    { kind: activation },
    ...renorm,
  ];
  return [...renorm, ...hidden.flatMap((units) => [linear(units), ...between]), linear(outputs)];
}

/**
 * SimBa (Lee et al. 2025, arXiv 2410.09754, section 4): a linear layer, residual blocks of norm, linear, ReLU and linear, four
 * times as wide in the middle, a norm, and the output. With batch renorm its norms are such, one of what comes in too; dropout
 * stands behind each block.
 * @param hidden width of each block, all the same
 */
function residualMlp(
  hidden: readonly number[],
  outputs: number,
  { dropout: rate = 0, batchRenorm: renormed = false, activation = "relu" }: CriticLayers,
): LayerSpec[] {
  const norm = renormed ? batchRenorm : layerNorm;
  const block = (units: number): LayerSpec => ({
    kind: "residual",
    layers: [norm, linear(EXPANSION * units, 2), { kind: activation }, linear(units, 2)],
  });
  return [
    ...(renormed ? [batchRenorm] : []),
    linear(hidden[0]!, 1),
    ...hidden.flatMap((units) => [block(units), ...(rate > 0 ? [{ kind: "dropout", rate } as const] : [])]),
    norm,
    linear(outputs, 1),
  ];
}

/** All layers in the order in which they are applied, those of residual blocks in their blocks' place. */
function unrolled(layers: readonly LayerSpec[]): Exclude<LayerSpec, { readonly kind: "residual" }>[] {
  return layers.flatMap((layer) => (layer.kind === "residual" ? unrolled(layer.layers) : [layer]));
}

/** Widths of what the dropout layers of a network are given, in order. */
export function droppedWidths({ inputSize, layers }: NetworkSpec): number[] {
  let width = inputSize;
  return unrolled(layers).flatMap((layer) => {
    if (layer.kind === "linear") width = layer.outputs;
    return layer.kind === "dropout" ? [width] : [];
  });
}

/** A layer that has parameters: how many numbers come in and go out. */
export interface ParameterLayer {
  readonly kind: "linear" | "layerNorm" | "batchRenorm";
  readonly inputs: number;
  readonly outputs: number;
  /** Of a linear layer, see `LayerSpec`. */
  readonly gain?: number | undefined;
}

/** The layers that have parameters, in order. */
export function parameterLayers({ inputSize, layers }: NetworkSpec): ParameterLayer[] {
  let width = inputSize;
  return unrolled(layers).flatMap((layer): ParameterLayer[] => {
    if (layer.kind === "dropout" || isActivation(layer)) return [];
    const inputs = width;
    if (layer.kind !== "linear") return [{ kind: layer.kind, inputs, outputs: width }];
    width = layer.outputs;
    return [{ kind: layer.kind, inputs, outputs: width, gain: layer.gain }];
  });
}

/** Whether the layer is an activation. */
export function isActivation<L extends { readonly kind: string }>(
  layer: L,
): layer is Extract<L, { readonly kind: Activation }> {
  return (activationNames as readonly string[]).includes(layer.kind);
}
