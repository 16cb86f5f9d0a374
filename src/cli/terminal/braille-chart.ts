// A curve in characters: each cell of a terminal holds 2 × 4 dots of Braille, fine enough to see a trend in a few rows.

export interface ChartPoint {
  /** Position from left to right, 0 to 1. */
  readonly x: number;
  readonly y: number;
}

export interface ChartOptions {
  /** Cells. */
  readonly width: number;
  readonly height: number;
  /** Values at the lower and the upper edge. */
  readonly low: number;
  readonly high: number;
  /** A second curve, drawn dotted behind the first, such as a target. */
  readonly guide?: readonly ChartPoint[];
}

/** One cell; `isGuide` where only the dotted curve runs through it. */
export interface ChartCell {
  readonly character: string;
  readonly isGuide: boolean;
}

const [DOTS_X, DOTS_Y] = [2, 4];
/** Bits of Unicode's Braille block by [row][column] of the dot. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Rows from top to bottom. Several points in a column of dots are shown as their mean; points that are NaN are not. */
export function brailleChart(points: readonly ChartPoint[], options: ChartOptions): ChartCell[][] {
  const { width, height, guide = [] } = options;
  const curve = dots(points, options);
  const dotted = dots(guide, options);
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const bits = cellBits(curve, row, column, () => true);
      const behind = cellBits(dotted, row, column, (x) => x % 2 === 0);
      return {
        character: bits || behind ? String.fromCharCode(0x2800 + (bits || behind)) : " ",
        isGuide: bits === 0 && behind !== 0,
      };
    }),
  );
}

/** For each column of dots, the rows from and to which the curve goes through it; undefined where it has no points. */
function dots(points: readonly ChartPoint[], { width, height, low, high }: ChartOptions) {
  const columns = width * DOTS_X;
  const bottom = height * DOTS_Y - 1;
  const sums = Array.from({ length: columns }, () => ({ sum: 0, count: 0 }));
  for (const { x, y } of points) {
    const column = sums[Math.min(columns - 1, Math.max(0, Math.floor(x * columns)))]!;
    if (Number.isNaN(y)) continue;
    column.sum += y;
    column.count += 1;
  }
  const means = bridged(sums.map(({ sum, count }) => (count > 0 ? sum / count : Number.NaN)));
  const rows = means.map((mean) => {
    if (Number.isNaN(mean)) return Number.NaN;
    const share = high > low ? (mean - low) / (high - low) : 0.5;
    return Math.round(bottom * (1 - Math.min(1, Math.max(0, share))));
  });
  return rows.map((row, column) => {
    if (Number.isNaN(row)) return undefined;
    const before = rows[column - 1];
    // A steep curve fills the dots between its columns, so that it stays one line.
    const from =
      before === undefined || Number.isNaN(before) || before === row ? row : before + Math.sign(row - before);
    return { top: Math.min(from, row), bottom: Math.max(from, row) };
  });
}

/** Gaps between two known values are filled by a straight line. */
function bridged(values: readonly number[]): number[] {
  const filled = [...values];
  let last = -1;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    if (last >= 0) {
      for (let j = last + 1; j < i; j++) {
        filled[j] = values[last]! + ((value - values[last]!) * (j - last)) / (i - last);
      }
    }
    last = i;
  }
  return filled;
}

function cellBits(
  curve: ReturnType<typeof dots>,
  row: number,
  column: number,
  shows: (x: number) => boolean,
): number {
  let bits = 0;
  for (let dx = 0; dx < DOTS_X; dx++) {
    const x = column * DOTS_X + dx;
    const span = curve[x];
    if (span === undefined || !shows(x)) continue;
    for (let dy = 0; dy < DOTS_Y; dy++) {
      const y = row * DOTS_Y + dy;
      if (y >= span.top && y <= span.bottom) bits |= BITS[dy]![dx]!;
    }
  }
  return bits;
}
