// What a network is made of: a list of layers, told as plain data. `mlp` is the list that SAC uses unless told otherwise.

/** A layer: linear, an activation, layer norm or dropout. */
export type LayerSpec =
  /** y = x·Wᵀ + b, W [outputs, inputs] as in torch.nn.Linear. */
  | { readonly kind: "linear"; readonly outputs: number }
  | { readonly kind: "relu" }
  /** y = x · mask, which is 0 for a share `rate` of all units and samples, and 1 / (1 − rate) for the others. */
  | { readonly kind: "dropout"; readonly rate: number }
  /** y = (x − mean(x)) / √(var(x) + 1e-5) · gain + bias over a sample's units, as torch.nn.LayerNorm. */
  | { readonly kind: "layerNorm" }
  /** Units brought to mean 0 and variance 1 over the batch, then · gain + bias; see batch-renorm.ts. */
  | { readonly kind: "batchRenorm" };

/** A network as a list of layers. */
export interface NetworkSpec {
  /** Prefix of every block's name. */
  readonly name: string;
  readonly inputSize: number;
  /** At least two linear layers, the last of which ends the list. */
  readonly layers: readonly LayerSpec[];
}

/** A linear layer of so many outputs. */
export const linear = (outputs: number): LayerSpec => ({ kind: "linear", outputs });
/** max(x, 0). */
export const relu: LayerSpec = { kind: "relu" };
/** Layer normalisation with gain and bias. */
export const layerNorm: LayerSpec = { kind: "layerNorm" };
export const batchRenorm: LayerSpec = { kind: "batchRenorm" };

/** Added to the variance, as torch.nn.LayerNorm does. */
export const LAYER_NORM_EPSILON = 1e-5;

/** What stands in a network beside dense layers. */
export interface MlpLayers {
  /** Batch renorm of what comes in and of what each hidden layer gives (CrossQ). Default false. */
  readonly batchRenorm?: boolean | undefined;
}

/** Hidden layers with ReLU behind each, and a linear output. @param hidden units of each hidden layer, at least one */
export function mlp(hidden: readonly number[], outputs: number, layers: MlpLayers = {}): LayerSpec[] {
  return criticMlp(hidden, outputs, { batchRenorm: layers.batchRenorm });
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
  { layerNorm: normalized = false, dropout: rate = 0, batchRenorm: renormed = false }: CriticLayers = {},
): LayerSpec[] {
  const renorm = renormed ? [batchRenorm] : [];
  const between: LayerSpec[] = [
    ...(rate > 0 ? [{ kind: "dropout", rate } as const] : []),
    ...(normalized ? [layerNorm] : []),
    relu,
    ...renorm,
  ];
  return [...renorm, ...hidden.flatMap((units) => [linear(units), ...between]), linear(outputs)];
}

/** Widths of what the dropout layers of a network are given, in order. */
export function droppedWidths({ inputSize, layers }: NetworkSpec): number[] {
  let width = inputSize;
  return layers.flatMap((layer) => {
    if (layer.kind === "linear") width = layer.outputs;
    return layer.kind === "dropout" ? [width] : [];
  });
}

/** A layer that has parameters: how many numbers come in and go out. */
export interface ParameterLayer {
  readonly kind: "linear" | "layerNorm" | "batchRenorm";
  readonly inputs: number;
  readonly outputs: number;
}

/** The layers that have parameters, in order. */
export function parameterLayers({ inputSize, layers }: NetworkSpec): ParameterLayer[] {
  let width = inputSize;
  return layers.flatMap((layer): ParameterLayer[] => {
    if (layer.kind === "relu" || layer.kind === "dropout") return [];
    const inputs = width;
    if (layer.kind === "linear") width = layer.outputs;
    return [{ kind: layer.kind, inputs, outputs: width }];
  });
}
