// You have a SAC of your own, in any framework, and want a temperature that is right. All that it needs from you is a
// number for each actor step: the entropy of the batch, H = −mean(log π), in nats of unit actions, summed over the
// action dimensions. All that it gives back is a number: α for the next critic target and actor loss.
//
//   npx tsx examples/own-sac-temperature.ts

import { temperature } from "../src/index.ts";

const settings = temperature.temperatureSettings({ targetEntropy: -4, learningRate: 3e-3, min: 1e-3 }, 4);
let state = temperature.init(settings); // plain numbers: save it beside your weights
let alpha = temperature.alphaOf(settings, state);

for (let update = 1; update <= 10_000; update++) {
  const logProb = yourActorStep(alpha);
  const entropy = -logProb.reduce((total, value) => total + value, 0) / logProb.length;
  const step = temperature.update(settings, state, entropy);
  ({ state, alpha } = step);
  if (update % 1000 === 0) {
    console.log(`update ${update}  α ${alpha.toFixed(4)}  H ${entropy.toFixed(2)}  g ${step.gap.toFixed(2)}`);
  }
}

/**
 * Stands for your networks: the best spread of a policy whose reward is −‖a‖² falls with α as σ² = α / 2 in each
 * dimension, up to the widest that a policy goes. @returns log π of a batch
 */
function yourActorStep(alpha: number): number[] {
  const sigma = Math.min(Math.sqrt(alpha / 2), 0.48);
  const entropy = 4 * (Math.log(sigma) + 0.5 * Math.log(2 * Math.PI * Math.E));
  return [-entropy];
}
