// TQC (Kuznetsov et al. 2020, arXiv 2005.04269): critics that give quantiles of the return instead of its mean. The target is
// what all target critics say at the next state, as one mixture, without its greatest quantiles: those overestimate most.
//
// Values are rows here, [quantiles, batch], and all of it is made of the operations that there are. Sorting is by exchanges of
// neighbours, a minimum and a maximum each, so that it is exact, ties too.

import {
  add,
  broadcastTo,
  clamp,
  concat,
  constant,
  maximum,
  mean,
  minimum,
  multiply,
  reshape,
  slice,
  stopGradient,
  subtract,
  type Tensor,
} from "../graph/index.ts";

export interface Quantiles {
  /** Of each critic. */
  readonly each: number;
  /** Of each critic, how many the target drops; of all together, the greatest of this number times the critics. */
  readonly dropped: number;
}

/** The mixture without its greatest quantiles, in no order. @param z of each critic, [quantiles, batch] */
export function truncated(z: readonly Tensor[], { dropped }: Quantiles): Tensor {
  const all = concat(z, 0);
  return dropped === 0 ? all : leastRows(all, all.shape[0]! - dropped * z.length);
}

/**
 * The `count` least of each column, in no order, by odd-even transposition: as many rounds as there are rows, in which every
 * row is exchanged with the next or with the one before. Rows of even and of odd rank are two arrays, so that a round is a
 * minimum and a maximum.
 * @param x [n, batch] @returns [count, batch]
 */
export function leastRows(x: Tensor, count: number): Tensor {
  const n = x.shape[0]!;
  if (n === 1) return x;
  const half = Math.ceil(n / 2);
  let even = slice(x, 0, 0, half);
  let odd = slice(x, 0, half, n);
  for (let round = 0; round < n; round++) {
    if (round % 2 === 0) [even, odd] = exchanged(even, odd, 0);
    else [odd, even] = exchanged(odd, even, 1);
  }
  const parts = [slice(even, 0, 0, Math.ceil(count / 2))];
  if (count > 1) parts.push(slice(odd, 0, 0, Math.floor(count / 2)));
  return concat(parts, 0);
}

/** Row i of `first` and row i + `ahead` of `second`, the lesser in `first`; rows without a partner stay. */
function exchanged(first: Tensor, second: Tensor, ahead: number): [first: Tensor, second: Tensor] {
  const [m, n] = [first.shape[0]!, second.shape[0]!];
  const pairs = Math.min(m, n - ahead);
  if (pairs === 0) return [first, second];
  const [a, b] = [slice(first, 0, 0, pairs), slice(second, 0, ahead, ahead + pairs)];
  const [low, high] = [minimum(a, b), maximum(a, b)];
  const rest = pairs < m ? [slice(first, 0, pairs, m)] : [];
  const before = ahead > 0 ? [slice(second, 0, 0, ahead)] : [];
  const behind = ahead + pairs < n ? [slice(second, 0, ahead + pairs, n)] : [];
  return [concat([low, ...rest], 0), concat([...before, high, ...behind], 0)];
}

/**
 * Σ over critics of the mean, over batch, quantiles and targets, of ρ_τ(δ) = |τ − 1[δ < 0]| · huber(δ), δ = y_j − θ_i and
 * τ_i = (i + ½) / M (equation 8 there, with Huber's bend at 1).
 *
 * Huber's loss is the greatest of c·δ − c²/2 over −1 ≤ c ≤ 1, reached at c = δ cut off at ±1: so its slope is that c, and what
 * c is made of needs no gradient.
 * @param q each critic's quantiles at (s, a), [quantiles, batch] @param target y, [targets, batch], constant
 */
export function quantileLoss(q: readonly Tensor[], target: Tensor): Tensor {
  return q.map((quantiles) => lossOfOne(quantiles, target)).reduce(add);
}

function lossOfOne(quantiles: Tensor, target: Tensor): Tensor {
  const [each, batch] = quantiles.shape as [number, number];
  const pairs = [each, target.shape[0]!, batch];
  const current = broadcastTo(reshape(quantiles, [each, 1, batch]), pairs);
  const delta = subtract(target, current);
  const cut = stopGradient(clamp(delta, -1, 1));
  // τ·c where c > 0, (1 − τ)·c elsewhere.
  const above = stopGradient(clamp(delta, 0, 1));
  const tau = levels(each);
  const weighted = add(multiply(cut, subtract(1, tau)), multiply(above, subtract(multiply(tau, 2), 1)));
  return mean(multiply(weighted, subtract(delta, multiply(cut, 0.5))));
}

/** τ of each quantile, [quantiles, 1, 1] */
function levels(each: number): Tensor {
  return concat(
    Array.from({ length: each }, (_, i) => constant((i + 0.5) / each, [1, 1, 1])),
    0,
  );
}
