// What the doctor says about the run that is looked at: cause, evidence, remedy; each finding leads to where it shows.

import type { JSX } from "preact";
import type { FindingSummary, RunSummary } from "../../../src/curves/protocol.ts";
import { short } from "../../../src/text/numbers.ts";
import { axis, looked, zoomTo } from "./store.ts";
import { Verdict } from "./verdict.tsx";

export function Doctor(): JSX.Element | null {
  const run = looked.value;
  if (!run) return null;
  const [first, ...more] = run.findings;
  return (
    <section class="doctor" aria-label={`Doctor's findings for ${run.name}`}>
      <header>
        <h2>{run.name}</h2>
        <Verdict verdict={run.verdict} />
        <span class="dim about">
          {[
            run.framework === "unknown" ? "" : run.framework,
            run.env,
            `${run.rows.toLocaleString("en-US")} rows`,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </header>
      {first ? (
        <Finding finding={first} open />
      ) : (
        <p class="remark">{run.remark ?? "The doctor has not looked yet."}</p>
      )}
      {more.map((finding) => (
        <Finding key={finding.id} finding={finding} open={false} />
      ))}
      <Assumptions run={run} />
    </section>
  );
}

function Finding({
  finding,
  open,
}: {
  readonly finding: FindingSummary;
  readonly open: boolean;
}): JSX.Element {
  const { id, severity, confidence, message, fix, reference, evidence } = finding;
  const range = finding.range[axis.value];
  return (
    <details class={`finding ${severity}`} open={open}>
      <summary>
        <b>{id}</b>
        <span class="dim">
          {severity === "info" ? "remark" : severity}, {Math.round(100 * confidence)}% sure
        </span>
      </summary>
      <div class="finding-body">
        <div>
          <p>{message}</p>
          <p class="evidence dim numeric">
            {Object.entries(evidence).map(([name, value]) => (
              <span key={name}>
                {name} {short(value)}
              </span>
            ))}
          </p>
          {range && (
            <button type="button" onClick={() => zoomTo({ from: range[0], to: range[1] })}>
              Show where
            </button>
          )}
        </div>
        <div>
          <pre>{fix}</pre>
          {reference && <p class="dim reference">Seen before: {reference}</p>}
        </div>
      </div>
    </details>
  );
}

function Assumptions({ run }: { readonly run: RunSummary }): JSX.Element | null {
  const notes = [
    ...(run.updatesNote && axis.value === "updates" ? [`Updates are not logged: ${run.updatesNote}.`] : []),
    ...(run.entropySource === "loss"
      ? ["The entropy is not logged: it follows from the α loss and the target."]
      : []),
    ...run.notes,
  ];
  if (notes.length === 0) return null;
  return (
    <ul class="assumptions dim">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
