// The numbers behind docs/temperature.md, by quadrature and by running the temperature itself.

import { temperature } from "../../src/index.ts";

/**
 * Entropy of tanh(μ + σ·ε) in one dimension, nats: H = log σ + ½ log 2πe + E[log(1 − tanh² u)].
 * @param epsilon added inside the logarithm by the codes that write log(1 − a² + ε); 0 is exact
 */
export function tanhGaussianEntropy(mean: number, sigma: number, epsilon = 0): number {
  return (
    Math.log(sigma) +
    0.5 * Math.log(2 * Math.PI * Math.E) +
    expectation((z) => {
      const u = Math.abs(mean + sigma * z);
      const exact = 2 * (Math.LN2 - u - Math.log1p(Math.exp(-2 * u)));
      return epsilon === 0 ? exact : Math.log(Math.exp(exact) + epsilon);
    })
  );
}

/** E[f(z)], z standard normal, by the trapezium rule within ±9 standard deviations. */
function expectation(f: (z: number) => number): number {
  const steps = 4000;
  const width = 18 / steps;
  let total = 0;
  for (let i = 0; i <= steps; i++) {
    const z = -9 + i * width;
    total += Math.exp(-0.5 * z * z) * f(z);
  }
  return (total * width) / Math.sqrt(2 * Math.PI);
}

/** Where an increasing or decreasing f crosses zero between a and b. */
export function crossing(f: (x: number) => number, a: number, b: number): number {
  const sign = Math.sign(f(a));
  let [low, high] = [a, b];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Steady |d ln α| per update under Adam at a gap that stays. */
export function steadySpeed(
  learningRate: number,
  loss: temperature.TemperatureLoss,
  direction: "fall" | "rise",
): number {
  if (loss === "log-alpha") return learningRate;
  const x = learningRate / (1 - 0.999);
  return learningRate * (Math.sqrt(1 + x * x) + (direction === "fall" ? -x : x));
}

/** log α after each update of a temperature whose gap stays at `gap`, until `until` says stop. */
export function* atSteadyGap(
  gap: number,
  options: temperature.TemperatureOptions,
): Generator<{ update: number; logAlpha: number }, never> {
  const settings = temperature.temperatureSettings({ targetEntropy: -1, ...options }, 1);
  let state = temperature.init(settings);
  for (let update = 1; ; update++) {
    ({ state } = temperature.update(settings, state, -1 + gap));
    yield { update, logAlpha: state.logAlpha };
  }
}

/** Updates until α passes `goal`, from 1, at a gap that stays. */
export function updatesUntil(goal: number, gap: number, options: temperature.TemperatureOptions): number {
  for (const { update, logAlpha } of atSteadyGap(gap, options)) {
    if (gap > 0 ? logAlpha <= Math.log(goal) : logAlpha >= Math.log(goal)) return update;
  }
  throw new Error("unreachable: the temperature never stops");
}

/** Probability of the best of n actions where it alone stands out and the entropy is ratio · log n. */
export function bestProbability(n: number, ratio: number): number {
  const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log((1 - p) / (n - 1));
  return crossing((p) => entropy(p) - ratio * Math.log(n), 1 / n, 1 - 1e-12);
}
