// A run's curves as the page holds them: fetched once for what is shown, then grown by the rows that the server tells.

import {
  type Axis,
  CURVES,
  type Curve,
  type RunView,
  type WatchEvent,
} from "../../../src/curves/protocol.ts";
import { type Smoothing, smoothed } from "../../../src/curves/smooth.ts";
import { firstAtOrAfter } from "../../shared/chart-lines.ts";

export interface HeldCurve {
  x: number[];
  y: number[];
  state: Smoothing;
}

export interface HeldView {
  /** What was asked for. */
  readonly key: string;
  readonly axis: Axis;
  readonly smoothing: number;
  readonly generation: number;
  rows: number;
  extent: readonly [number, number] | undefined;
  /** Points that came as rows since. */
  grown: number;
  readonly curves: Partial<Record<Curve, HeldCurve>>;
}

type Rows = Extract<WatchEvent, { type: "rows" }>;

export function heldView(view: RunView, key: string, smoothing: number): HeldView {
  const curves: Partial<Record<Curve, HeldCurve>> = {};
  for (const curve of CURVES) {
    const points = view.curves[curve];
    if (points) curves[curve] = { x: [...points.x], y: [...points.y], state: points.state };
  }
  const { axis, generation, rows, extent } = view;
  return { key, axis, smoothing, generation, rows, extent, grown: 0, curves };
}

/** Takes in new rows, in place of those it had from the same row on. @returns false where rows in between are missing */
export function grow(view: HeldView, event: Rows): boolean {
  if (event.generation !== view.generation || event.from > view.rows) return false;
  const x = event.columns[view.axis];
  if (!x) return false;
  const start = x.find((at) => at !== null);
  for (const curve of CURVES) {
    const column = event.columns[curve];
    const held = view.curves[curve];
    if (held && start !== undefined) {
      const kept = firstAtOrAfter(held.x, start!);
      held.x = held.x.slice(0, kept);
      held.y = held.y.slice(0, kept);
    }
    if (!column) continue;
    const target = held ?? { x: [], y: [], state: { sum: 0, weight: 0 } };
    view.curves[curve] = target;
    const rows = column.flatMap((y, i) => (y === null || x[i] == null ? [] : [{ x: x[i]!, y }]));
    const factor = curve === "alpha" || curve === "target" ? 0 : view.smoothing;
    const smooth = smoothed(
      rows.map(({ y }) => y),
      factor,
      factor === 0 ? undefined : target.state,
    );
    target.state = smooth.state;
    target.x.push(...rows.map((row) => row.x));
    target.y.push(...smooth.y);
  }
  view.grown += event.rows - event.from;
  view.rows = event.rows;
  const last = x.findLast((at) => at !== null);
  if (start != null && last != null) view.extent = [view.extent?.[0] ?? start, last];
  return true;
}
