// The source files among what the doctor was given: read, and told in lines.

import { readFileSync, statSync } from "node:fs";
import type { SourceReport } from "../code/index.ts";
import type { DeclaredSettings } from "../runs/series.ts";

/** Bytes; a notebook with its pictures is larger than its code. */
const largest = 20_000_000;

export function isSource(path: string): boolean {
  return /\.(py|ipynb|[cm]?[jt]sx?)$/.test(path);
}

/** Reports of the files that hold an α update, and what kept others from being read. */
export async function sourcesAmong(given: readonly string[]) {
  const sources: SourceReport[] = [];
  const errors: { message: string }[] = [];
  const paths = given.filter(isSource);
  if (paths.length === 0) return { sources, errors };
  // The parsers are loaded only for a source: a log needs none.
  const { readSource } = await import("../code/index.ts");
  for (const path of paths) {
    try {
      if (statSync(path).size > largest) {
        errors.push({ message: `${path}: expected source code of at most 20 MB, got more` });
        continue;
      }
      const report = readSource(readFileSync(path, "utf8"), { path });
      if (report) sources.push(report);
      else errors.push({ message: `${path}: expected Soft Actor-Critic code, found none there` });
    } catch (error) {
      errors.push({ message: `${path}: ${error instanceof Error ? error.message : error}` });
    }
  }
  return { sources, errors };
}

/** What the only source among them states in numbers. */
export function declaredBy(sources: readonly SourceReport[]): DeclaredSettings {
  const [only, ...others] = sources;
  if (!only || others.length > 0) return {};
  const { targetEntropy, alphaLearningRate, initialAlpha, lossForm, clamp } = only.facts;
  return {
    ...(targetEntropy?.value === undefined ? {} : { targetEntropy: targetEntropy.value }),
    ...(alphaLearningRate?.value === undefined ? {} : { alphaLearningRate: alphaLearningRate.value }),
    ...(initialAlpha?.value === undefined ? {} : { initialAlpha: initialAlpha.value }),
    ...(lossForm === undefined ? {} : { lossForm }),
    ...(clamp?.holds && clamp.min !== undefined ? { alphaMin: clamp.min } : {}),
    ...(clamp?.holds && clamp.max !== undefined ? { alphaMax: clamp.max } : {}),
  };
}

/** @param shown ids of what the logs beside it show: their cause is named here and explained once, there. */
export function sourceReport(
  { path, verdict, facts, findings }: SourceReport,
  shown: ReadonlySet<string> = new Set(),
): string {
  const { alphaUpdate } = facts;
  const lines = [`${path}: ${verdict}`];
  if (alphaUpdate) {
    const { line, derived, derivative, above, below } = alphaUpdate;
    lines.push(
      `  line ${line} ${derived}`,
      `  derivative ∝ ${derivative}: α ${above} as H is high, ${below} as H is low`,
    );
  } else if (facts.undecided) lines.push(`  ${facts.undecided}`);
  for (const { line, cell, cellLine, severity, id, message, fix, replacement } of findings) {
    const place = cell === undefined ? `line ${line}` : `cell ${cell}, line ${cellLine}`;
    lines.push(
      `  ${severity} ${id}, ${place}: ${shown.has(id) ? "the cause of what the log below shows." : message}`,
      `    ${fix}`,
    );
    if (replacement) lines.push(`    + ${replacement.text.trim()}`);
  }
  return lines.join("\n");
}
