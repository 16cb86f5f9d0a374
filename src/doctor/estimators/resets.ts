// Sudden returns of α to where it began: between two rows log α jumps further than an optimiser at its learning rate
// can take it, and further than it moves elsewhere in the log, and lands on its initial value.

/** A jump of α back to its start. */
export interface Reset {
  /** Row after the jump. */
  readonly row: number;
  /** Δ log α of the jump. */
  readonly jump: number;
  /** log α where the run began, and where it landed. */
  readonly initial: number;
}

export interface ResetInput {
  readonly updates: ArrayLike<number>;
  readonly logAlpha: ArrayLike<number>;
  readonly initialAlpha: number | undefined;
  /** What log α can move between two rows that lie so many updates apart; Infinity where nobody knows. */
  readonly reach: (updates: number) => number;
  /** Rows before which an unknown number of updates lies. */
  readonly breaks: ReadonlySet<number>;
  /** Whether the first row is training's own first. */
  readonly fromStart: boolean;
}

/** A jump is this many times the 90th percentile of the log's other moves, and at least half an e-fold. */
const TIMES = 5;
const LEAST = 0.5;
/** Times what an optimiser could do. */
const BEYOND = 1.5;

export function resets(x: ResetInput): Reset[] {
  const { updates, logAlpha, initialAlpha, reach, breaks } = x;
  const n = logAlpha.length;
  const moves: number[] = [];
  for (let i = 1; i < n; i++) moves.push(Math.abs(logAlpha[i]! - logAlpha[i - 1]!));
  const sorted = moves.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length < 5 || (initialAlpha === undefined && !x.fromStart)) return [];
  const usual = sorted[Math.floor(0.9 * (sorted.length - 1))]!;
  const first = Array.from(logAlpha).findIndex(Number.isFinite);
  const initial = initialAlpha === undefined ? startOf(updates, logAlpha, first) : Math.log(initialAlpha);
  const found: Reset[] = [];
  for (let i = first + 2; i < n; i++) {
    if (breaks.has(i)) continue;
    const jump = logAlpha[i]! - logAlpha[i - 1]!;
    if (!(Math.abs(jump) > Math.max(LEAST, TIMES * usual))) continue;
    if (Math.abs(jump) <= BEYOND * reach(updates[i]! - updates[i - 1]!)) continue;
    const landed = Math.abs(logAlpha[i]! - initial);
    if (landed < Math.max(0.03, 2.5 * usual)) found.push({ row: i, jump, initial });
  }
  return found;
}

/** log α before the first row: 0 where the first rows point there, else the first row's. */
function startOf(updates: ArrayLike<number>, logAlpha: ArrayLike<number>, first: number): number {
  const value = logAlpha[first]!;
  const slope = (logAlpha[first + 1]! - value) / (updates[first + 1]! - updates[first]!);
  const back = value - slope * Math.min(updates[first]!, updates[first + 1]! - updates[first]!);
  return Math.abs(back) < 0.03 ? 0 : value;
}
