// The report as Markdown, for an issue or a paper's repository: a table of settings for each environment, and what befell
// runs that did not come to their end.

import { escapeMarkdown } from "../doctor/report/escape.ts";
import { short } from "../text/numbers.ts";
import { type StudyReport, stopText } from "./report.ts";

const HEAD = ["setting", "return (IQM)", "95% interval", "α", "H", "runs", "doctor"];

export function studyMarkdown({ name, version, runs, settings }: StudyReport): string {
  const finished = runs.filter(({ status }) => status === "finished").length;
  const lines = [
    `# ${escapeMarkdown(name)}`,
    "",
    `${finished} of ${runs.length} runs finished; tempered ${version}. Returns are interquartile means over seeds of the final ` +
      "evaluation, with 95% intervals (stratified bootstrap, 50,000 resamples); α and H are interquartile means at the end.",
  ];
  for (const env of new Set(settings.map((each) => each.env))) {
    lines.push("", `## ${escapeMarkdown(env)}`, "", row(HEAD), row(HEAD.map((_, k) => rule(k))));
    for (const each of settings.filter((setting) => setting.env === env)) {
      const { setting, iqm, low, high, alpha, entropy, failed, stopped, verdicts } = each;
      lines.push(
        row([
          escapeMarkdown(setting),
          number(iqm),
          low === null || high === null ? "–" : `${short(low)} to ${short(high)}`,
          number(alpha),
          number(entropy),
          `${each.runs}${failed > 0 ? `, ${failed} failed` : ""}${stopped > 0 ? `, ${stopped} stopped` : ""}`,
          Object.entries(verdicts)
            .map(([verdict, count]) => `${count} ${verdict}`)
            .join(", "),
        ]),
      );
    }
  }
  const befallen = runs.filter(({ status }) => status === "failed" || status === "stopped");
  if (befallen.length > 0) lines.push("");
  for (const { id, env, setting, seed, error, stopped } of befallen) {
    const why = stopped ? stopText(stopped) : `failed: ${error ?? "it does not say why"}`;
    lines.push(`- \`${id}\` ${escapeMarkdown(`${env}, ${setting}, seed ${seed}: ${why}`)}`);
  }
  return `${lines.join("\n")}\n`;
}

function rule(column: number): string {
  return column === 0 || column === HEAD.length - 1 ? "---" : "---:";
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function number(value: number | null): string {
  return value === null ? "–" : short(value);
}
