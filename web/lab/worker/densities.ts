// The two curves that SAC brings together at a state: the policy's density over one dimension of the action, and the
// density ∝ exp(Q/α) that the actor loss pulls it towards (the other dimensions stand at the policy's mean). α is the
// width of the second: at a large α all actions are alike, at a small one only the best counts.

/** Actions of the grid, spread evenly inside (−1, 1). */
export const GRID = 121;

export function gridAction(i: number): number {
  return -1 + (2 * i + 1) / GRID;
}

/** Density of tanh(u), u ~ N(mean, std²), on the grid. */
export function tanhGaussianDensity(mean: number, std: number): Float32Array {
  return Float32Array.from({ length: GRID }, (_, i) => {
    const a = gridAction(i);
    const z = (Math.atanh(a) - mean) / std;
    return Math.exp(-0.5 * z * z) / (std * Math.sqrt(2 * Math.PI)) / (1 - a * a);
  });
}

/** exp(q/α), scaled to integrate to 1 over [−1, 1]. @param q on the grid */
export function boltzmannDensity(q: Float32Array, alpha: number): Float32Array {
  const best = q.reduce((a, b) => Math.max(a, b));
  const weights = q.map((value) => Math.exp((value - best) / alpha));
  const area = (weights.reduce((a, b) => a + b, 0) * 2) / GRID;
  return weights.map((weight) => weight / area);
}
