// The mended lines of a finding, in the program's own names. A proposal that does not make the program read better is
// none: `mendedText` keeps only those whose finding is gone afterwards, with no new one in its place.

import type { SourceFinding, SourceReport } from "./report.ts";

export type Replacement = NonNullable<SourceFinding["replacement"]>;

/** What to write in place of the finding's lines, where a line's own text tells. */
export function replacementOf(finding: SourceFinding, lines: readonly string[]): Replacement | undefined {
  const { line, endLine = line, id, evidence } = finding;
  if (id === "clamp-before-step" && typeof evidence.step === "number")
    return moved(line, evidence.step, lines);
  for (let at = line; at <= Math.min(endLine, line + 12, lines.length); at++) {
    const before = lines[at - 1]!;
    const after = changed(finding, before);
    if (after !== undefined && after !== before) return { fromLine: at, toLine: at, text: after };
  }
  return undefined;
}

/** Below the optimiser's step, at its indentation. */
function moved(from: number, step: number, lines: readonly string[]): Replacement | undefined {
  const [clamp, last] = [lines[from - 1], lines[step - 1]];
  if (!clamp || !last || step <= from || /[([{,\\]\s*$/.test(last)) return undefined;
  const between = lines.slice(from, step);
  const opener = lines[from - 2] ?? "";
  if (indentOf(clamp) <= indentOf(opener) || !/:\s*$/.test(opener)) {
    const indent = " ".repeat(indentOf(last));
    return { fromLine: from, toLine: step, text: [...between, indent + clamp.trim()].join("\n") };
  }
  // With the block that it stands in alone.
  const alone = indentOf(lines[from] ?? "") < indentOf(clamp) && indentOf(opener) === indentOf(last);
  if (!alone || !/^\s*with\b/.test(opener)) return undefined;
  return { fromLine: from - 1, toLine: step, text: [...between, opener, clamp].join("\n") };
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}

function changed({ id, evidence }: SourceFinding, line: string): string | undefined {
  switch (id) {
    case "clamp-without-effect":
      return line
        .replace(/^(\s*)(?:torch|th)\.clamp\(\s*([\w.]+)\s*,\s*(.*)\)\s*$/, "$1$2.data.clamp_($3)")
        .replace(/^(\s*[\w.]+?)(?:\.detach\(\))?\.(?:clone\(\)\.)?clamp_?\((.*)\)\s*$/, "$1.data.clamp_($2)");
    case "alpha-frozen":
      if (evidence.requiresGrad === false)
        return line.replace(/\)\s*$/, ", requires_grad=True)").replace("(, ", "(");
      if (typeof evidence.rebinds === "string" && evidence.optimizerMadeIn !== undefined)
        return line.replace(/^(\s*[\w.]+)\s*=\s*(.+?)\s*$/, "$1.data.copy_($2)");
      return undefined;
    case "no-rsample":
      return line.replace(".sample(", ".rsample(");
    case "twin-not-min":
      return line.replace(/\b(a?)max(imum)?\(/, "$1min$2(").replace("reduce_max(", "reduce_min(");
    case "log-prob-averaged":
      return line.replace(/\.mean\(/, ".sum(").replace("reduce_mean(", "reduce_sum(");
    case "actor-q-detached":
      return line
        .replace(/\.detach\(\)/g, "")
        .replace(/\w[\w.]*stop_gradient(\((?:[^()]|\([^()]*\))*\))/, "$1");
    case "critic-target-entropy-sign":
      return line.replace(/\+(\s*(?:self\.)?\w*(?:alpha|temp|ent_coef)\w*)/i, "-$1");
    case "target-unreachable":
      return line.replace(/(target_?entropy\w*\s*=\s*)(?!-)([^#]+?)(\s*(?:#.*)?)$/i, "$1-($2)$3");
    case "done-mask-inverted":
      return line.replace(/\*\s*(\w*done\w*|d)\s*\*/, "* (1 - $1) *");
    case "alpha-in-actor-loss":
      return line.replace(/\b((?:self\.)?alpha)\b(?!\.detach)(\s*\*)/, "$1.detach()$2");
    default:
      return undefined;
  }
}

export interface Mended {
  readonly text: string;
  readonly applied: readonly SourceFinding[];
}

/** @param read the reader: what a proposal does to the program is asked of it */
export function mendedText(
  text: string,
  report: SourceReport,
  read: (text: string) => SourceReport | undefined,
): Mended {
  let current = text;
  let known = report;
  const applied: SourceFinding[] = [];
  for (let round = 0; round < 20; round++) {
    const next = known.findings
      .filter(({ replacement, severity }) => replacement && severity !== "info")
      .map((finding) => ({ finding, mended: replaced(current, finding.replacement!) }))
      .find(({ mended }) => isBetter(known, read(mended)));
    if (!next) break;
    applied.push(next.finding);
    current = next.mended;
    known = read(current) ?? known;
  }
  return { text: current, applied };
}

function replaced(text: string, { fromLine, toLine, text: lines }: Replacement): string {
  const all = text.split("\n");
  all.splice(fromLine - 1, toLine - fromLine + 1, ...lines.split("\n"));
  return all.join("\n");
}

function isBetter(before: SourceReport, after: SourceReport | undefined): boolean {
  if (!after) return false;
  const count = (report: SourceReport) =>
    report.findings.filter(({ severity }) => severity !== "info").length;
  return count(after) < count(before);
}
