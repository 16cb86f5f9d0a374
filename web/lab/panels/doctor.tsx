// The live verdict: the same rules that read logs, looking at the run so far.

import type { JSX } from "preact";
import type { Verdict } from "../../../src/doctor/finding.ts";
import { isCode } from "../../../src/doctor/report/fix-kind.ts";
import { withTerms } from "../../shared/term.tsx";
import type { Laboratory } from "../laboratory.ts";

const WORDS: Readonly<Record<Verdict, string>> = {
  healthy: "healthy",
  inconclusive: "nothing wrong so far",
  suspect: "suspect",
  fault: "fault",
};
export function Doctor({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const diagnosis = laboratory.diagnosis.value;
  const verdict = diagnosis?.verdict ?? "inconclusive";
  const findings = diagnosis?.findings.filter(({ severity }) => severity !== "info") ?? [];
  const [first, ...others] = findings;
  const quiet =
    verdict === "healthy"
      ? "α does what it should: nothing in this run speaks against it."
      : diagnosis && diagnosis.updates > 0
        ? "α still moves towards its place; a verdict takes until it has turned."
        : "No updates yet.";
  return (
    <section class="card doctor" id="doctor" data-verdict={verdict} data-finding={first?.id ?? ""}>
      <h2>
        Doctor{" "}
        <span class={`verdict ${verdict}`} role="status">
          {WORDS[verdict]}
        </span>
      </h2>
      {!first && <p class="small">{quiet}</p>}
      {first && (
        <article class={first.severity}>
          <h3>
            {first.id} <small class="dim">{Math.round(100 * first.confidence)}% sure</small>
          </h3>
          <p class="small">{withTerms(first.message)}</p>
          {isCode(first.fix) ? <pre>{first.fix}</pre> : <p class="small">To do: {withTerms(first.fix)}.</p>}
        </article>
      )}
      {others.length > 0 && (
        <p class="small dim">It may follow from that: {others.map(({ id }) => id).join(", ")}.</p>
      )}
    </section>
  );
}
