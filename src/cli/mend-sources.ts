// `tempered doctor --fix`: the mends of all sources as one patch, or written into the files where that is asked for.

import { writeFileSync } from "node:fs";
import { mendedText, readSource, unifiedPatch } from "../code/index.ts";
import type { FoundSources } from "./sources.ts";

export interface Mends {
  /** Empty where nothing could be mended. */
  readonly patch: string;
  /** One line for each mend, and for what was left. */
  readonly notes: readonly string[];
}

/** @param inPlace whether the files are written */
export function mendSources({ sources, texts }: FoundSources, inPlace: boolean): Mends {
  const patches: string[] = [];
  const notes: string[] = [];
  for (const report of sources) {
    const { path, findings } = report;
    const text = texts.get(path);
    const wrong = findings.filter(({ severity }) => severity !== "info");
    if (text === undefined || wrong.length === 0) continue;
    if (/\.(ipynb|md|markdown)$/i.test(path)) {
      notes.push(`${path}: ${wrong.length} to mend by hand: a patch of a notebook or a text helps nobody`);
      continue;
    }
    const lines = text.replaceAll("\r\n", "\n");
    const mended = mendedText(lines, report, (one) => readSource(one, path === "-" ? {} : { path }));
    for (const { id, line } of mended.applied) notes.push(`${path}:${line}: ${id} mended`);
    const left = wrong.length - mended.applied.length;
    if (left > 0) notes.push(`${path}: ${left} left to mend by hand`);
    patches.push(unifiedPatch(path, lines, mended.text));
    if (inPlace && mended.applied.length > 0 && path !== "-") {
      writeFileSync(path, text.includes("\r\n") ? mended.text.replaceAll("\n", "\r\n") : mended.text);
    }
  }
  return { patch: patches.join(""), notes };
}
