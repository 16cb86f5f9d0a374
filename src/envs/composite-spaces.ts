// Spaces that are made of other spaces, and what their elements are in JavaScript: objects and lists of numbers. An agent
// sees numbers in a row: flatten.ts makes them.

import type { RandomStream } from "../random/index.ts";
import { EnvError } from "./errors.ts";
import { contains, type DiscreteSpace, type Space, sample } from "./spaces.ts";

/** Spaces by name, in the order in which the object has them. */
export interface DictSpace {
  readonly kind: "dict";
  readonly spaces: Readonly<Record<string, AnySpace>>;
}

/** Several spaces side by side, by position. */
export interface TupleSpace {
  readonly kind: "tuple";
  readonly spaces: readonly AnySpace[];
}

/** Any space, composed ones included. */
export type AnySpace = Space | DictSpace | TupleSpace;

/** An element of any space: a choice, numbers in a row, a list, or an object. */
export type Element = number | ArrayLike<number> | readonly Element[] | { readonly [name: string]: Element };

/** An element of a space of type S. */
export type ElementOf<S extends AnySpace> = S extends DictSpace
  ? { readonly [name: string]: Element }
  : S extends TupleSpace
    ? readonly Element[]
    : S extends DiscreteSpace
      ? number
      : ArrayLike<number>;

/** `dict({ position: box(-1, 1, [2]), gear: discrete(5) })` @throws EnvError (ENV_SPACE) where there is none */
export function dict(spaces: Readonly<Record<string, AnySpace>>): DictSpace {
  if (Object.keys(spaces).length === 0) throw new EnvError("ENV_SPACE", "Expected a space or more, got none");
  return { kind: "dict", spaces: { ...spaces } };
}

/** `tuple([box(-1, 1, [2]), discrete(5)])` @throws EnvError (ENV_SPACE) where there is none */
export function tuple(spaces: readonly AnySpace[]): TupleSpace {
  if (spaces.length === 0) throw new EnvError("ENV_SPACE", "Expected a space or more, got none");
  return { kind: "tuple", spaces: [...spaces] };
}

/** Whether `element` is one of `space`; a choice may also stand in an array of one number. */
export function containsElement(space: AnySpace, element: unknown): boolean {
  if (space.kind === "discrete" && typeof element === "number") return contains(space, [element]);
  if (typeof element !== "object" || element === null) return false;
  if (space.kind === "tuple") {
    return (
      Array.isArray(element) &&
      element.length === space.spaces.length &&
      space.spaces.every((part, i) => containsElement(part, element[i]))
    );
  }
  if (space.kind === "dict") {
    const names = Object.keys(space.spaces);
    return (
      names.length === Object.keys(element).length &&
      names.every((name) => containsElement(space.spaces[name]!, (element as Record<string, unknown>)[name]))
    );
  }
  const numbers = element as ArrayLike<unknown>;
  return (
    contains(space, numbers as ArrayLike<number>) && Array.from(numbers).every((x) => typeof x === "number")
  );
}

/** A random element; see `sample`. */
export function sampleElement<S extends AnySpace>(space: S, random: RandomStream): ElementOf<S>;
export function sampleElement(space: AnySpace, random: RandomStream): Element {
  switch (space.kind) {
    case "discrete":
      return space.start + random.below(space.n);
    case "dict":
      return Object.fromEntries(
        Object.entries(space.spaces).map(([name, part]) => [name, sampleElement(part, random)]),
      );
    case "tuple":
      return space.spaces.map((part) => sampleElement(part, random));
    default:
      return sample(space, random);
  }
}
