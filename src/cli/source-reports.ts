// What the doctor says about a source: for a terminal, for an issue and as a section of the page.

import type { SourceFinding, SourceReport } from "../code/index.ts";
import { matched } from "../code/patch.ts";
import { escapeHtml, escapeMarkdown, escapeTerminal, explainHtml, prose } from "../doctor/report/escape.ts";

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
  const cut = indentOf(lines);
  return lines.map((line) => line.slice(cut));
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

/**
 * A section of the page.
 * @param text the program, of which the lines in question are shown
 */
export function sourceHtml(
  report: SourceReport,
  text: string,
  shown: ReadonlySet<string> = new Set(),
): string {
  const { path, verdict, facts, findings } = report;
  const kind = { right: "healthy", fault: "fault", suspect: "suspect", undecided: "inconclusive" }[verdict];
  const update = facts.alphaUpdate;
  const lines = path.endsWith(".ipynb") ? [] : text.split(/\r?\n/);
  const articles = findings.map((finding) => {
    const { severity, id, confidence, message, fix, reference } = finding;
    return `<article class="${severity}">
<h3>${id} <small>${severity === "info" ? "remark" : severity}, ${Math.round(100 * confidence)}% sure, ${placeOf(finding)}</small></h3>
<p>${prose(shown.has(id) ? "The cause of what the log below shows." : message)}</p>
${excerpt(finding, lines)}<p><b>To do:</b> ${prose(fix)}</p>
<p class="dim">${explainHtml(reference)}</p>
</article>`;
  });
  return `<section>
<header><span class="verdict ${kind}">${verdict}</span>
<h2>${escapeHtml(path).replaceAll("/", "/<wbr>")}</h2></header>
${
  update
    ? `<p>Line ${update.line} ${prose(update.derived)}; its derivative is ∝ ${prose(update.derivative)}.</p>
${lines.length > 0 ? `<pre>${numbered(update.line, update.line, lines)}</pre>\n` : ""}<table class="short">${table(
        report,
      )
        .map(([where, then]) => `<tr><th scope="row">${where}</th><td>${then}</td></tr>`)
        .join("")}</table>`
    : `<p>${escapeHtml(facts.undecided ?? "α is a setting here: nothing tunes it.")}</p>`
}
${articles.join("\n")}
</section>`;
}

/** Lines of a program that are shown at most. */
const longest = 12;

/** The lines that a finding is about, and what should stand there where that can be told. */
function excerpt({ line, endLine = line, replacement }: SourceFinding, lines: readonly string[]): string {
  if (lines.length === 0) return replacement ? `<pre>${escapeHtml(replacement.text)}</pre>\n` : "";
  if (!replacement) return `<pre>${numbered(line, Math.min(endLine, line + longest - 1), lines)}</pre>\n`;
  const { fromLine, toLine, text } = replacement;
  const changed = matched(lines.slice(fromLine - 1, toLine), text.split("\n"));
  const cut = indentOf(changed.map((each) => each.line));
  const tags = { " ": "span", "-": "del", "+": "ins" } as const;
  const html = changed.map(({ kind, line: each }) => {
    const tag = tags[kind];
    return `<${tag} class="line">${escapeHtml(each.slice(cut))}</${tag}>`;
  });
  return `<p class="dim">From line ${fromLine} on:</p>\n<pre>${html.join("")}</pre>\n`;
}

/** The columns before the first letter of any line. */
function indentOf(lines: readonly string[]): number {
  const spaces = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  return Math.min(...spaces, 200);
}

function numbered(from: number, to: number, lines: readonly string[]): string {
  const shown = lines.slice(from - 1, to);
  const cut = indentOf(shown);
  return shown
    .map((each, at) => `<span class="line"><i>${from + at}</i>${escapeHtml(each.slice(cut))}</span>`)
    .join("");
}
