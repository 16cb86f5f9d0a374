// The last leg of α's journey: how far and how long it has gone one way, small ups and downs apart. A leg that began
// with the log and still falls is a descent that has not turned yet; one that rises without end is a climb.

/** The stretch over which α moves the furthest one way. */
export interface Leg {
  readonly direction: "rising" | "falling";
  /** Rows, both included. */
  readonly from: number;
  readonly to: number;
  /** |Δ log α|. */
  readonly efolds: number;
  readonly updates: number;
  /** Signed, per update. */
  readonly slope: number;
}

/** Ups and downs of less than this many e-folds do not end a leg. */
const RIPPLE = 0.15;

export function lastLeg(
  updates: ArrayLike<number>,
  logAlpha: ArrayLike<number>,
  end?: number,
): Leg | undefined {
  let to = end ?? logAlpha.length - 1;
  while (to >= 0 && !Number.isFinite(logAlpha[to]!)) to--;
  if (to < 1) return undefined;
  const rising = back(logAlpha, to, 1);
  const falling = back(logAlpha, to, -1);
  const up = logAlpha[to]! - logAlpha[rising]!;
  const down = logAlpha[falling]! - logAlpha[to]!;
  const from = up >= down ? rising : falling;
  const span = updates[to]! - updates[from]!;
  if (span <= 0) return undefined;
  return {
    direction: up >= down ? "rising" : "falling",
    from,
    to,
    efolds: Math.max(up, down),
    updates: span,
    slope: (logAlpha[to]! - logAlpha[from]!) / span,
  };
}

/** The row where the leg that ends at `to` began: the extreme value before α last stood beyond it by a ripple. */
function back(logAlpha: ArrayLike<number>, to: number, direction: 1 | -1): number {
  let extreme = to;
  for (let i = to - 1; i >= 0; i--) {
    const value = logAlpha[i]!;
    if (!Number.isFinite(value)) continue;
    const beyond = direction * (value - logAlpha[extreme]!);
    if (beyond < 0) extreme = i;
    else if (beyond > RIPPLE) break;
  }
  return extreme;
}
