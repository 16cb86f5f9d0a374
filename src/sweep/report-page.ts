// The report as one page that needs nothing else: for each environment a table of settings with their intervals, bands of
// return, α and entropy over the seeds, and every run with the doctor's verdict. Light or dark as the reader's system is.

import { escapeHtml } from "../doctor/report/escape.ts";
import type { Quantity, Series } from "../runs/series.ts";
import { short } from "../text/numbers.ts";
import { bandOf } from "./bands.ts";
import { bandFigure, intervalBar } from "./figure.ts";
import type { RunOutcome } from "./outcome.ts";
import { type SettingSummary, type StudyReport, stopText } from "./report.ts";
import { settingLabels } from "./setting-labels.ts";

/** Logs by the runs' ids. */
export type Logs = ReadonlyMap<string, Series | undefined>;

/** Settings that one chart can tell apart. */
const MOST_LINES = 8;
const COLORS = ["#3b7dd8", "#d9822b", "#2a9d6f", "#c23b5e", "#8059c9", "#7a8a1e", "#1795a8", "#a5653f"];
const FIGURES: readonly { title: string; quantity: Quantity; log?: boolean }[] = [
  { title: "Return of training episodes", quantity: "return" },
  { title: "Temperature α", quantity: "alpha", log: true },
  { title: "Entropy H, nats", quantity: "entropy" },
];

