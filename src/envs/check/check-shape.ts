// What can be said of an env without playing: its methods, its name, its spaces.

import { describe } from "../describe.ts";
import type { Env } from "../env.ts";
import type { BoxSpace, Space } from "../spaces.ts";
import { isRecord, type Problems } from "./problems.ts";

/** Whether `env` has the methods, the id and the spaces of an env. */
export function checkShape(env: Env, problems: Problems): void {
  if (!isRecord(env)) {
    problems.error(
      "NOT_AN_ENV",
      `Expected an env object, got ${describe(env)}; return it from the function that makes the env`,
    );
    return;
  }
  for (const name of ["reset", "step"] as const) {
    if (typeof env[name] !== "function") {
      problems.error(
        "METHOD",
        `Expected a method ${name}(), got ${describe(env[name])}; see examples/my-env.js for the shape of an env`,
      );
    }
  }
  if (typeof env.id !== "string" || env.id === "") {
    problems.error(
      "ID",
      `Expected id to be a name such as "my-env", got ${describe(env.id)}; it appears in logs and errors`,
    );
  }
  checkSpace("observationSpace", env.observationSpace, problems);
  checkSpace("actionSpace", env.actionSpace, problems);
}

function checkSpace(name: "observationSpace" | "actionSpace", space: Space, problems: Problems): void {
  const wrong = (message: string) => problems.error("SPACE", message);
  if (!isRecord(space)) {
    wrong(`Expected ${name} to be a space, got ${describe(space)}; make one with box(low, high)`);
  } else if (space.kind === "discrete") {
    if (name === "observationSpace")
      wrong(`Expected ${name} to be a box, got a discrete space; give each choice an element of 0 or 1`);
    else if (!Number.isInteger(space.n) || space.n < 1)
      wrong(
        `Expected ${name}.n to be an integer from 1 up, got ${describe(space.n)}; make the space with discrete(n)`,
      );
    else
      problems.warning(
        "SPACE_DISCRETE",
        `Expected ${name} to be a box for SAC, got discrete with ${space.n} choices; SAC will refuse it`,
      );
  } else if (space.kind !== "box") {
    wrong(
      `Expected ${name}.kind to be "box" or "discrete", got ${describe((space as Space).kind)}; make the space with box(low, high)`,
    );
  } else checkBox(name, space, wrong);
}

function checkBox(
  name: "observationSpace" | "actionSpace",
  space: BoxSpace,
  wrong: (message: string) => void,
): void {
  const size = Array.isArray(space.shape) ? space.shape.reduce((product, n) => product * n, 1) : Number.NaN;
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
  for (let i = 0; i < size; i++) {
    const [low, high] = [space.low[i]!, space.high[i]!];
    if (!(low <= high))
      wrong(`Expected ${name}.low[${i}] ≤ high[${i}], got ${low} and ${high}; exchange or correct them`);
    else if (name === "actionSpace" && !(Number.isFinite(low) && Number.isFinite(high))) {
      wrong(
        `Expected finite bounds of actionSpace, got ${low} to ${high} for element ${i}; SAC squashes actions into the bounds, so choose the range that matters`,
      );
    } else if (name === "actionSpace" && low === high) {
      wrong(
        `Expected actionSpace.low[${i}] < high[${i}], got ${low} for both; an action that cannot change is none, so leave it out`,
      );
    } else continue;
    return;
  }
}
