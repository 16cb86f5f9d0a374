// What the doctor says about a source: for a terminal, for an issue and as a section of the page.

import type { SourceFinding, SourceReport } from "../code/index.ts";
import { escapeHtml, escapeMarkdown, escapeTerminal } from "../doctor/report/escape.ts";

/** As the report on a log has. */
const columns = 80;

function placeOf({ line, cell, cellLine }: SourceFinding): string {
  return cell === undefined ? `line ${line}` : `cell ${cell}, line ${cellLine}`;
}

/** What the update does to α, as the 2 × 2 table has it. */
function table({ facts: { alphaUpdate } }: SourceReport): [string, string][] {
  if (!alphaUpdate) return [];
  return [
    ["entropy above its target", `α ${alphaUpdate.above}`],
    ["entropy below its target", `α ${alphaUpdate.below}`],
  ];
}

/** @param shown ids of what the logs beside it show: their cause is named here and explained once, there. */
export function sourceReport(report: SourceReport, shown: ReadonlySet<string> = new Set()): string {
  const { path, verdict, facts, findings } = report;
  const lines = [`${escapeTerminal(path)}: ${verdict}`];
  if (facts.alphaUpdate) {
    const { line, derived, derivative, above, below } = facts.alphaUpdate;
    lines.push(
      `  line ${line} ${derived}`,
      `  derivative ∝ ${derivative}: α ${above} as H is high, ${below} as H is low`,
    );
  } else if (facts.undecided) lines.push(...folded(`  ${facts.undecided}`));
  for (const finding of findings) {
    const { severity, id, message, fix, replacement } = finding;
    lines.push(
      ...folded(
        `  ${severity} ${id}, ${placeOf(finding)}: ${shown.has(id) ? "the cause of what the log below shows." : message}`,
      ),
      ...folded(`    ${fix}`),
    );
    for (const line of outdented(replacement?.text)) lines.push(`    + ${escapeTerminal(line)}`);
  }
  return lines.join("\n");
}

/** Lines of at most 80 columns, the later ones with two more spaces before them. */
function folded(text: string): string[] {
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(" ")) {
    const before = lines.length === 0 ? indent : `${indent}  `;
    if (line !== "" && before.length + line.length + 1 + word.length > columns) {
      lines.push(before + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, (lines.length === 0 ? indent : `${indent}  `) + line];
}

/** The lines of a mend without the indentation that all of them have. */
function outdented(text: string | undefined): string[] {
  const lines = text?.split("\n") ?? [];
  const spaces = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const least = Math.min(...spaces);
  return lines.map((line) => line.slice(Number.isFinite(least) ? least : 0));
}

export function sourceMarkdown(report: SourceReport, shown: ReadonlySet<string> = new Set()): string {
  const { path, verdict, facts, findings } = report;
  const parts = [`### Code of ${escapeMarkdown(path)}: ${verdict}`];
  if (facts.alphaUpdate) {
    const { line, derived, derivative } = facts.alphaUpdate;
    parts.push(
      `Line ${line} ${derived}; derivative ∝ ${derivative}.`,
      [
        "| where | then |",
        "|---|---|",
        ...table(report).map(([where, then]) => `| ${where} | ${then} |`),
      ].join("\n"),
    );
  } else if (facts.undecided) parts.push(facts.undecided);
  for (const finding of findings) {
    const { severity, id, message, fix, replacement } = finding;
    const text = shown.has(id) ? "the cause of what the log below shows." : message;
    parts.push(`**${id}** (${severity}), ${placeOf(finding)}: ${text} ${fix}`);
    if (replacement) parts.push(`\`\`\`\n${replacement.text.replaceAll("```", "'''")}\n\`\`\``);
  }
  return `${parts.join("\n\n")}\n`;
}

export function sourceHtml(report: SourceReport, shown: ReadonlySet<string> = new Set()): string {
  const { path, verdict, facts, findings } = report;
  const kind = { right: "healthy", fault: "fault", suspect: "suspect", undecided: "inconclusive" }[verdict];
  const update = facts.alphaUpdate;
  const articles = findings.map((finding) => {
    const { severity, id, message, fix, replacement } = finding;
    return `<article class="${severity}">
<h3>${id} <small>${severity}, ${placeOf(finding)}</small></h3>
<p>${escapeHtml(shown.has(id) ? "The cause of what the log below shows." : message)}</p>
<p class="dim">${escapeHtml(fix)}</p>
${replacement ? `<pre>${escapeHtml(replacement.text)}</pre>` : ""}
</article>`;
  });
  return `<section>
<header><span class="verdict ${kind}">${verdict}</span>
<h2>${escapeHtml(path)}</h2></header>
${
  update
    ? `<p>Line ${update.line} ${escapeHtml(update.derived)}; derivative ∝ ${escapeHtml(update.derivative)}.</p>
<table>${table(report)
        .map(([where, then]) => `<tr><th>${where}</th><td>${then}</td></tr>`)
        .join("")}</table>`
    : `<p>${escapeHtml(facts.undecided ?? "α is a setting here.")}</p>`
}
${articles.join("\n")}
</section>`;
}