/** @returns a complete HTML document */
export function studyPage(report: StudyReport, logs: Logs): string {
  const { name, version, runs, settings } = report;
  const envs = [...new Set(runs.map(({ env }) => env))];
  const count = (wanted: string) => runs.filter(({ status }) => status === wanted).length;
  const finished = count("finished");
  const rest = runs.length - finished - count("failed") - count("stopped");
  const state = [
    `${finished} of ${runs.length} runs finished`,
    ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
    ...(count("stopped") > 0 ? [`${count("stopped")} stopped before their time`] : []),
    ...(rest > 0 ? [`${rest} to go`] : []),
  ].join(", ");
  const sections = envs.map((env) =>
    section(
      env,
      settings.filter((each) => each.env === env),
      runs.filter((run) => run.env === env),
      logs,
    ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(name)}: a study with tempered</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<p class="dim">${state}; tempered ${escapeHtml(version)}. Figures are interquartile means over seeds with 95% intervals
(stratified bootstrap, 50,000 resamples) of the final evaluation's mean return; bands are the same over the steps.</p>
${sections.join("\n")}
</body>
</html>
`;
}

function section(
  env: string,
  settings: readonly SettingSummary[],
  runs: readonly RunOutcome[],
  logs: Logs,
): string {
  const ranked = [...settings].sort((a, b) => (b.iqm ?? -Infinity) - (a.iqm ?? -Infinity));
  // Every setting keeps its colour, whatever its place.
  const shown = ranked.slice(0, MOST_LINES);
  const order = settings.filter((each) => shown.includes(each));
  const colorOf = (each: SettingSummary) => COLORS[order.indexOf(each)] ?? "var(--dim)";
  const ends = settings.flatMap(({ low, high }) => (low === null || high === null ? [] : [low, high]));
  const range = [Math.min(...ends), Math.max(...ends)] as const;
  const labels = settingLabels(settings.map(({ setting }) => setting));
  const setting = `<th>${escapeHtml(labels.head)}</th>`;
  const rows = ranked.map((each) => settingRow(each, labels.of(each.setting), range, colorOf(each)));
  const figures = FIGURES.map(({ title, quantity, log }) => {
    const lines = order.flatMap((each) => {
      const own = runs.filter(({ setting, status }) => setting === each.setting && status === "finished");
      const band = bandOf(
        own.flatMap(({ id }) => logs.get(id) ?? []),
        quantity,
      );
      return band ? [{ name: each.setting, color: colorOf(each), band }] : [];
    });
    return lines.length > 0 ? bandFigure(title, lines, { log: log === true }) : "";
  }).join("");
  const left = settings.length - shown.length;
  return `<section>
<h2>${escapeHtml(env)}</h2>
<div class="wide"><table>
<thead><tr>${setting}<th class="n">return (IQM)</th><th class="n">95% interval</th><th class="chart"></th><th class="n">α</th><th class="n">H</th><th class="n">runs</th><th>doctor</th></tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>
<div class="figures">${figures}</div>
${left > 0 && figures !== "" ? `<p class="dim">Charts show the ${MOST_LINES} best of ${settings.length} settings.</p>` : ""}
<details><summary>${runs.length} runs</summary><div class="wide"><table>
<thead><tr>${setting}<th class="n">seed</th><th>status</th><th class="n">return</th><th class="n">α</th><th class="n">H</th><th>doctor</th><th>run</th></tr></thead>
<tbody>${runs.map((run) => runRow(run, labels.of(run.setting))).join("\n")}</tbody>
</table></div></details>
</section>`;
}

function settingRow(
  each: SettingSummary,
  label: string,
  range: readonly [number, number],
  color: string,
): string {
  const { iqm, low, high, alpha, entropy, runs, failed, stopped, stop, verdicts } = each;
  const known = iqm !== null && low !== null && high !== null;
  const doctor = Object.entries(verdicts).map(
    ([verdict, count]) => `<span class="${verdict}">${count} ${verdict}</span>`,
  );
  return (
    `<tr><td><i style="background:${color}"></i>${escapeHtml(label)}</td><td class="n">${number(iqm)}</td>` +
    `<td class="n">${known ? `${short(low)} to ${short(high)}` : "–"}</td>` +
    `<td class="chart">${known ? intervalBar({ iqm, low, high }, range, color) : ""}</td>` +
    `<td class="n">${number(alpha)}</td><td class="n">${number(entropy)}</td>` +
    `<td class="n">${runs}${failed > 0 ? ` <span class="fault">+${failed} failed</span>` : ""}` +
    `${stop ? ` <span class="suspect" title="${escapeHtml(stopText(stop))}">+${stopped} stopped</span>` : ""}</td><td>${doctor.join(", ")}</td></tr>`
  );
}

function runRow(run: RunOutcome, label: string): string {
  const { id, seed, status, meanReturn, alpha, entropy, verdict, findings, error, stopped } = run;
  const doctor = [verdict ?? "", ...findings].filter(Boolean).map(escapeHtml).join(" · ");
  return (
    `<tr><td>${escapeHtml(label)}</td><td class="n">${seed}</td>` +
    `<td>${status === "failed" ? `<span class="fault">failed</span>` : status}</td><td class="n">${number(meanReturn)}</td>` +
    `<td class="n">${number(alpha)}</td><td class="n">${number(entropy)}</td>` +
    `<td><span class="${verdict ?? ""}">${doctor}</span>${error === undefined ? "" : ` ${escapeHtml(error)}`}${stopped ? ` ${escapeHtml(stopText(stopped))}` : ""}</td><td><code>${escapeHtml(id)}</code></td></tr>`
  );
}

function number(value: number | null): string {
  return value === null ? "–" : short(value);
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --dim: #6b7280; --line: #dfe2e6; --page: #fff; --bad: #b3261e; --warn: #9a6700; --good: #1a7f4b; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --dim: #9aa1ab; --line: #353a42; --page: #15181c; --bad: #ff8a80; --warn: #e3b341; --good: #6fd39b; } }
body { margin: 2rem auto; max-width: 82rem; padding: 0 1.2rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { margin-bottom: .2rem; } h2 { margin-top: 2.2rem; } .dim { color: var(--dim); max-width: 60rem; } .wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; } th, td { text-align: left; padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
@media (max-width: 40rem) { th, td { padding-right: .7rem; } th:first-child, td:first-child { white-space: normal; } .chart { display: none; } }
th { font-weight: 600; color: var(--dim); font-size: .85rem; } .n { font-variant-numeric: tabular-nums; text-align: right; }
td i { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .5rem; } .bar { width: 200px; height: 14px; vertical-align: middle; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; margin: 1rem 0; } figure { margin: 0; } figcaption { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--dim); } .grid { stroke: var(--line); fill: none; }
.fault { color: var(--bad); } .suspect { color: var(--warn); } .healthy { color: var(--good); } summary { cursor: pointer; color: var(--dim); }
`;
