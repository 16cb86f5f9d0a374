// Initial weights as torch.nn.Linear draws them, and so Stable-Baselines3: uniform within 1/√inputs, biases too.

import type { RandomStream } from "../random/index.ts";
import type { LayerValues, MlpSpec } from "./network.ts";

export function initialLayers(
  { inputSize, hidden, outputSize }: MlpSpec,
  random: RandomStream,
): LayerValues[] {
  const widths = [inputSize, ...hidden, outputSize];
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer]!;
    const bound = 1 / Math.sqrt(inputs);
    const draw = (size: number) =>
      Float32Array.from({ length: size }, () => random.uniformBetween(-bound, bound));
    return { weight: draw(inputs * outputs), bias: draw(outputs) };
  });
}
