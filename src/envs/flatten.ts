// An element of any space as numbers in a row, as Gymnasium's `flatten` has them: a choice of n becomes n numbers, one of
// them 1 and the others 0, so that a network is not told that choice 3 is more than choice 2.

import type { AnySpace } from "./composite-spaces.ts";
import { describe } from "./describe.ts";
import { type BoxSpace, box, choicesOf, type DiscreteSpace, isChoice, type Space, sizeOf } from "./spaces.ts";

/** Observations of a composed space as one vector, and the space of such vectors. */
export interface Flattening {
  /** What the rows lie in. */
  readonly space: BoxSpace;
  /** What each number of a row is: `position[0]`, `gear=2`, `arm.angle`. */
  readonly names: readonly string[];
  /**
   * Writes the row of `element`.
   * @returns what is wrong where it is no element of the space: which part was expected to be what, and what came
   */
  write(element: unknown, row: Float64Array): Misfit | undefined;
}

/** Where an observation does not fit its space. */
export interface Misfit {
  readonly expected: string;
  readonly got: string;
}

/** Writes one part of an element from index `at` on. */
interface Part {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly names: readonly string[];
  write(element: unknown, row: Float64Array, at: number): Misfit | undefined;
}

/** How observations of a composed space become one vector. */
export function flattening(space: AnySpace): Flattening {
  const { low, high, names, write } = partOf(space, "");
  return { space: box(low, high), names, write: (element, row) => write(element, row, 0) };
}

/** @param path names of the parts that lead here, joined by points; "" for the whole */
function partOf(space: AnySpace, path: string): Part {
  if (space.kind === "dict" || space.kind === "tuple") return compositePart(space, path);
  const choices = choicesOf(space);
  return choices ? choicesPart(space, choices, path) : numbersPart(space as BoxSpace, path);
}

function compositePart(space: Extract<AnySpace, { kind: "dict" | "tuple" }>, path: string): Part {
  const parts = Object.entries(space.spaces).map(([name, part]): [string, Part] => [
    name,
    partOf(part, path === "" ? name : `${path}.${name}`),
  ]);
  const isTuple = space.kind === "tuple";
  const expected = `${called(path)} to be ${isTuple ? `a list of ${parts.length}` : `an object with ${Object.keys(space.spaces).join(", ")}`}`;
  return {
    low: parts.flatMap(([, { low }]) => low),
    high: parts.flatMap(([, { high }]) => high),
    names: parts.flatMap(([, { names }]) => names),
    write(element, row, start) {
      const isRight = typeof element === "object" && element !== null && Array.isArray(element) === isTuple;
      if (!isRight) return { expected, got: describe(element) };
      if (isTuple && (element as unknown as unknown[]).length !== parts.length)
        return { expected, got: `one of ${(element as unknown as unknown[]).length}` };
      let at = start;
      for (const [name, part] of parts) {
        const misfit = part.write((element as Record<string, unknown>)[name], row, at);
        if (misfit) return misfit;
        at += part.low.length;
      }
      return undefined;
    },
  };
}

function numbersPart(space: BoxSpace, path: string): Part {
  const size = sizeOf(space);
  const expected = `${called(path)} to be an array of ${size} numbers`;
  return {
    low: [...space.low],
    high: [...space.high],
    names: placesOf(space).map((place) =>
      path !== "" && size === 1 ? path : `${path || "observation"}${place}`,
    ),
    write(element, row, at) {
      const numbers = size === 1 && typeof element === "number" ? [element] : rowOf(element);
      if (numbers?.length !== size)
        return { expected, got: numbers ? `${numbers.length}` : describe(element) };
      for (let i = 0; i < size; i++) {
        if (typeof numbers[i] !== "number") return { expected, got: describe(element) };
        row[at + i] = numbers[i]!;
      }
      return undefined;
    },
  };
}

function choicesPart(space: Space, choices: readonly DiscreteSpace[], path: string): Part {
  const isSwitches = space.kind === "multi-binary";
  const size = isSwitches ? choices.length : choices.reduce((sum, { n }) => sum + n, 0);
  const places = space.kind === "discrete" ? [""] : placesOf(space);
  return {
    low: Array.from({ length: size }, () => 0),
    high: Array.from({ length: size }, () => 1),
    names: choices.flatMap(({ n, start }, i) => {
      const name = `${path || "observation"}${places[i]}`;
      return isSwitches ? name : Array.from({ length: n }, (_, choice) => `${name}=${start + choice}`);
    }),
    write(element, row, start) {
      const numbers = typeof element === "number" && choices.length === 1 ? [element] : rowOf(element);
      if (numbers?.length !== choices.length) {
        const what = space.kind === "discrete" ? "an integer" : `an array of ${choices.length} integers`;
        return { expected: `${called(path)} to be ${what}`, got: describe(element) };
      }
      let at = start;
      for (const [i, choice] of choices.entries()) {
        const value = numbers[i]!;
        if (!isChoice(choice, value)) {
          const place = `${called(path)}${space.kind === "discrete" ? "" : `[${i}]`}`;
          const last = choice.start + choice.n - 1;
          return {
            expected: `${place} to be an integer from ${choice.start} to ${last}`,
            got: describe(value),
          };
        }
        if (isSwitches) row[at++] = value;
        else {
          row.fill(0, at, at + choice.n);
          row[at + value - choice.start] = 1;
          at += choice.n;
        }
      }
      return undefined;
    },
  };
}

function called(path: string): string {
  return path === "" ? "the observation" : `observation.${path}`;
}

function rowOf(value: unknown): ArrayLike<number> | undefined {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value)
    ? (value as ArrayLike<number>)
    : undefined;
}

/** [0], [1], … or [0,0], [0,1], …: where each number stands in the shape. */
function placesOf(space: Exclude<Space, DiscreteSpace>): string[] {
  return space.shape
    .reduce<number[][]>(
      (places, length) => places.flatMap((place) => Array.from({ length }, (_, i) => [...place, i])),
      [[]],
    )
    .map((place) => `[${place}]`);
}
