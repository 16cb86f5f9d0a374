// Temperatures as plain objects: the right one, which tempered exports, and the ways to get it wrong that the search
// for a vanishing α has to try. Each is handed the entropy H of a batch and moves its α. With g = H − H̄:
//
//   right            Adam on log α, gradient g (log-α form) or α·g (α-form)
//   adamOnAlpha      Adam on α itself: α falls by the same amount at each update, not by the same share
//   descentOnLogAlpha  no Adam: the step is lr · gradient, as large as the gap is
//   descentOnAlpha   both at once
//   flippedSign      climbs the loss instead of descending it

import { temperature } from "../../src/index.ts";

export interface Temperature {
  readonly alpha: number;
  /** @param entropy H of the actor's batch, nats */
  update(entropy: number): void;
}

export interface Settings extends temperature.TemperatureOptions {
  readonly targetEntropy: number;
  readonly learningRate: number;
}

export type MakeTemperature = (settings: Settings) => Temperature;

export const right: MakeTemperature = (options) => {
  const settings = temperature.temperatureSettings(options, ACTIONS);
  let state = temperature.init(settings);
  return {
    get alpha() {
      return temperature.alphaOf(settings, state);
    },
    update(entropy) {
      ({ state } = temperature.update(settings, state, entropy));
    },
  };
};

export const adamOnAlpha: MakeTemperature = ({
  targetEntropy,
  learningRate,
  initialAlpha = 1,
  min = -Infinity,
}) => {
  const adam = adamWith(learningRate);
  return plain(initialAlpha, (alpha, entropy) => Math.max(alpha - adam(entropy - targetEntropy), min));
};

export const descentOnLogAlpha: MakeTemperature = ({ targetEntropy, learningRate, loss, initialAlpha = 1 }) =>
  plain(initialAlpha, (alpha, entropy) => {
    const slope = (loss === "alpha" ? alpha : 1) * (entropy - targetEntropy);
    return alpha * Math.exp(-learningRate * slope);
  });

export const descentOnAlpha: MakeTemperature = ({ targetEntropy, learningRate, initialAlpha = 1 }) =>
  plain(initialAlpha, (alpha, entropy) => alpha - learningRate * (entropy - targetEntropy));

/** −g in place of g is the same as the entropy mirrored at its target. */
export const flippedSign: MakeTemperature = (settings) => {
  const mirrored = right(settings);
  return {
    get alpha() {
      return mirrored.alpha;
    },
    update: (entropy) => mirrored.update(2 * settings.targetEntropy - entropy),
  };
};

/** Action dimensions of the task. */
const ACTIONS = 4;

function plain(initialAlpha: number, next: (alpha: number, entropy: number) => number): Temperature {
  let alpha = initialAlpha;
  return {
    get alpha() {
      return alpha;
    },
    update(entropy) {
      alpha = next(alpha, entropy);
    },
  };
}

/** Adam for one number: takes its gradient, gives the step to subtract. */
function adamWith(learningRate: number): (gradient: number) => number {
  let [m, v, power1, power2] = [0, 0, 1, 1];
  return (gradient) => {
    m = 0.9 * m + 0.1 * gradient;
    v = 0.999 * v + 0.001 * gradient * gradient;
    power1 *= 0.9;
    power2 *= 0.999;
    return (learningRate * (m / (1 - power1))) / (Math.sqrt(v / (1 - power2)) + 1e-8);
  };
}
