// Trained policies for other programs: a JavaScript module, an ONNX model, safetensors.

export type { Activation } from "../sac/activations.ts";
export { policyModule } from "./javascript.ts";
export { policyModel } from "./onnx.ts";
export { type Policy, policyOf } from "./policy.ts";
export type { PolicyLayer } from "./policy-layers.ts";
export { torchTensors } from "./torch.ts";
