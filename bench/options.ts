// The options that the benchmark and its workers share: the size of the problem.

import type { ParseArgsConfig } from "node:util";
import type { UpdateSizes } from "../src/measure/flops.ts";

/** HalfCheetah's sizes with Stable-Baselines3's networks and batch. */
export const sizeOptions = {
  "observation-dim": { type: "string", default: "17" },
  "action-dim": { type: "string", default: "6" },
  hidden: { type: "string", default: "256,256" },
  batch: { type: "string", default: "256" },
} as const satisfies ParseArgsConfig["options"];

export function sizesOf(values: { readonly [name in keyof typeof sizeOptions]: string }): UpdateSizes {
  return {
    observationDim: count("observation-dim", values["observation-dim"]),
    actionDim: count("action-dim", values["action-dim"]),
    hidden: values.hidden.split(",").map((width) => count("hidden", width)),
    batch: count("batch", values.batch),
  };
}

/** `--name value` for a command line. */
export function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** A whole number from 1 up. @throws RangeError for anything else */
export function count(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`Expected --${option} to be a whole number from 1 up, got "${text}"`);
  }
  return value;
}
