// The report as one page that needs nothing else: text, figures' data and drawing code in a single file, light or dark
// as the reader's system is. A content security policy keeps it from fetching anything at all.

import type { Diagnosis } from "../diagnose.ts";
import type { Finding } from "../finding.ts";
import { sayStep } from "../rule.ts";
import { escapeHtml, escapeJson } from "./escape.ts";
import { type Figure, figureData } from "./figures.ts";
import { PLOT_SCRIPT } from "./plot-script.ts";
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
<h1>tempered doctor</h1>
${before}
${diagnoses.map((diagnosis, index) => section(diagnosis, index, data[index]!.figures)).join("\n")}
<script type="application/json" id="data">${escapeJson(data)}</script>
<script>${PLOT_SCRIPT}</script>
</body>
</html>
`;
}

function section(diagnosis: Diagnosis, index: number, figures: readonly Figure[]): string {
  const { series, verdict, findings, evidence } = diagnosis;
  const drawn = evidence.rows.length >= 2 ? figures : [];
  return `<section id="run-${index}">
<header><span class="verdict ${verdict}">${verdictWords(diagnosis)}</span>
<h2>${escapeHtml(series.path)}</h2>
<p class="dim">${escapeHtml(series.framework)} (${escapeHtml(series.format)}) · ${extent(diagnosis, " · ")}</p></header>
${findings.length > 0 ? findings.map(findingHtml).join("\n") : `<p>${escapeHtml(quietSentence(diagnosis))}</p>`}
<table>${keyNumbers(diagnosis)
    .map(
      ({ label, text, assumption }) =>
        `<tr><th>${escapeHtml(label)}</th><td>${escapeHtml(text)}</td><td class="dim">${escapeHtml(assumption)}</td></tr>`,
    )
    .join("")}</table>
${drawn.map((figure, k) => figureHtml(figure, `figure-${index}-${k}`)).join("\n")}
${drawn.length > 0 ? '<p class="dim">Drag across a figure to zoom all of them; double-click to see everything. The coloured range is where the first finding shows.</p>' : ""}
${series.notes.length > 0 ? `<ul class="dim">${series.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>` : ""}
</section>`;
}

function findingHtml({
  id,
  severity,
  confidence,
  steps,
  evidence,
  message,
  fix,
  reference,
}: Finding): string {
  const figures = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  return `<article class="${severity}">
<h3>${id} <small>${severity}, ${Math.round(100 * confidence)}% sure, steps ${sayStep(steps[0])} to ${sayStep(steps[1])}</small></h3>
<p>${escapeHtml(message)}</p>
<pre>${escapeHtml(fix)}</pre>
<p class="dim">${escapeHtml(figures.join(" · "))}<br>Seen before: ${escapeHtml(reference)}</p>
</article>`;
}

function figureHtml({ title, lines, levels }: Figure, id: string): string {
  const key = [...lines, ...levels].map(
    ({ name, color }) => `<span><i style="background:var(${color})"></i>${escapeHtml(name)}</span>`,
  );
  return `<figure><figcaption>${escapeHtml(title)} <span class="key">${key.join("")}</span></figcaption>
<canvas id="${id}" role="img" aria-label="${escapeHtml(title)} over steps"></canvas></figure>`;
}

const STYLE = `
:root { color-scheme: light dark; --text:#1b1f24; --dim:#5c6670; --back:#fff; --card:#f5f6f8; --grid:#e3e6ea; --alpha:#b3470f; --instead:#1a7f5a;
  --gap:#2459a8; --limit:#a8245b; --error-wash:#d6336c22; --warning-wash:#e6a70026; --select:#2459a833; --error:#c0264f; --warning:#a06a00; --info:#2459a8; --healthy:#1a7f5a; }
@media (prefers-color-scheme: dark) { :root { --text:#e6e9ec; --dim:#9aa4ae; --back:#15181c; --card:#1e2329; --grid:#2c333a; --alpha:#ff9a5c; --instead:#5fd3a5;
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
figure { margin: 1rem 0; } figcaption { font-weight: 600; } .key { font-weight: 400; font-size: .85rem; color: var(--dim); } .key span { margin-left: .9rem; white-space: nowrap; }
.key i { display: inline-block; width: .9rem; height: .2rem; margin-right: .3rem; vertical-align: middle; }
@media (max-width: 40rem) { table, tbody, tr, th, td { display: block; } th, td { border: 0; padding: 0; } tr { padding: .4rem 0; border-bottom: 1px solid var(--grid); } pre { white-space: pre-wrap; overflow-wrap: anywhere; } }
canvas { width: 100%; height: 210px; display: block; touch-action: none; cursor: crosshair; }
`;
