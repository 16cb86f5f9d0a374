// One run's diagnosis: every rule is asked in the published order, and the verdict follows from what they say.

import type { DeclaredSettings, Series } from "../runs/series.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { FINDING_IDS, type Finding, type Verdict } from "./finding.ts";
import { rules } from "./rules/index.ts";

export interface Diagnosis {
  readonly series: Series;
  readonly evidence: Evidence;
  readonly verdict: Verdict;
  /** Most important first. */
  readonly findings: readonly Finding[];
}

/**
 * Names what is wrong with a run's α, if anything.
 * @param declared what the user knows about the run; it wins over what the log says
 */
export function diagnose(series: Series, declared: DeclaredSettings = {}): Diagnosis {
  const evidence = evidenceOf(series, declared);
  const findings = FINDING_IDS.flatMap((id) => rules[id](evidence) ?? []);
  return { series, evidence, findings, verdict: verdictOf(evidence, findings) };
}

function verdictOf(evidence: Evidence, findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === "error")) return "fault";
  if (findings.some(({ severity }) => severity === "warning")) return "suspect";
  const has = (id: Finding["id"]) => findings.some((finding) => finding.id === id);
  const alphaMissing = !evidence.rows.alpha.some(Number.isFinite);
  if (alphaMissing || has("too-short")) return "inconclusive";
  return evidence.descent && !has("slack-constraint") ? "inconclusive" : "healthy";
}
