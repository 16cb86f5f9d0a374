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
  /** Whether the learning rate behind `reach` is a declared one. */
  readonly known?: boolean;
  /** What log α can move between two rows that lie so many updates apart; Infinity where nobody knows. */
  readonly reach: (updates: number) => number;
  /** Rows before which an unknown number of updates lies. */
  readonly breaks: ReadonlySet<number>;
  /** Whether the first row is training's own first. */
  readonly fromStart: boolean;
}

/** A jump is this many times the 90th percentile of the log's other moves, and at least half an e-fold. */
const TIMES = 5;
/** The same where the learning rate is known, so that what an optimiser could do decides. */
const TIMES_KNOWN = 2;
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
  const landed = (row: number) => Math.abs(logAlpha[row]! - initial) < Math.max(0.03, 2.5 * usual);
  const pace = fastest(x, landed);
  const found: Reset[] = [];
  for (let i = first + 2; i < n; i++) {
    if (breaks.has(i)) continue;
    const jump = logAlpha[i]! - logAlpha[i - 1]!;
    if (!(Math.abs(jump) > Math.max(LEAST, (x.known ? TIMES_KNOWN : TIMES) * usual))) continue;
    if (Math.abs(jump) <= BEYOND * reach(updates[i]! - updates[i - 1]!)) continue;
    if (Math.abs(jump) <= BEYOND * pace * (updates[i]! - updates[i - 1]!)) continue;
    if (landed(i)) found.push({ row: i, jump, initial });
  }
  return found;
}

/** The fastest that log α moves in a row that does not end where it began: what its optimiser has been seen to do. */
function fastest({ updates, logAlpha, breaks }: ResetInput, landed: (row: number) => boolean): number {
  let most = 0;
  for (let i = 1; i < logAlpha.length; i++) {
    const pace = Math.abs(logAlpha[i]! - logAlpha[i - 1]!) / (updates[i]! - updates[i - 1]!);
    if (Number.isFinite(pace) && !landed(i) && !breaks.has(i)) most = Math.max(most, pace);
  }
  return most;
}

/** log α before the first row: 0 where the first rows point there, else the first row's. */
function startOf(updates: ArrayLike<number>, logAlpha: ArrayLike<number>, first: number): number {
  const value = logAlpha[first]!;
  const slope = (logAlpha[first + 1]! - value) / (updates[first + 1]! - updates[first]!);
  const back = value - slope * Math.min(updates[first]!, updates[first + 1]! - updates[first]!);
  return Math.abs(back) < 0.03 ? 0 : value;
}
