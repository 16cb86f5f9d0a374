// The report as one page that needs nothing else: text, figures' data and drawing code in a single file, light or dark
// as the reader's system is. A content security policy keeps it from fetching anything at all.

import type { Diagnosis } from "../diagnose.ts";
import type { Finding } from "../finding.ts";
import { sayStep } from "../rule.ts";
import { type ReportAxis, reportAxis } from "./axis.ts";
import { escapeHtml, escapeJson, explainHtml, prose } from "./escape.ts";
import { evidenceWords } from "./evidence-words.ts";
import { type Figure, type FigureData, type FigureLevel, type FigureLine, figureData } from "./figures.ts";
import { isCode } from "./fix-kind.ts";
import { PLOT_SCRIPT } from "./plot-script.ts";
import { referenceParts } from "./references.ts";
import { extent, keyNumbers, quietSentence, verdictWords } from "./summary.ts";

/**
 * @param before sections above those of the runs, in HTML
 * @returns a complete HTML document
 */
export function htmlReport(diagnoses: readonly Diagnosis[], before = ""): string {
  const data = diagnoses.map(figureData);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>tempered doctor</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>tempered doctor</h1>
${contents(diagnoses)}
${before}
${diagnoses.map((diagnosis, index) => section(diagnosis, index, data[index]!)).join("\n")}
</main>
<script type="application/json" id="data">${escapeJson(data)}</script>
<script>${PLOT_SCRIPT}</script>
</body>
</html>
`;
}

/** Where there are several runs: each with its verdict and what was found first, as a link to its section. */
function contents(diagnoses: readonly Diagnosis[]): string {
  if (diagnoses.length < 2) return "";
  const rows = diagnoses.map(
    (diagnosis, index) =>
      `<tr><td><span class="verdict ${diagnosis.verdict}">${verdictWords(diagnosis)}</span></td><th scope="row"><a href="#run-${index}">${breakable(diagnosis.series.path)}</a></th><td class="dim">${diagnosis.findings[0]?.id ?? ""}</td></tr>`,
  );
  return `<nav aria-label="Runs"><table class="contents">${rows.join("\n")}</table></nav>`;
}

/** A path that may break after each folder. */
function breakable(path: string): string {
  return escapeHtml(path).replaceAll("/", "/<wbr>");
}

function section(diagnosis: Diagnosis, index: number, { figures, unit }: FigureData): string {
  const { series, verdict, findings, evidence } = diagnosis;
  const axis = reportAxis(diagnosis);
  const drawn = evidence.rows.length >= 2 ? figures : [];
  return `<section id="run-${index}">
<header><span class="verdict ${verdict}">${verdictWords(diagnosis)}</span>
<h2>${breakable(series.path)}</h2>
<p class="dim">${escapeHtml(series.framework === "unknown" ? "program unknown" : series.framework)} (${escapeHtml(series.format)}) · ${extent(diagnosis, " · ")}</p></header>
${findings.length > 0 ? findings.map((finding) => findingHtml(finding, axis)).join("\n") : `<p>${prose(quietSentence(diagnosis))}</p>`}
<table>${keyNumbers(diagnosis)
    .map(
      ({ label, text, assumption }) =>
        `<tr><th scope="row">${escapeHtml(label)}</th><td>${prose(text)}</td><td class="dim">${prose(assumption)}</td></tr>`,
    )
    .join("")}</table>
${drawn.map((figure, k) => figureHtml(figure, `figure-${index}-${k}`, unit)).join("\n")}
${drawn.length > 0 ? `<p class="dim">Drag across a figure to zoom all of them; double-click to see everything.${findings.some(({ severity }) => severity !== "info") ? " The coloured range is where the first finding shows." : ""}</p>` : ""}
${series.notes.length > 0 ? `<ul class="dim">${series.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>` : ""}
</section>`;
}

function findingHtml(
  { id, severity, confidence, steps, evidence, message, fix, reference }: Finding,
  { unit, at }: ReportAxis,
): string {
  const figures = evidenceWords(evidence).map(
    ({ label, text }) => `<span>${escapeHtml(label)} <b>${escapeHtml(text)}</b></span>`,
  );
  const [from, to] = steps.map((step) => sayStep(at(step)));
  return `<article class="${severity}">
<h3>${id} <small>${severity === "info" ? "remark" : severity}, ${Math.round(100 * confidence)}% sure, ${unit}s ${from} to ${to}</small></h3>
<p>${prose(message)}</p>
${isCode(fix) ? `<pre>${escapeHtml(fix)}</pre>` : `<p><b>To do:</b> ${prose(fix)}.</p>`}
<p class="dim evidence">${figures.join(" ")}</p>
<p class="dim">Seen before: ${referenceHtml(reference)} · ${explainHtml(id)}</p>
</article>`;
}

function referenceHtml(reference: string): string {
  return referenceParts(reference)
    .map(({ text, href }) =>
      href === undefined
        ? escapeHtml(text)
        : `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${escapeHtml(text)}</a>`,
    )
    .join("");
}

/** The legend: a piece of each line as it is drawn; the script writes its value under the cursor beside it. */
function figureHtml({ title, lines, levels }: Figure, id: string, unit: ReportAxis["unit"]): string {
  const key = [
    ...lines.map((line) => `<span>${sample(line)}${escapeHtml(line.name)} <b data-value></b></span>`),
    ...levels.map((level) => `<span>${sample({ ...level, dashed: true })}${escapeHtml(level.name)}</span>`),
  ];
  return `<figure><figcaption>${escapeHtml(title)} <output></output><span class="key">${key.join("")}</span></figcaption>
<canvas id="${id}" role="img" aria-label="${escapeHtml(title)} over ${unit}s"></canvas></figure>`;
}

function sample({
  color,
  dashed,
  thin,
}: Pick<FigureLine, "color" | "dashed" | "thin"> | FigureLevel): string {
  const dash = dashed ? ' stroke-dasharray="5 4"' : "";
  return `<svg width="24" height="8" aria-hidden="true"><path d="M0 4H24" stroke="var(${color})" stroke-width="${thin ? 0.8 : 2}"${dash}/></svg>`;
}

const STYLE = `
:root { color-scheme: light dark; --text:#1b1f24; --dim:#5c6670; --dim-on-card:#545d67; --back:#fff; --card:#f5f6f8; --grid:#e3e6ea; --alpha:#b3470f; --instead:#1a7f5a;
  --gap:#2459a8; --limit:#a8245b; --error-wash:#d6336c22; --warning-wash:#e6a70026; --select:#2459a833; --error:#c0264f; --warning:#a06a00; --info:#2459a8; --healthy:#1a7f5a; }
@media (prefers-color-scheme: dark) { :root { --text:#e6e9ec; --dim:#9aa4ae; --dim-on-card:#a4adb6; --back:#15181c; --card:#1e2329; --grid:#2c333a; --alpha:#ff9a5c; --instead:#5fd3a5;
  --gap:#7fb2ff; --limit:#ff7fae; --error-wash:#ff5c8a26; --warning-wash:#ffc53d1f; --select:#7fb2ff33; --error:#ff7f9f; --warning:#ffc53d; --info:#7fb2ff; --healthy:#5fd3a5; } }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1rem; font-weight: 600; color: var(--dim); margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 0; display: inline; overflow-wrap: anywhere; }
h3 { margin: 0 0 .3rem; font-size: 1rem; } h3 small { font-weight: 400; color: var(--dim); }
section { margin-bottom: 3rem; } header p { margin: .2rem 0 1rem; } .dim { color: var(--dim); font-size: .87rem; }
.verdict { font-weight: 700; padding: .1rem .55rem; margin-right: .4rem; border-radius: .3rem; border: 1.5px solid currentColor; }
.fault { color: var(--error); } .suspect { color: var(--warning); } .healthy { color: var(--healthy); } .inconclusive { color: var(--info); }
article { background: var(--card); border-left: 4px solid var(--info); border-radius: .3rem; padding: .7rem 1rem; margin: .7rem 0; }
article.error { border-color: var(--error); } article.warning { border-color: var(--warning); } article p { margin: .3rem 0; }
pre { overflow-x: auto; background: var(--back); padding: .6rem; border-radius: .3rem; font: 13px/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; } th, td { text-align: left; padding: .25rem .8rem .25rem 0; vertical-align: top; border-bottom: 1px solid var(--grid); }
th { white-space: nowrap; font-weight: 600; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; } .key { display: flex; flex-wrap: wrap; gap: 0 1.1rem; font-weight: 400; font-size: .85rem; color: var(--dim); }
.key svg { margin-right: .4rem; vertical-align: .1rem; } .key b { display: inline-block; min-width: 4.2em; color: var(--text); font-weight: 600; font-variant-numeric: tabular-nums; }
output { font-weight: 400; font-size: .85rem; color: var(--dim); margin-left: .6rem; font-variant-numeric: tabular-nums; }
.evidence span { margin-right: .9rem; } .evidence b { font-weight: 600; color: var(--text); white-space: nowrap; } a { color: var(--info); }
article .dim { color: var(--dim-on-card); } code { font: .87em ui-monospace, monospace; } .whole { white-space: nowrap; }
section > pre { background: var(--card); }
pre .line { display: block; min-height: 1.45em; padding-left: 2.4em; position: relative; text-decoration: none; } pre .line i { position: absolute; left: 0; font-style: normal; color: var(--dim); }
del.line::before, ins.line::before { position: absolute; left: .6em; } del.line { color: var(--error); } del.line::before { content: "−"; } ins.line { color: var(--healthy); } ins.line::before { content: "+"; }
.short { width: auto; } .short th { font-weight: 400; padding-right: 2rem; } .contents { width: auto; margin-bottom: 2.5rem; } .contents th { font-weight: 400; white-space: normal; overflow-wrap: anywhere; } .contents .verdict { white-space: nowrap; }
@media (max-width: 40rem) { body { padding: .7rem; } h2 { display: block; margin-top: .4rem; font-size: 1.05rem; } article { padding: .6rem .7rem; } table, tbody, tr, th, td { display: block; } th, td { border: 0; padding: 0; } tr { padding: .4rem 0; border-bottom: 1px solid var(--grid); } pre { white-space: pre-wrap; overflow-wrap: anywhere; } }
canvas { width: 100%; height: 210px; display: block; touch-action: pan-y; cursor: crosshair; }
`;
