// ln α along a run, small.

import type { JSX } from "preact";

const WIDTH = 64;
const HEIGHT = 22;

export function Sparkline({
  values,
  color,
}: {
  readonly values: readonly (number | null)[];
  readonly color: string;
}): JSX.Element {
  const there = values.filter((value) => value !== null);
  const low = Math.min(...there);
  const high = Math.max(...there);
  const span = Math.max(high - low, 0.05);
  const place = (value: number, index: number) => {
    const x = 2 + ((WIDTH - 4) * index) / Math.max(1, values.length - 1);
    const y = HEIGHT - 3 - ((HEIGHT - 6) * (value - low + (span - (high - low)) / 2)) / span;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const points = values.flatMap((value, index) => (value === null ? [] : [place(value, index)]));
  const last = points.at(-1)?.split(" ");
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {points.length > 1 && <path d={`M${points.join("L")}`} stroke={color} />}
      {last && <circle cx={last[0]} cy={last[1]} r="2.2" fill={color} />}
    </svg>
  );
}
