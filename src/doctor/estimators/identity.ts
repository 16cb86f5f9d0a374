// The identity test: where entropy and loss are both logged, gap-from-loss = s·(H − x) must hold row by row, whatever
// α does. s ≈ 1 makes x the target really in use; s ≈ −1 is a wrong sign. Fitted in windows, since a fault may begin
// in mid-run, and joined to stretches.

import type { Estimate } from "../finding.ts";
import { median, rowNoise } from "../statistics/quantiles.ts";
import { theilSen } from "../statistics/theil-sen.ts";

/** The implied gap fitted against the logged entropy. */
export interface IdentityFit {
  /** ±1 of the stretch. */
  readonly sign: 1 | -1;
  /** The target in use, nats, in the log's units. */
  readonly target: Estimate;
  /** Rows, both included. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

const WINDOW = 12;
/** Of a log of few rows, for a sign that turns in its midst: the target is then as sure as this share of the gap. */
const SHORT_WINDOW = 6;
const SURE = 0.1;

/** @param gap from the loss, one value a row @returns stretches of constant sign, in order; empty if nothing fits */
export function identityFits(gap: ArrayLike<number>, entropy: ArrayLike<number>): IdentityFit[] {
  const places: number[] = [];
  for (let i = 0; i < gap.length; i++) {
    if (Number.isFinite(gap[i]!) && Number.isFinite(entropy[i]!)) places.push(i);
  }
  if (places.length < 8) return [];
  if (places.length < 3 * WINDOW) {
    const fits = fitsIn(places, SHORT_WINDOW, gap, entropy);
    const sure = ({ sign, from, to, target }: IdentityFit) =>
      sign === -1 && target.high - target.low < SURE * Math.abs(median(Array.from(gap).slice(from, to + 1)));
    if (fits.some(sure)) return fits;
  }
  return fitsIn(places, Math.max(WINDOW, Math.ceil(places.length / 25)), gap, entropy);
}

function fitsIn(
  places: readonly number[],
  width: number,
  gap: ArrayLike<number>,
  entropy: ArrayLike<number>,
): IdentityFit[] {
  const signs: (1 | -1 | 0)[] = [];
  const starts: number[] = [];
  for (let at = 0; at < places.length; at += width) {
    const end = places.length - at < 1.5 * width ? places.length : at + width;
    const window = places.slice(at, end);
    signs.push(signOf(window, gap, entropy));
    starts.push(at);
    if (end === places.length) break;
  }
  const fits: IdentityFit[] = [];
  for (let w = 0; w < signs.length; ) {
    let end = w + 1;
    while (end < signs.length && (signs[end] === signs[w] || signs[end] === 0)) end++;
    const sign = signs[w]!;
    const rows = places.slice(starts[w]!, end < signs.length ? starts[end]! : places.length);
    if (sign !== 0 && rows.length >= SHORT_WINDOW) fits.push(stretchFit(sign, rows, gap, entropy));
    w = sign === 0 ? w + 1 : end;
  }
  return fits;
}

/** The sign with which the gap follows the entropy in a window; 0 where neither explains it. */
function signOf(rows: readonly number[], gap: ArrayLike<number>, entropy: ArrayLike<number>): 1 | -1 | 0 {
  const line = theilSen(
    rows.map((i) => entropy[i]!),
    rows.map((i) => gap[i]!),
  );
  if (!line) return 0;
  if (line.slope > 0.5 && line.slope < 2 && line.low > 0) return 1;
  if (line.slope < -0.5 && line.slope > -2 && line.high < 0) return -1;
  return 0;
}

function stretchFit(
  sign: 1 | -1,
  rows: readonly number[],
  gap: ArrayLike<number>,
  entropy: ArrayLike<number>,
): IdentityFit {
  const targets = rows.map((i) => entropy[i]! - gap[i]! / sign);
  const value = median(targets);
  const half = Math.max(0.01, (1.96 * rowNoise(targets)) / Math.sqrt(rows.length) || 0);
  return {
    sign,
    target: {
      value,
      low: value - half,
      high: value + half,
      assumption: "the α loss and the entropy of a row come from the same batch or window",
    },
    from: rows[0]!,
    to: rows.at(-1)!,
    rows: rows.length,
  };
}
