// Where α stands still, and whether the place is one that somebody chose: a declared bound, a round number, or a
// round logarithm. Logs print α with few digits at times, so a stretch counts as still only if α's own speed would
// have shown in the digits that are printed.

import { printedQuantum } from "../statistics/printed.ts";
import { type Stretch, stretches } from "../statistics/stretch.ts";

/** A stretch over which α does not move. */
export interface Plateau extends Stretch {
  readonly alpha: number;
  readonly bound: "declared" | "round" | "round-log" | undefined;
}

export interface Bounds {
  readonly alphaMin?: number;
  readonly alphaMax?: number;
}

/** Rows that a plateau must last. */
const ROWS = 20;
/** Enough where it lasts to the end of the log, α moved in every row before, and would have gone this far, in e-folds. */
const FEW_ROWS = 5;
const LOST = 0.5;
/** Jitter of a clamp that is applied before the optimiser's step, in nats. */
const JITTER = 1e-3;

/**
 * Plateaus after α has moved, in order.
 * @param speed nats an update at which α moves elsewhere in the log
 */
export function plateaus(
  alpha: ArrayLike<number>,
  updates: ArrayLike<number>,
  speed: number,
  declared: Bounds,
): Plateau[] {
  const n = alpha.length;
  const quantum = printedQuantum(alpha);
  const found: Plateau[] = [];
  const still = (tolerance: number, rows: number) =>
    stretches(
      n,
      (i) => i > 0 && Math.abs(alpha[i]! - alpha[i - 1]!) <= tolerance * Math.abs(alpha[i]!),
      rows,
    );
  for (const { from, to } of still(0, FEW_ROWS)) {
    const start = from - 1;
    const value = alpha[from]!;
    const lost = speed * (updates[to]! - updates[start]!);
    const few = start > 1 ? FEW_ROWS : 2 * FEW_ROWS;
    const ends = to === n - 1 && to - from + 1 >= few && lost > LOST && alwaysMoved(alpha, start);
    if (to - from + 1 < ROWS && !ends) continue;
    if (!movedBefore(alpha, start, value)) continue;
    const possible = speed * (updates[to]! - updates[start]!) * value;
    if (possible < 20 * quantum) continue;
    found.push({ from: start, to, alpha: value, bound: boundAt(value, declared, 1e-5) });
  }
  if (found.length > 0) return found;
  for (const { from, to } of still(JITTER, ROWS)) {
    const value = alpha[Math.floor((from + to) / 2)]!;
    const within = (i: number) => Math.abs(Math.log(alpha[i]! / value)) <= 2 * JITTER;
    const all = Array.from({ length: to - from + 1 }, (_, i) => from + i).every(within);
    const bound = boundAt(value, declared, 2 * JITTER, true);
    const possible = speed * (updates[to]! - updates[from]!);
    if (all && bound && possible > 0.2 && movedBefore(alpha, from, value))
      found.push({ from, to, alpha: value, bound });
  }
  return found;
}

function alwaysMoved(alpha: ArrayLike<number>, row: number): boolean {
  for (let i = 1; i <= row; i++) if (alpha[i] === alpha[i - 1]) return false;
  return row >= 1;
}

function movedBefore(alpha: ArrayLike<number>, row: number, value: number): boolean {
  for (let i = 0; i < row; i++) if (Math.abs(Math.log(alpha[i]! / value)) > 0.05) return true;
  return false;
}

function boundAt(
  alpha: number,
  { alphaMin, alphaMax }: Bounds,
  tolerance: number,
  coarse = false,
): Plateau["bound"] {
  const near = (x: number) => Math.abs(Math.log(alpha / x)) <= tolerance;
  if ([alphaMin, alphaMax].some((bound) => bound !== undefined && bound > 0 && near(bound)))
    return "declared";
  const log = Math.log(alpha);
  const grain = coarse ? 1 : 0.5;
  if (Math.abs(log - grain * Math.round(log / grain)) <= tolerance && Math.abs(log) > 0.1) return "round-log";
  const decade = 10 ** Math.floor(Math.log10(alpha) + 1e-9);
  const digits = coarse ? [1, 2, 5, 10] : Array.from({ length: 91 }, (_, i) => 1 + i / 10);
  return digits.some((digit) => near(digit * decade)) ? "round" : undefined;
}
