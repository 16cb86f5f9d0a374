// Reads Soft Actor-Critic source code: what its α update computes, and what is wrong with it. Nothing is executed.

import type { ReadSourceOptions, SourceReport } from "./report.ts";

export type {
  AlphaUpdate,
  ReadSourceOptions,
  SourceFact,
  SourceFacts,
  SourceFinding,
  SourceReport,
} from "./report.ts";

/** A report, or undefined where the text holds no Soft Actor-Critic. Never throws, never runs the text. */
export function readSource(text: string, options: ReadSourceOptions = {}): SourceReport | undefined {
  if (!/log_?alpha|alpha_?loss|target_?entropy|ent_?coef/i.test(text)) return undefined;
  return { path: options.path ?? "", verdict: "undecided", facts: {}, findings: [] };
}
