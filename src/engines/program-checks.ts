// The checks that every engine makes on the values it is handed, so that all of them complain in the same words.

import { TemperedError } from "../errors.ts";

/** `values`, if they are there and have `length` elements. */
export function checkedArray(
  kind: "input" | "state",
  name: string,
  length: number,
  values: Float32Array | undefined,
): Float32Array {
  if (values?.length === length) return values;
  throw new TemperedError(
    kind.toUpperCase(),
    `Expected ${kind} "${name}" as a Float32Array of ${length} elements, got ${values === undefined ? "none" : values.length}`,
  );
}

export function unknownState(name: string, known: readonly string[]): TemperedError {
  return new TemperedError("STATE", `Expected one of the states ${known.join(", ")}, got "${name}"`);
}
