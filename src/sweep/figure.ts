// A chart of bands as SVG: one line a setting with its interval behind it.

import { linearTicks, logTicks } from "../curves/ticks.ts";
import { escapeHtml } from "../doctor/report/escape.ts";
import { grouped, short } from "../text/numbers.ts";
import type { Band } from "./bands.ts";

export interface Line {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly band: Band;
}

const [WIDTH, HEIGHT] = [420, 240];
const EDGE = { left: 56, right: 20, top: 8, bottom: 26 };

/** @param log whether the vertical axis is logarithmic, where all values allow it */
export function bandFigure(
  title: string,
  lines: readonly Line[],
  { log = false }: { log?: boolean } = {},
): string {
  const values = lines.flatMap(({ band }) => band.points.flatMap(({ low, high }) => [low, high]));
  const logarithmic = log && values.every((value) => value > 0);
  const scaled = (value: number) => (logarithmic ? Math.log10(value) : value);
  const steps = lines.flatMap(({ band }) => [band.steps[0]!, band.steps.at(-1)!]);
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  let [bottom, top] = [Math.min(...values.map(scaled)), Math.max(...values.map(scaled))];
  const margin = top > bottom ? 0.04 * (top - bottom) : 0.5;
  [bottom, top] = [bottom - margin, top + margin];
  const x = (step: number) => EDGE.left + ((step - from) / (to - from)) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number) =>
    HEIGHT - EDGE.bottom - ((scaled(value) - bottom) / (top - bottom)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const at = (step: number, value: number) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`;
  const ticks = logarithmic
    ? logTicks(bottom, top, 5).map((exponent) => 10 ** exponent)
    : linearTicks(bottom, top, 5);
  const across = linearTicks(from, to, 5);
  const grid = [
    ...ticks.map(
      (value) =>
        `<path class="grid" d="M${EDGE.left} ${y(value).toFixed(1)}H${WIDTH - EDGE.right}"/>` +
        `<text x="${EDGE.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${short(value)}</text>`,
    ),
    ...across.map(
      (step) =>
        `<text x="${x(step).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">${grouped(Math.round(step))}</text>`,
    ),
  ];
  const drawn = lines.map(({ name, color, band: { steps, points } }) => {
    const upper = points.map(({ high }, k) => at(steps[k]!, high));
    const lower = points.map(({ low }, k) => at(steps[k]!, low)).reverse();
    const middle = points.map(({ value }, k) => at(steps[k]!, value));
    return (
      `<g><title>${escapeHtml(name)}</title><polygon points="${[...upper, ...lower].join(" ")}" fill="${color}" opacity=".16"/>` +
      `<polyline points="${middle.join(" ")}" fill="none" stroke="${color}" stroke-width="1.6"/></g>`
    );
  });
  return (
    `<figure><figcaption>${escapeHtml(title)}</figcaption>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${grid.join("")}${drawn.join("")}</svg></figure>`
  );
}

/** Intervals of several settings beside each other on one axis; one line of a table each. */
export function intervalBar(
  { iqm, low, high }: { iqm: number; low: number; high: number },
  [from, to]: readonly [number, number],
  color: string,
): string {
  const x = (value: number) => (4 + (192 * (value - from)) / (to - from || 1)).toFixed(1);
  return (
    `<svg class="bar" viewBox="0 0 200 14" aria-hidden="true"><path class="grid" d="M4 7H196"/>` +
    `<path d="M${x(low)} 7H${x(high)}" stroke="${color}" stroke-width="4"/><circle cx="${x(iqm)}" cy="7" r="4" fill="${color}"/></svg>`
  );
}
