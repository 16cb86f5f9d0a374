// The sets that observations and actions come from, as in Gymnasium.

import { log } from "../math/index.ts";
import type { RandomStream } from "../random/index.ts";
import { EnvError } from "./errors.ts";

export interface BoxSpace {
  readonly kind: "box";
  readonly shape: readonly number[];
  /** Lower bound of each element, flat; may be −∞. */
  readonly low: Float64Array;
  /** Upper bound of each element, flat; may be ∞. */
  readonly high: Float64Array;
}

export interface DiscreteSpace {
  readonly kind: "discrete";
  readonly n: number;
  readonly start: number;
}

export type Space = BoxSpace | DiscreteSpace;

/**
 * A box: `box([-1, -8], [1, 8])`, or `box(-1, 1, [3])` with one bound for every element.
 * @param shape default: as many elements in a row as the bounds have, 1 for two numbers
 * @throws EnvError (ENV_SPACE) where bounds and shape do not fit, or a lower bound is not at or below its upper one
 */
export function box(
  low: number | ArrayLike<number>,
  high: number | ArrayLike<number>,
  shape?: readonly number[],
): BoxSpace {
  const given = [low, high].find((bound) => typeof bound !== "number") as ArrayLike<number> | undefined;
  const dimensions = shape ?? [given?.length ?? 1];
  const size = dimensions.reduce((product, n) => product * n, 1);
  const space = {
    kind: "box",
    shape: [...dimensions],
    low: spread(low, size),
    high: spread(high, size),
  } as const;
  for (let i = 0; i < size; i++) {
    if (!(space.low[i]! <= space.high[i]!)) {
      throw new EnvError(
        "ENV_SPACE",
        `Expected low ≤ high for every element of a box, got low ${space.low[i]} and high ${space.high[i]} for element ${i}`,
      );
    }
  }
  return space;
}

/** The integers from `start` (default 0) to start + n − 1. @throws EnvError (ENV_SPACE) unless n ≥ 1 */
export function discrete(n: number, start = 0): DiscreteSpace {
  if (!Number.isSafeInteger(n) || n < 1 || !Number.isSafeInteger(start)) {
    throw new EnvError(
      "ENV_SPACE",
      `Expected an integer n from 1 up and an integer start, got ${n} and ${start}`,
    );
  }
  return { kind: "discrete", n, start };
}

/** Numbers in one element of the space; a discrete choice is one number. */
export function sizeOf(space: Space): number {
  return space.kind === "box" ? space.low.length : 1;
}

/** Whether `value` (flat) is an element; NaN never is. */
export function contains(space: Space, value: ArrayLike<number>): boolean {
  return value.length === sizeOf(space) && firstOutside(space, value, 0) === -1;
}

/**
 * Index of the first element outside the space, −1 if there is none.
 * @param tolerance how far beyond a bound is still inside, relative to max(1, |bound|)
 */
export function firstOutside(space: Space, value: ArrayLike<number>, tolerance: number): number {
  if (space.kind === "discrete") {
    const choice = value[0]! - space.start;
    return Number.isInteger(choice) && choice >= 0 && choice < space.n ? -1 : 0;
  }
  const { low, high } = space;
  for (let i = 0; i < low.length; i++) {
    const x = value[i]!;
    if (x >= low[i]! && x <= high[i]!) continue;
    if (
      x >= low[i]! - tolerance * Math.max(1, Math.abs(low[i]!)) &&
      x <= high[i]! + tolerance * Math.max(1, Math.abs(high[i]!))
    )
      continue;
    return i;
  }
  return -1;
}

/** The largest float32. What is larger is infinite to a network, also where a space has no bounds. */
export const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** Index of the first element that is no finite float32, −1 if there is none. */
export function firstNotFinite(value: ArrayLike<number>): number {
  for (let i = 0; i < value.length; i++) if (!(Math.abs(value[i]!) <= LARGEST_FLOAT32)) return i;
  return -1;
}

/**
 * A random element, as Gymnasium draws it: uniform between two bounds, exponential (mean 1) beyond a single bound,
 * standard normal where there is none.
 * @param target where to write it; default a new array
 */
export function sample(
  space: Space,
  random: RandomStream,
  target = new Float32Array(sizeOf(space)),
): Float32Array {
  if (space.kind === "discrete") {
    target[0] = space.start + random.below(space.n);
    return target;
  }
  for (let i = 0; i < space.low.length; i++) target[i] = sampleBetween(space.low[i]!, space.high[i]!, random);
  return target;
}

function sampleBetween(low: number, high: number, random: RandomStream): number {
  const [below, above] = [low > Number.NEGATIVE_INFINITY, high < Number.POSITIVE_INFINITY];
  if (below && above) return random.uniformBetween(low, high);
  if (below) return low - log(1 - random.uniform());
  if (above) return high + log(1 - random.uniform());
  return random.normal();
}

function spread(bound: number | ArrayLike<number>, size: number): Float64Array {
  if (typeof bound === "number") return new Float64Array(size).fill(bound);
  if (bound.length !== size) {
    throw new EnvError(
      "ENV_SPACE",
      `Expected ${size} bounds for ${size} elements, got ${bound.length}; give one each`,
    );
  }
  return Float64Array.from(bound);
}
