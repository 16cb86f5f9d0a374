// The actor's weights under the names that a torch.nn.Sequential of Linear and activations gives them: its state_dict, so that
// `nn.Sequential(Linear, ReLU, …, Linear).load_state_dict(safetensors.torch.load_file(FILE))` takes them as they are.

import type { StoredTensor } from "../agent/safetensors.ts";
import type { Policy } from "./policy.ts";

/** `0.weight`, `0.bias`, `2.weight`, …: every second module is an activation. */
export function torchTensors({ layers }: Policy): ReadonlyMap<string, StoredTensor> {
  return new Map(
    layers.flatMap(({ weight, bias }, i): [string, StoredTensor][] => [
      [`${2 * i}.weight`, { shape: [bias.length, weight.length / bias.length], values: weight }],
      [`${2 * i}.bias`, { shape: [bias.length], values: bias }],
    ]),
  );
}
