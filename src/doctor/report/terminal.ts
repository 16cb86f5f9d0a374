// The report for a terminal: verdict, key numbers, α as a sparkline with the range in question marked, the cause and
// the fix, on one screen of 80 × 24.

import type { Diagnosis } from "../diagnose.ts";
import type { Finding, Verdict } from "../finding.ts";
import { sayStep } from "../rule.ts";
import { type ReportAxis, reportAxis } from "./axis.ts";
import { escapeTerminal } from "./escape.ts";
import { sparkline, underline } from "./sparkline.ts";
import { extent, keyNumbers, quietSentence, verdictWords } from "./summary.ts";

/** How the terminal's report looks. */
export interface TerminalOptions {
  /** Default 80. */
  readonly width?: number;
  /** Lines, default 24; what does not fit is left to the other reports, and said. */
  readonly height?: number;
  /** ANSI colours. Default false. */
  readonly color?: boolean;
}

const COLORS: Readonly<Record<Verdict, number>> = { healthy: 32, fault: 31, suspect: 33, inconclusive: 36 };
const LABEL = 8;

/** The report for a terminal: at most 80 columns and 24 lines a run. */
export function terminalReport(diagnosis: Diagnosis, options: TerminalOptions = {}): string {
  const { width = 80, height = 24, color = false } = options;
  const { series, verdict, findings } = diagnosis;
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const first = findings[0];
  const inside = width - LABEL - 2;
  const field = (label: string, text: string, most = 6) => {
    const all = wrap(escapeTerminal(text), inside);
    const lines = all.slice(0, most);
    if (all.length > most) lines[most - 1] = `${lines[most - 1]!.slice(0, inside - 2)} …`;
    return lines.map((line, i) => ` ${paint(2, (i === 0 ? label : "").padEnd(LABEL))} ${line}`);
  };

  const head = [
    clip(escapeTerminal(series.path), width),
    clip(`${escapeTerminal(series.framework)} (${series.format}) · ${extent(diagnosis, " · ")}`, width),
    ...headline(capitals(verdictWords(diagnosis)), first, reportAxis(diagnosis), width, (text) =>
      paint(COLORS[verdict], paint(1, text)),
    ),
  ];
  const curve = curveLines(diagnosis, inside).map(
    (line, i) => ` ${paint(2, (i === 0 ? "log α" : "").padEnd(LABEL))} ${line}`,
  );
  const figures = keyNumbers(diagnosis).flatMap(({ label, text }) => field(short(label), text, 2));
  const remark = first?.severity === "info" ? "remark" : "cause";
  const cause = first ? field(remark, first.message, 8) : field("", quietSentence(diagnosis), 8);
  const fix = first ? field("fix", first.fix, 8) : [];
  const seen = first ? field("seen in", first.reference, 1) : [];
  const others = findings.slice(1).map((other) => `${other.id} (${other.severity})`);
  const also = others.length > 0 ? field("also", others.join(", "), 2) : [];
  const notes = series.notes.length > 0 ? field("note", series.notes.join(" "), 2) : [];

  const essential = [...head, "", ...curve, ...figures, ...cause, ...fix];
  const extra = [...seen, ...also, ...notes];
  return [...essential, ...extra].slice(0, height).join("\n");
}

/** α stays itself. */
function capitals(words: string): string {
  return words.replace(/[a-z]+/g, (word) => word.toUpperCase());
}

/** The verdict, what was found and where: on as many lines as it takes. */
function headline(
  words: string,
  first: Finding | undefined,
  { unit, at }: ReportAxis,
  width: number,
  paint: (text: string) => string,
): string[] {
  if (!first) return [paint(words)];
  const { id, confidence, steps, severity } = first;
  const lines = [""];
  const parts = [
    words,
    `${id} (${severity}, ${Math.round(100 * confidence)}% sure)`,
    `${unit}s ${sayStep(at(steps[0]))} to ${sayStep(at(steps[1]))}`,
  ];
  for (const part of parts) {
    const last = lines[lines.length - 1]!;
    if (last === "") lines[lines.length - 1] = part;
    else if (`${last} · ${part}`.length <= width) lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(part);
  }
  return [`${paint(words)}${lines[0]!.slice(words.length)}`, ...lines.slice(1)];
}

function curveLines({ evidence, findings }: Diagnosis, width: number): string[] {
  const { rows } = evidence;
  if (!rows.logAlpha.some(Number.isFinite)) return [];
  const line = sparkline(rows.logAlpha, width);
  const marked = findings.find(({ severity }) => severity !== "info");
  if (!marked) return [line];
  const at = (step: number) =>
    Math.max(
      0,
      rows.step.findLastIndex((s) => s <= step),
    );
  return [line, underline(rows.length, width, at(marked.steps[0]), at(marked.steps[1]))];
}

function short(label: string): string {
  return (
    { "gap H − H̄": "gap", "target H̄": "target", "α learning rate": "α lr", "turn expected": "turn" }[label] ??
    label
  );
}

/** Breaks at spaces; lines that are there already stay, and code keeps its indentation. */
function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let rest = line;
    while (rest.length > width) {
      const at = rest.lastIndexOf(" ", width);
      const end = at > width / 3 ? at : width;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end).trimStart();
    }
    return [...lines, rest];
  });
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(1 - width)}`;
}
