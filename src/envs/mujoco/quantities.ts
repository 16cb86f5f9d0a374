// Quantities that several MuJoCo tasks observe, reward or build their models from.

import type { Joint, Quaternion } from "./mjcf.ts";
import type { Simulation } from "./simulation.ts";

/** Turns a capsule, which lies along z, to lie along x. */
export const ALONG_X: Quaternion = [Math.SQRT1_2, 0, Math.SQRT1_2, 0];

/** Σ values². */
export function sumOfSquares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

/** As numpy.clip: NaN stays NaN. */
export function clip(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Copies `source` from index `from` on to `out[at…]`; returns the index after the last one written. */
export function copyInto(out: Float64Array, at: number, source: Float64Array, from = 0): number {
  let next = at;
  for (let i = from; i < source.length; i++) out[next++] = source[i]!;
  return next;
}

/** The same with every value clipped to ±`limit`. */
export function copyClipped(out: Float64Array, at: number, source: Float64Array, limit: number): number {
  let next = at;
  for (let i = 0; i < source.length; i++) out[next++] = clip(source[i]!, -limit, limit);
  return next;
}

/** The place of a planar body: its x joint. */
export function planarPlace({ state }: Simulation, out: Float64Array): void {
  out[0] = state.qpos[0]!;
}

/** The place of a task that does not move about. */
export function noPlace(): void {}

/** Where a free body is, as `info` says it. */
export function freeBodyInfo({ state: { qpos } }: Simulation): Record<string, unknown> {
  const x = qpos[0]!;
  const y = qpos[1]!;
  return { x_position: x, y_position: y, distance_from_origin: Math.sqrt(x * x + y * y) };
}

/** The three free joints of a body that lives in the xz plane; `height` is where z = `height` puts its origin at rest. */
export function rootJoints(height: number): readonly Joint[] {
  const free = { armature: 0, damping: 0, stiffness: 0, limited: false } as const;
  const pos = [0, 0, height === 0 ? 0 : -height] as const;
  return [
    { ...free, name: "rootx", type: "slide", axis: [1, 0, 0], pos },
    { ...free, name: "rootz", type: "slide", axis: [0, 0, 1], pos, ref: height },
    { ...free, name: "rooty", type: "hinge", axis: [0, 1, 0] },
  ];
}
