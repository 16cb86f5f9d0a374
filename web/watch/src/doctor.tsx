// What the doctor says about the run that is looked at: cause, evidence, remedy; each finding leads to where it shows.

import type { JSX } from "preact";
import type { FindingSummary, RunSummary } from "../../../src/curves/protocol.ts";
import { evidenceWords } from "../../../src/doctor/report/evidence-words.ts";
import { isCode } from "../../../src/doctor/report/fix-kind.ts";
import { referenceParts } from "../../../src/doctor/report/references.ts";
import { realMinus } from "../../../src/text/numbers.ts";
import { withTerms } from "../../shared/term.tsx";
import { axis, looked, nameOf, zoomTo } from "./store.ts";
import { Verdict } from "./verdict.tsx";

export function Doctor(): JSX.Element | null {
  const run = looked.value;
  if (!run) return null;
  const [first, ...more] = run.findings;
  return (
    <section class="doctor" aria-label={`Doctor's findings for ${nameOf(run)}`}>
      <header>
        <h2>{nameOf(run)}</h2>
        <Verdict run={run} />
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
        <p class="remark">{realMinus(run.remark ?? "The doctor has not looked yet.")}</p>
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
          <p>{withTerms(message)}</p>
          <p class="evidence dim numeric">
            {evidenceWords(evidence).map(({ label, text }) => (
              <span key={label}>
                {label} <b>{text}</b>
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
          {isCode(fix) ? <pre>{fix}</pre> : <p>To do: {withTerms(fix)}.</p>}
          {reference && <SeenBefore reference={reference} />}
        </div>
      </div>
    </details>
  );
}

function SeenBefore({ reference }: { readonly reference: string }): JSX.Element {
  return (
    <p class="dim reference">
      Seen before:{" "}
      {referenceParts(reference).map(({ text, href }, i) =>
        href === undefined ? (
          text
        ) : (
          <a key={i} href={href} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        ),
      )}
    </p>
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
