// The source files among what the doctor was given: read, and told in lines.

import { readFileSync } from "node:fs";
import type { SourceReport } from "../code/index.ts";

export function isSource(path: string): boolean {
  return /\.(py|ipynb)$/.test(path);
}

/** Reports of the files that hold an α update, and what kept others from being read. */
export async function sourcesAmong(given: readonly string[]) {
  const sources: SourceReport[] = [];
  const errors: { message: string }[] = [];
  const paths = given.filter(isSource);
  if (paths.length === 0) return { sources, errors, texts: [] };
  // The parsers are loaded only for a source: a log needs none.
  const { readSource } = await import("../code/index.ts");
  for (const path of paths) {
    try {
      const report = readSource(readFileSync(path, "utf8"), { path });
      if (report) sources.push(report);
      else errors.push({ message: `${path}: expected Soft Actor-Critic code, found none there` });
    } catch (error) {
      errors.push({ message: `${path}: ${error instanceof Error ? error.message : error}` });
    }
  }
  return { sources, errors, texts: sources.map(sourceReport) };
}

function sourceReport({ path, verdict, facts, findings }: SourceReport): string {
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
    lines.push(`  ${severity} ${id}, ${place}: ${message}`, `    ${fix}`);
    if (replacement) lines.push(`    + ${replacement.text.trim()}`);
  }
  return lines.join("\n");
}
