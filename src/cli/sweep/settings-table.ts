// A study's settings as lines of a table: how well each did, how sure that is, where α and entropy ended, what the doctor
// says.

import pc from "picocolors";
import type { StudyReport } from "../../sweep/report.ts";
import { settingLabels } from "../../sweep/setting-labels.ts";
import { short } from "../../text/numbers.ts";
import { cut, padded, widthOf } from "../terminal/line-width.ts";

const HEAD = ["return (IQM)", "95% interval", "α", "H", "runs", "doctor"];

/** @param width cells that a line may take */
export function settingsTable({ settings }: StudyReport, width: number): string[] {
  const several = new Set(settings.map(({ env }) => env)).size > 1;
  const labels = settingLabels(settings.map(({ setting }) => setting));
  const names = settings.map(({ env, setting }) => `${several ? `${env}  ` : ""}${labels.of(setting)}`);
  const cells = settings.map(({ iqm, low, high, alpha, entropy, runs, failed, stopped, verdicts }) => [
    number(iqm),
    low === null ? "–" : `${short(low)} to ${short(high!)}`,
    number(alpha),
    number(entropy),
    `${runs}${failed > 0 ? pc.red(` +${failed} failed`) : ""}${stopped > 0 ? pc.yellow(` +${stopped} stopped`) : ""}`,
    Object.entries(verdicts)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(", "),
  ]);
  const widths = HEAD.map((head, k) => Math.max(widthOf(head), ...cells.map((row) => widthOf(row[k]!))));
  // The doctor's column goes first where there is no room.
  let columns = HEAD.map((_, k) => k);
  const taken = () => columns.reduce((sum, k) => sum + widths[k]! + 2, 0);
  while (columns.length > 1 && taken() + 16 > width) columns = columns.slice(0, -1);
  const room = Math.max(8, Math.min(width - taken(), Math.max(7, ...names.map(widthOf))));
  const line = (name: string, row: readonly string[]) =>
    padded(cut(name, room), room) +
    columns
      .map((k) => `  ${k === 5 ? row[k]! : padded("", widths[k]! - widthOf(row[k]!)) + row[k]!}`)
      .join("");
  const isWide = widthOf(labels.head) > room;
  return [
    ...(isWide ? [pc.dim(cut(labels.head, width))] : []),
    pc.dim(line(isWide ? "" : labels.head, HEAD)),
    ...settings.map((_, i) => line(names[i]!, cells[i]!)),
  ];
}

function number(value: number | null): string {
  return value === null ? "–" : short(value);
}
