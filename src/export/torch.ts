// The actor's weights under the names that a torch.nn.Sequential of Linear and activations gives them: its state_dict, so that
// `nn.Sequential(Linear, ReLU, …, Linear).load_state_dict(safetensors.torch.load_file(FILE))` takes them as they are. Of SimBa it is
// Sequential(Linear, Residual, …, LayerNorm, Linear), whose Residual gives x + layers(x), `layers` being Sequential(LayerNorm,
// Linear, ReLU, Linear).

import type { StoredTensor } from "../agent/safetensors.ts";
import { isActivation } from "../sac/layers.ts";
import type { Policy } from "./policy.ts";
import type { PolicyLayer } from "./policy-layers.ts";

/** `0.weight`, `0.bias`, `2.weight`, …: every second module is an activation. Of a residual block `1.layers.0.weight`, …. */
export function torchTensors({ layers }: Policy): ReadonlyMap<string, StoredTensor> {
  return new Map(tensorsOf(layers, ""));
}

function tensorsOf(layers: readonly PolicyLayer[], path: string): [string, StoredTensor][] {
  return layers.flatMap((layer, i): [string, StoredTensor][] => {
    const name = `${path}${i}`;
    if (isActivation(layer)) return [];
    if (layer.kind === "residual") return tensorsOf(layer.layers, `${name}.layers.`);
    const { weight, bias } = layer;
    const shape = layer.kind === "dense" ? [bias.length, weight.length / bias.length] : [bias.length];
    return [
      [`${name}.weight`, { shape, values: weight }],
      [`${name}.bias`, { shape: [bias.length], values: bias }],
    ];
  });
}
