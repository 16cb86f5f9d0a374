// The settings that a program states in numbers, as the rules on its log want them.

import { assigned } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { numberIn } from "./number.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import type { SourceFact, SourceFacts } from "./report.ts";

/** α before its first step, where its parameter is made from a number. */
export function initialAlpha(
  optimizer: AlphaOptimizer,
  log: boolean,
  source: Source,
): SourceFact | undefined {
  const made = assigned(optimizer.scope, optimizer.holds)[0];
  if (!made || made.part !== undefined) return undefined;
  const { value } = made.statement;
  const name = value.kind === "call" && "name" in value.callee ? value.callee.name : "";
  const raw = name === "zeros" ? 0 : name === "ones" ? 1 : numberIn(value, optimizer.scope);
  if (raw === undefined) return undefined;
  return {
    expression: source.text.slice(value.from, value.to),
    line: source.lineOf(value.from),
    value: log ? Math.exp(raw) : raw,
  };
}

/** Bounds of α where the parameter is clamped between numbers. */
export function clampOf(
  optimizer: AlphaOptimizer,
  log: boolean,
  broken: boolean,
  source: Source,
): SourceFacts["clamp"] {
  const name = optimizer.holds.split(".").at(-1)!;
  const found = new RegExp(
    `\\b${name}(?:\\.data)?\\.clamp_\\(\\s*(?:min\\s*=\\s*)?(-?[\\d.e-]+)\\s*,\\s*(?:max\\s*=\\s*)?(-?[\\d.e-]+)\\s*\\)`,
  ).exec(source.text);
  if (!found) return undefined;
  const [min, max] = [Number(found[1]), Number(found[2])];
  if (!Number.isFinite(min) || !Number.isFinite(max)) return undefined;
  const bound = (value: number) => (log ? Math.exp(value) : value);
  return { min: bound(min), max: bound(max), holds: !broken, line: source.lineOf(found.index) };
}
