// The live verdict: the same rules that read logs, looking at the run so far.

import type { JSX } from "preact";
import type { Verdict } from "../../../src/doctor/finding.ts";
import type { Laboratory } from "../laboratory.ts";

const WORDS: Readonly<Record<Verdict, string>> = {
  healthy: "healthy",
  inconclusive: "nothing wrong so far",
  suspect: "suspect",
  fault: "fault",
};
/** Findings told; the others follow from them or matter less. */
const TOLD = 2;

export function Doctor({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const diagnosis = laboratory.diagnosis.value;
  const verdict = diagnosis?.verdict ?? "inconclusive";
  const findings = diagnosis?.findings.filter(({ severity }) => severity !== "info") ?? [];
  const quiet =
    verdict === "healthy"
      ? "α does what it should: nothing in this run speaks against it."
      : diagnosis && diagnosis.updates > 0
        ? "α still moves towards its place; a verdict takes until it has turned."
        : "No updates yet.";
  return (
    <section class="card doctor" id="doctor" data-verdict={verdict} data-finding={findings[0]?.id ?? ""}>
      <h2>
        Doctor{" "}
        <span class={`verdict ${verdict}`} role="status">
          {WORDS[verdict]}
        </span>
      </h2>
      {findings.length === 0 && <p class="small">{quiet}</p>}
      {findings.slice(0, TOLD).map(({ id, severity, message, fix, confidence }) => (
        <article key={id} class={severity}>
          <h3>
            {id} <small class="dim">{Math.round(100 * confidence)}% sure</small>
          </h3>
          <p class="small">{message}</p>
          <pre>{fix}</pre>
        </article>
      ))}
    </section>
  );
}
