// Where axes have their ticks and what stands there: round numbers, decades on logarithmic axes, hours and minutes on
// axes of time.

import { duration, grouped } from "../text/numbers.ts";

const ROUND = [1, 2, 2.5, 5, 10];

/** Round numbers within [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ROUND.map((k) => k * power).find((s) => s >= raw * (1 - 1e-9)) ?? 10 * power;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step);
  return ticks;
}

/** Ticks of a logarithmic axis, as exponents of 10: decades where there are enough, else 1, 2, 5 between them. */
export function logTicks(low: number, high: number, count: number): number[] {
  const decades = high - low;
  if (decades >= 2.5) {
    const step = Math.max(1, Math.ceil(decades / count));
    return linearTicks(low, high, decades / step).filter(Number.isInteger);
  }
  const within = (mantissas: readonly number[]) => {
    const ticks: number[] = [];
    for (let decade = Math.floor(low); decade <= Math.ceil(high); decade++) {
      for (const mantissa of mantissas) {
        const at = decade + Math.log10(mantissa);
        if (at >= low && at <= high) ticks.push(at);
      }
    }
    return ticks;
  };
  const coarse = within([1, 2, 5]);
  if (coarse.length >= 3) return coarse;
  return linearTicks(10 ** low, 10 ** high, count)
    .map(Math.log10)
    .filter(Number.isFinite);
}

/** What stands beside an axis, all of it in one unit: 5k and 12.5k, 500 and 1,500, 0.5M and 1M, 0.003, 1e-5. */
export function tickLabels(values: readonly number[]): string[] {
  const clean = values.map((value) => Number(value.toPrecision(6)));
  const largest = clean.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const [unit, name] =
    largest >= 1e9 ? [1, ""] : largest >= 1e6 ? [1e6, "M"] : largest >= 1e4 ? [1e3, "k"] : [1, ""];
  return clean.map((value) => sized(value, unit, name));
}

/** Beside a logarithmic axis, whose numbers are each of another size: 0.01, 100, 20k. */
export function tickLabel(value: number): string {
  return tickLabels([value])[0]!;
}

function sized(value: number, unit: number, name: string): string {
  const size = Math.abs(value);
  const plain = Number((size / unit).toPrecision(4));
  const text =
    size === 0
      ? "0"
      : size >= 1e9 || size < 1e-4
        ? size
            .toExponential()
            .replace(/(\.\d{2})\d*/, "$1")
            .replace("e+", "e")
        : `${grouping(plain)}${name}`;
  return value < 0 ? `−${text}` : text;
}

function grouping(value: number): string {
  return value >= 1000 ? grouped(value) : String(value);
}

/** Seconds since the beginning. */
export function timeLabel(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  return duration(seconds);
}

const TIME_STEPS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400,
];

export function timeTicks(low: number, high: number, count: number): number[] {
  const step = TIME_STEPS.find((s) => (high - low) / s <= count);
  if (step === undefined || high - low < 5) return linearTicks(low, high, count);
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) ticks.push(at);
  return ticks;
}
