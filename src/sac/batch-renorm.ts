// Batch renormalization (Ioffe 2017, arXiv 1702.03275), as CrossQ uses it (Bhatt et al. 2024, arXiv 1902.05605): in training each
// unit is brought to mean 0 and variance 1 over the batch, then moved by what the batch differs from the running statistics,
// within bounds and as a constant; elsewhere the running statistics take the batch's place. In the warm-up nothing is moved,
// which is batch normalization.
//
//   x̂ = (x − μ_B) / σ_B · r + d,   r = σ_B / σ within [1/3, 3],   d = (μ_B − μ) / σ within ±5
//   μ ← μ + 0.01 (μ_B − μ),   σ² likewise
//
// A network's running statistics are one row of numbers, layer by layer the means, then the variances.

import {
  add,
  clamp,
  concat,
  divide,
  mean,
  multiply,
  slice,
  sqrt,
  square,
  stopGradient,
  subtract,
  type Tensor,
} from "../graph/index.ts";

/** Added to variances, as the authors' code. */
export const RENORM_EPSILON = 1e-3;
const MOMENTUM = 0.99;
const R_MAX = 3;
const D_MAX = 5;

/** Where a layer's statistics stand in the row. */
export interface StatisticsPlace {
  readonly units: number;
  /** Of the first mean; the variances follow. */
  readonly offset: number;
}

/** Normalizes the units that come into a layer. */
export interface BatchNormalizer {
  /** @param x [batch, units] @param gain @param bias each [1, units] @returns [batch, units] */
  normalize(x: Tensor, place: StatisticsPlace, gain: Tensor, bias: Tensor): Tensor;
}

const meansOf = (row: Tensor, { offset, units }: StatisticsPlace) => slice(row, 1, offset, offset + units);
const variancesOf = (row: Tensor, { offset, units }: StatisticsPlace) =>
  slice(row, 1, offset + units, offset + 2 * units);
const deviation = (variance: Tensor) => sqrt(add(variance, RENORM_EPSILON));

/** By running statistics. @param row [1, numbers] */
export function byRunning(row: Tensor): BatchNormalizer {
  return {
    normalize(x, place, gain, bias) {
      const scale = divide(gain, deviation(variancesOf(row, place)));
      return add(multiply(x, scale), subtract(bias, multiply(meansOf(row, place), scale)));
    },
  };
}

/** By the batch. Meets each layer once, in order; `row` is then what the running statistics become. */
export class ByBatch implements BatchNormalizer {
  private readonly before: Tensor;
  private readonly warm: Tensor;
  private readonly parts: Tensor[] = [];

  /** @param before the running statistics, [1, numbers] @param warm 1 once the warm-up is over, 0 before */
  constructor(before: Tensor, warm: Tensor) {
    this.before = before;
    this.warm = warm;
  }

  normalize(x: Tensor, place: StatisticsPlace, gain: Tensor, bias: Tensor): Tensor {
    const running = { mean: meansOf(this.before, place), variance: variancesOf(this.before, place) };
    const batchMean = mean(x, [0], true);
    const centred = subtract(x, batchMean);
    const variance = mean(square(centred), [0], true);
    const [sigma, runningSigma] = [deviation(variance), deviation(running.variance)];
    const r = stopGradient(clamp(divide(sigma, runningSigma), 1 / R_MAX, R_MAX));
    const d = stopGradient(clamp(divide(subtract(batchMean, running.mean), runningSigma), -D_MAX, D_MAX));
    const now = { r: add(multiply(subtract(r, 1), this.warm), 1), d: multiply(d, this.warm) };
    const moved = (from: Tensor, to: Tensor) => add(from, multiply(subtract(to, from), 1 - MOMENTUM));
    this.parts.push(moved(running.mean, batchMean), moved(running.variance, variance));
    const scale = multiply(divide(now.r, sigma), gain);
    return add(multiply(centred, scale), add(multiply(now.d, gain), bias));
  }

  get row(): Tensor {
    return concat(this.parts, 1);
  }
}
