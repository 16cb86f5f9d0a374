// Whether a space is one, and one that an agent can have as its observations or actions.

import type { AnySpace } from "../composite-spaces.ts";
import { describe } from "../describe.ts";
import type { BoxSpace } from "../spaces.ts";
import { isRecord, type Problems } from "./problems.ts";

type Role = "observationSpace" | "actionSpace";
type Wrong = (message: string) => void;

/** Spaces of Gymnasium's that are no numbers in a row, and what to do instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  text: "turn texts into numbers of a fixed length, for example an embedding in a box",
  graph:
    "describe the graph by a box of fixed size, for example a row of features for each node and zeros for the rest",
  sequence: "give it a fixed length in a box, with its true length as a discrete space beside it in a dict",
  oneof: "give each alternative its place in a dict, with a discrete space that says which one counts",
};

export function checkSpace(role: Role, space: AnySpace, problems: Problems): void {
  const wrong = (message: string) => problems.error("SPACE", message);
  checkAny(role, role, space, wrong);
  if (role === "observationSpace" || !isRecord(space) || problems.hasErrors) return;
  if (space.kind === "dict" || space.kind === "tuple") {
    wrong(
      `Expected ${role} to be a box or choices, got a ${space.kind}; make one box of all continuous actions, or one multiDiscrete of all choices; both at once are not supported`,
    );
  }
}

/** @param name of the space in messages, with the parts that lead to it */
function checkAny(role: Role, name: string, space: AnySpace, wrong: Wrong): void {
  if (!isRecord(space)) {
    wrong(`Expected ${name} to be a space, got ${describe(space)}; make one with box(low, high)`);
    return;
  }
  switch (space.kind) {
    case "box":
      checkBox(role, name, space, wrong);
      return;
    case "discrete":
      checkCounts(`${name}.n`, [space.n], 1, "discrete(n)", wrong);
      return;
    case "multi-discrete":
      checkCounts(`${name}.n`, space.n, sizeOfShape(space.shape), "multiDiscrete([n, …])", wrong);
      return;
    case "multi-binary":
      if (!isRecord(space.shape) || !Number.isSafeInteger(sizeOfShape(space.shape)))
        wrong(
          `Expected ${name}.shape to be a list of integers, got ${describe(space.shape)}; use multiBinary(n)`,
        );
      return;
    case "dict":
    case "tuple":
      if (!isRecord(space.spaces) || Object.keys(space.spaces).length === 0)
        wrong(`Expected ${name}.spaces to hold spaces, got ${describe(space.spaces)}; use ${space.kind}(…)`);
      else
        for (const [part, inner] of Object.entries(space.spaces))
          checkAny(role, `${name}.${part}`, inner, wrong);
      return;
    default:
      unsupported(name, (space as { kind: unknown }).kind, wrong);
  }
}

function unsupported(name: string, kind: unknown, wrong: Wrong): void {
  const remedy = UNSUPPORTED[String(kind).toLowerCase()] ?? "make the space with box(low, high)";
  wrong(
    `Expected ${name}.kind to be "box", "discrete", "multi-discrete", "multi-binary", "dict" or "tuple", got ${describe(kind)}; ${remedy}`,
  );
}

function checkCounts(
  name: string,
  counts: readonly number[],
  expected: number,
  maker: string,
  wrong: Wrong,
): void {
  const isRight =
    Array.isArray(counts) &&
    counts.length === expected &&
    counts.every((n) => Number.isSafeInteger(n) && n >= 1);
  if (!isRight)
    wrong(
      `Expected ${name} to be ${expected === 1 ? "an integer" : "integers"} from 1 up, got ${describe(Array.isArray(counts) && counts.length === 1 ? counts[0] : counts)}; make the space with ${maker}`,
    );
}

/** Whether it is one of an image's bytes, in rows. */
function isImage({ shape, low, high }: BoxSpace): boolean {
  return shape.length > 1 && low.every((bound) => bound === 0) && high.every((bound) => bound === 255);
}

function sizeOfShape(shape: readonly number[]): number {
  return Array.isArray(shape) ? shape.reduce((product, n) => product * n, 1) : Number.NaN;
}

function checkBox(role: Role, name: string, space: BoxSpace, wrong: Wrong): void {
  const size = sizeOfShape(space.shape);
  if (!Number.isSafeInteger(size) || size < 1) {
    wrong(
      `Expected ${name}.shape to be a list of integers from 1 up, got ${describe(space.shape)}; for three numbers it is [3]`,
    );
    return;
  }
  for (const bound of ["low", "high"] as const) {
    if (space[bound]?.length !== size) {
      wrong(
        `Expected ${name}.${bound} to have ${size} numbers for shape [${space.shape}], got ${describe(space[bound]?.length)}; make the space with box(low, high)`,
      );
      return;
    }
  }
  if (role === "observationSpace" && isImage(space)) {
    wrong(
      `Expected ${name} to be numbers for dense layers, got an image of shape [${space.shape}] with values from 0 to 255; there are no convolutions for images: give features of it, or a small one as numbers from 0 to 1`,
    );
    return;
  }
  for (let i = 0; i < size; i++) {
    const [low, high] = [space.low[i]!, space.high[i]!];
    if (!(low <= high))
      wrong(`Expected ${name}.low[${i}] ≤ high[${i}], got ${low} and ${high}; exchange or correct them`);
    else if (role === "actionSpace" && !(Number.isFinite(low) && Number.isFinite(high))) {
      wrong(
        `Expected finite bounds of actionSpace, got ${low} to ${high} for element ${i}; SAC squashes actions into the bounds, so choose the range that matters`,
      );
    } else if (role === "actionSpace" && low === high) {
      wrong(
        `Expected actionSpace.low[${i}] < high[${i}], got ${low} for both; an action that cannot change is none, so leave it out`,
      );
    } else continue;
    return;
  }
}
