// The report for pasting into an issue.

import type { Diagnosis } from "../diagnose.ts";
import type { Finding } from "../finding.ts";
import { type ReportAxis, reportAxis } from "./axis.ts";
import { escapeMarkdown } from "./escape.ts";
import { isCode } from "./fix-kind.ts";
import { sparkline } from "./sparkline.ts";
import { extent, keyNumbers, quietSentence, verdictWords } from "./summary.ts";

/** The report to paste into an issue; nothing of the log becomes Markdown. */
export function markdownReport(diagnoses: readonly Diagnosis[]): string {
  return `${diagnoses.map(section).join("\n\n---\n\n")}\n`;
}

function section(diagnosis: Diagnosis): string {
  const { series, findings, evidence } = diagnosis;
  const parts = [
    `### α in ${escapeMarkdown(series.path)}: ${verdictWords(diagnosis)}`,
    `${escapeMarkdown(series.framework)} (${series.format}), ${extent(diagnosis, ", ")}; read by \`tempered doctor\`.`,
    `\`\`\`text\nlog α  ${sparkline(evidence.rows.logAlpha, 60)}\n\`\`\``,
    [
      "| | | assuming |",
      "|---|---|---|",
      ...keyNumbers(diagnosis).map(
        ({ label, text, assumption }) =>
          `| ${label} | ${escapeMarkdown(text)} | ${escapeMarkdown(assumption)} |`,
      ),
    ].join("\n"),
    ...(findings.length > 0
      ? findings.map((one) => finding(one, reportAxis(diagnosis)))
      : [quietSentence(diagnosis)]),
    ...(series.notes.length > 0 ? [series.notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")] : []),
  ];
  return parts.join("\n\n");
}

function finding(
  { id, severity, confidence, steps, evidence, message, fix, reference }: Finding,
  { unit, at }: ReportAxis,
): string {
  const figures = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  const fence = "`".repeat(Math.max(3, ...[...fix.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [
    `**${id}** (${severity}, ${Math.round(100 * confidence)}% sure), ${unit}s ${at(steps[0])} to ${at(steps[1])}`,
    escapeMarkdown(message),
    `Evidence: ${escapeMarkdown(figures.join(", "))}.`,
    isCode(fix) ? `${fence}python\n${fix}\n${fence}` : `To do: ${escapeMarkdown(fix)}.`,
    `Seen before: ${escapeMarkdown(reference)}.`,
  ].join("\n\n");
}
