// What charts and the list of runs show of a diagnosis: plain data, which a thread can hand over.

import { type Diagnosis, diagnose } from "../doctor/diagnose.ts";
import type { Evidence } from "../doctor/evidence.ts";
import { quietSentence } from "../doctor/report/summary.ts";
import type { Series } from "../runs/series.ts";

export interface ShownDiagnosis extends Pick<Diagnosis, "verdict" | "findings"> {
  readonly evidence: Pick<Evidence, "settings" | "form" | "replayed">;
  /** Where nothing was found. */
  readonly remark: string | undefined;
}

export function shownDiagnosis(series: Series): ShownDiagnosis {
  const diagnosis = diagnose(series);
  const { verdict, findings } = diagnosis;
  const { settings, form, replayed } = diagnosis.evidence;
  return {
    verdict,
    findings,
    evidence: { settings, form, replayed },
    remark: findings.length === 0 ? quietSentence(diagnosis) : undefined,
  };
}
