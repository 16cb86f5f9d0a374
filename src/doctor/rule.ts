// A rule looks at the evidence and says at most one thing. Rules are pure, know nothing of each other and run in
// Node and in browsers alike; what they share stands in the evidence.

import { grouped } from "../text/numbers.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";

export type Rule = (evidence: Evidence) => Finding | undefined;

/**
 * Rounds the numbers of a finding to 4 significant digits, which is more than any of them is worth. What is absent or
 * infinite is left out; NaN stays, and silences the finding.
 */
export function numbers(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const rounded: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && Math.abs(value) !== Infinity) rounded[name] = Number(value.toPrecision(4));
  }
  return rounded;
}

/** A number for a sentence: 3 significant digits, thousands with commas; steps of the log's axis are told by `sayStep`. */
export function say(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace("e+", "e");
  const rounded = Number(value.toPrecision(3));
  return size >= 1000 ? grouped(rounded) : String(rounded);
}

/** A place on the log's own axis, whole. */
export function sayStep(step: number): string {
  return Number.isInteger(step) ? grouped(step) : say(step);
}

/** A forecast: one digit that means something, and one to round to. */
export function sayAbout(value: number): string {
  return say(Number(value.toPrecision(2)));
}
