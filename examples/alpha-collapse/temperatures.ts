// Temperatures as plain objects: the right one, which tempered exports, and the ways to get it wrong that the search
// for a vanishing α has to try. Each is handed the entropy H of a batch and moves its α. With g = H − H̄:
//
//   right            Adam on log α, gradient g (log-α form) or α·g (α-form)
//   adamOnAlpha      Adam on α itself: α falls by the same amount at each update, not by the same share
//   descentOnLogAlpha  no Adam: the step is lr · gradient, as large as the gap is
//   descentOnAlpha   both at once
//   flippedSign      climbs the loss instead of descending it

import { temperature } from "../../src/index.ts";

type Temperature = temperature.Temperature;

export interface Settings extends temperature.TemperatureOptions {
  readonly targetEntropy: number;
  readonly learningRate: number;
}

export type MakeTemperature = (settings: Settings) => Temperature;

export const right: MakeTemperature = (options) =>
  temperature.createTemperature(temperature.temperatureSettings(options, ACTIONS));

export const adamOnAlpha: MakeTemperature = (settings) => {
  const { learningRate, min = -Infinity } = settings;
  const adam = adamWith(learningRate);
  return moving(settings, (alpha, gap) => Math.max(alpha - adam(gap), min));
};

export const descentOnLogAlpha: MakeTemperature = (settings) =>
  moving(settings, (alpha, gap) => {
    const gradient = (settings.loss === "alpha" ? alpha : 1) * gap;
    return alpha * Math.exp(-settings.learningRate * gradient);
  });

export const descentOnAlpha: MakeTemperature = (settings) =>
  moving(settings, (alpha, gap) => alpha - settings.learningRate * gap);

/** −g in place of g is the same as the entropy mirrored at its target. */
export const flippedSign: MakeTemperature = (settings) => {
  const mirrored = right(settings);
  return Object.create(mirrored, {
    update: {
      value: (entropy: number, step: number) => mirrored.update(2 * settings.targetEntropy - entropy, step),
    },
  }) as Temperature;
};

/** Action dimensions of the task. */
const ACTIONS = 4;

/** A temperature whose α goes from one value to the next by the gap g, nats. */
function moving(
  { targetEntropy, initialAlpha = 1 }: Settings,
  next: (alpha: number, gap: number) => number,
): Temperature {
  let alpha = initialAlpha;
  return {
    get alpha() {
      return alpha;
    },
    get logAlpha() {
      return Math.log(alpha);
    },
    update(entropy) {
      const gap = entropy - targetEntropy;
      const loss = alpha * gap;
      alpha = next(alpha, gap);
      return { loss, targetEntropy, gap };
    },
    state: () => {
      throw new Error("Not kept: these runs are never saved");
    },
    restore: () => {
      throw new Error("Not kept: these runs are never saved");
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
