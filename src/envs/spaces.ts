// The sets that observations and actions come from, as in Gymnasium.

import { log } from "../math/index.ts";
import type { RandomStream } from "../random/index.ts";
import { EnvError } from "./errors.ts";

/** Vectors or arrays of numbers within bounds. */
export interface BoxSpace {
  readonly kind: "box";
  readonly shape: readonly number[];
  /** Lower bound of each element, flat; may be −∞. */
  readonly low: Float64Array;
  /** Upper bound of each element, flat; may be ∞. */
  readonly high: Float64Array;
}

/** One of n choices, numbered from `start`. */
export interface DiscreteSpace {
  readonly kind: "discrete";
  readonly n: number;
  readonly start: number;
}

/** Several choices at once: element i is an integer from start[i] to start[i] + n[i] − 1. */
export interface MultiDiscreteSpace {
  readonly kind: "multi-discrete";
  readonly shape: readonly number[];
  /** Choices of each element, flat. */
  readonly n: readonly number[];
  readonly start: readonly number[];
}

/** Several switches at once, each 0 or 1. */
export interface MultiBinarySpace {
  readonly kind: "multi-binary";
  readonly shape: readonly number[];
}

/** Spaces whose elements are numbers in a row; those that hold other spaces are in composite-spaces.ts. */
export type Space = BoxSpace | DiscreteSpace | MultiDiscreteSpace | MultiBinarySpace;

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
  const size = elements(dimensions);
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

/**
 * Several choices at once: `multiDiscrete([3, 2])` is one of three and one of two.
 * @throws EnvError (ENV_SPACE)
 */
export function multiDiscrete(
  n: readonly number[],
  {
    start = n.map(() => 0),
    shape = [n.length],
  }: {
    /** The lowest of each, default 0. */
    start?: readonly number[];
    /** Default: a row. */
    shape?: readonly number[];
  } = {},
): MultiDiscreteSpace {
  for (const [i, count] of n.entries()) discrete(count, start[i]);
  if (n.length < 1 || start.length !== n.length || elements(shape) !== n.length) {
    throw new EnvError(
      "ENV_SPACE",
      `Expected one choice or more, with a start each, of shape [${shape}], got ${n.length} and ${start.length} starts`,
    );
  }
  return { kind: "multi-discrete", shape: [...shape], n: [...n], start: [...start] };
}

/** Several switches: `multiBinary(5)`, `multiBinary([2, 3])`. @throws EnvError (ENV_SPACE) */
export function multiBinary(shape: number | readonly number[]): MultiBinarySpace {
  const space = { kind: "multi-binary", shape: typeof shape === "number" ? [shape] : [...shape] } as const;
  if (Number.isSafeInteger(elements(space.shape)) && elements(space.shape) >= 1) return space;
  throw new EnvError("ENV_SPACE", `Expected a number of switches from 1 up, got ${shape}`);
}

/** Numbers in one element of the space; a discrete choice is one number. */
export function sizeOf(space: Space): number {
  if (space.kind === "box") return space.low.length;
  return space.kind === "discrete" ? 1 : elements(space.shape);
}

/** What there is to choose from for each number of an element; undefined where numbers are continuous. */
export function choicesOf(space: Space): readonly DiscreteSpace[] | undefined {
  if (space.kind === "box") return undefined;
  if (space.kind === "discrete") return [space];
  return Array.from({ length: sizeOf(space) }, (_, i) =>
    space.kind === "multi-binary" ? BINARY : { kind: "discrete", n: space.n[i]!, start: space.start[i]! },
  );
}

/** Whether two spaces have the same elements in the same shape. */
export function isSameSpace(a: Space, b: Space): boolean {
  const text = (space: Space) =>
    JSON.stringify(
      Object.entries(space)
        .map(([name, part]) => `${name} ${part}`)
        .sort(),
    );
  return text(a) === text(b);
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
  if (space.kind !== "box") return choicesOf(space)!.findIndex((choice, i) => !isChoice(choice, value[i]!));
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
  if (space.kind !== "box") {
    choicesOf(space)!.forEach(({ start, n }, i) => {
      target[i] = start + random.below(n);
    });
    return target;
  }
  for (let i = 0; i < space.low.length; i++) target[i] = sampleBetween(space.low[i]!, space.high[i]!, random);
  return target;
}

const BINARY: DiscreteSpace = { kind: "discrete", n: 2, start: 0 };

/** Whether `value` is one of the integers of `space`. */
export function isChoice({ n, start }: DiscreteSpace, value: number): boolean {
  return Number.isInteger(value) && value >= start && value < start + n;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
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

/** The space of an env's observations where it is a box, as agents take it. @throws EnvError (ENV_SPACE) */
export function boxOf({
  id,
  observationSpace,
}: {
  readonly id: string;
  readonly observationSpace: { readonly kind: string };
}): BoxSpace {
  if (observationSpace.kind === "box") return observationSpace as BoxSpace;
  throw new EnvError(
    "ENV_SPACE",
    `Expected ${id} to have a box of observations, got a ${observationSpace.kind} space; wrap it: new FlattenObservation(env)`,
  );
}
