// What a network is made of: a list of layers, told as plain data. `mlp` is the list that SAC uses unless told otherwise.

export type LayerSpec =
  /** y = x·Wᵀ + b, W [outputs, inputs] as in torch.nn.Linear. */
  | { readonly kind: "linear"; readonly outputs: number }
  | { readonly kind: "relu" }
  /** y = (x − mean(x)) / √(var(x) + 1e-5) · gain + bias over a sample's units, as torch.nn.LayerNorm. */
  | { readonly kind: "layerNorm" };

export interface NetworkSpec {
  /** Prefix of every block's name. */
  readonly name: string;
  readonly inputSize: number;
  /** At least two linear layers, the last of which ends the list. */
  readonly layers: readonly LayerSpec[];
}

export const linear = (outputs: number): LayerSpec => ({ kind: "linear", outputs });
export const relu: LayerSpec = { kind: "relu" };
export const layerNorm: LayerSpec = { kind: "layerNorm" };

/** Added to the variance, as torch.nn.LayerNorm does. */
export const LAYER_NORM_EPSILON = 1e-5;

/** Hidden layers with ReLU behind each, and a linear output. @param hidden units of each hidden layer, at least one */
export function mlp(hidden: readonly number[], outputs: number): LayerSpec[] {
  return [...hidden.flatMap((units) => [linear(units), relu]), linear(outputs)];
}

/** A layer that has parameters: how many numbers come in and go out. */
export interface ParameterLayer {
  readonly kind: "linear" | "layerNorm";
  readonly inputs: number;
  readonly outputs: number;
}

/** The layers that have parameters, in order. */
export function parameterLayers({ inputSize, layers }: NetworkSpec): ParameterLayer[] {
  let width = inputSize;
  return layers.flatMap((layer): ParameterLayer[] => {
    if (layer.kind === "relu") return [];
    const inputs = width;
    if (layer.kind === "linear") width = layer.outputs;
    return [{ kind: layer.kind, inputs, outputs: width }];
  });
}
