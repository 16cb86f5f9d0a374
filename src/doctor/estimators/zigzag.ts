// The turning points of log α, with swings smaller than a threshold ignored: what remains when the ripple is gone.

export interface Swing {
  /** Rows of the turning points, both included. */
  readonly from: number;
  readonly to: number;
  /** Signed Δ log α. */
  readonly size: number;
}

/** @param threshold e-folds */
export function swings(logAlpha: ArrayLike<number>, threshold: number): Swing[] {
  const turns: number[] = [];
  let high = -1;
  let low = -1;
  let direction: "up" | "down" | "unknown" = "unknown";
  for (let i = 0; i < logAlpha.length; i++) {
    const value = logAlpha[i]!;
    if (!Number.isFinite(value)) continue;
    if (high < 0 || (direction !== "down" && value > logAlpha[high]!)) high = i;
    if (low < 0 || (direction !== "up" && value < logAlpha[low]!)) low = i;
    if (direction !== "down" && logAlpha[high]! - value >= threshold) {
      turns.push(high);
      direction = "down";
      low = i;
    } else if (direction !== "up" && value - logAlpha[low]! >= threshold) {
      turns.push(low);
      direction = "up";
      high = i;
    }
  }
  if (direction !== "unknown") turns.push(direction === "up" ? high : low);
  return turns.slice(1).map((to, i) => {
    const from = turns[i]!;
    return { from, to, size: logAlpha[to]! - logAlpha[from]! };
  });
}
