// One run's diagnosis: every rule is asked in the published order, and the verdict follows from what they say.

import type { DeclaredSettings, Series } from "../runs/series.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { FINDING_IDS, type Finding, type Verdict } from "./finding.ts";
import { rules } from "./rules/index.ts";

/** What the doctor says about one run: verdict, findings, and the evidence that they rest on. */
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
  const findings = FINDING_IDS.flatMap((id) => rules[id](evidence) ?? []).filter(touchesNumbersOnly);
  return { series, evidence, findings, verdict: verdictOf(evidence, findings) };
}

/** A finding that rests on a number that is none is no finding. */
function touchesNumbersOnly({ evidence }: Finding): boolean {
  return !Object.values(evidence).some(Number.isNaN);
}

/** Rows under which nothing that was found wrong is not yet a clean bill of health. */
const FEW_ROWS = 12;

/** Nats a dimension by which a policy is still far from its target. */
const FAR = 0.5;

/** α has climbed to the end of the log, and the gap that drives it is open, or nobody knows it. */
export function runsUp({ leg, gap, climb, held, dimensions }: Evidence): boolean {
  if (leg?.direction !== "rising" || leg.efolds < 1) return false;
  return gap ? climb !== undefined && climb.depth > FAR * dimensions : held === undefined && leg.efolds > 2;
}

function verdictOf(evidence: Evidence, findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === "error")) return "fault";
  if (findings.some(({ severity }) => severity === "warning")) return "suspect";
  const has = (id: Finding["id"]) => findings.some((finding) => finding.id === id);
  const alphaMissing = !evidence.rows.alpha.some(Number.isFinite);
  if (alphaMissing || has("too-short") || has("alpha-mislabelled")) return "inconclusive";
  if (has("slack-constraint") || has("fixed-alpha")) return "healthy";
  return evidence.descent || runsUp(evidence) || evidence.rows.length < FEW_ROWS ? "inconclusive" : "healthy";
}
