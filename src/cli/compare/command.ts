// `tempered compare`: groups of runs as a table, in JSON or in Markdown.

import { escapeMarkdown, escapeTerminal } from "../../doctor/report/escape.ts";
import { type ComparedGroup, compareRuns } from "../../sweep/compare.ts";
import { finite } from "../../text/finite.ts";
import { short } from "../../text/numbers.ts";
import { asInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { padded, widthOf } from "../terminal/line-width.ts";

export interface CompareFlags {
  readonly json: boolean;
  readonly markdown: boolean;
}

const HEAD = [
  "group",
  "environment",
  "runs",
  "return (IQM)",
  "95% interval",
  "P(better than first)",
  "doctor",
];
/** Columns of numbers. */
const RIGHT = new Set([2, 3, 4, 5]);

export default async function compareCommand(
  this: CliContext,
  { json, markdown }: CompareFlags,
  ...paths: string[]
): Promise<void> {
  const comparison = await asInput(() => compareRuns(paths));
  const { stdout, stderr } = this.process;
  if (json) stdout.write(`${JSON.stringify(comparison, finite, 2)}\n`);
  else {
    const rows = comparison.groups.map(cells);
    stdout.write(markdown ? markdownTable(rows) : plainTable(rows));
  }
  for (const note of comparison.notes) stderr.write(`${escapeTerminal(note)}\n`);
}

function cells({ group, env, runs, iqm, improvement, verdicts }: ComparedGroup): string[] {
  const interval = ({ low, high }: { low: number; high: number }) => `${short(low)} to ${short(high)}`;
  return [
    group,
    env || "–",
    `${runs}`,
    short(iqm.value),
    runs > 1 ? interval(iqm) : "–",
    improvement
      ? `${improvement.value.toFixed(2)} (${improvement.low.toFixed(2)} to ${improvement.high.toFixed(2)})`
      : "–",
    Object.entries(verdicts)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(", "),
  ];
}

function plainTable(rows: readonly (readonly string[])[]): string {
  const all = [HEAD, ...rows.map((row) => row.map(escapeTerminal))];
  const widths = HEAD.map((_, k) => Math.max(...all.map((row) => widthOf(row[k]!))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, k) =>
        RIGHT.has(k) ? " ".repeat(widths[k]! - widthOf(cell)) + cell : padded(cell, widths[k]!),
      )
      .join("  ");
  return `${all.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

function markdownTable(rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const rule = HEAD.map((_, k) => (RIGHT.has(k) ? "---:" : "---"));
  return `${[line(HEAD), line(rule), ...rows.map((row) => line(row.map(escapeMarkdown)))].join("\n")}\n`;
}
