// What must hold for any bytes whatever: series whose columns are as long as they say and that the doctor has a
// report for in every form, or an error of one line.

import { diagnose, htmlReport, jsonReport, markdownReport, terminalReport } from "../../src/doctor/index.ts";
import { readRuns } from "../../src/runs/readers/index.ts";
import type { FuzzCase } from "./mutate.ts";

export type Outcome = "series" | "error";

/** @throws Error naming the case where the reader breaks its promise */
export async function checkCase({ name, path, bytes }: FuzzCase): Promise<Outcome> {
  const before = bytes.slice();
  const { series, errors } = await readRuns({ logs: [{ path, bytes }] });
  const fail = (what: string) => {
    throw new Error(`${name}: ${what}`);
  };
  if (Buffer.compare(before, bytes) !== 0) fail("the input was written to");
  if (series.length === 0 && errors.length !== 1) fail(`expected one error, got ${errors.length}`);
  for (const one of series) {
    for (const column of Object.values(one.columns)) {
      if (column.length !== one.length) fail(`a column of ${column.length} rows among ${one.length}`);
    }
    const texts = [one.path, one.framework, ...one.notes];
    if (texts.some((text) => /\n/.test(text) || text.length > 600)) fail("a note is more than a line");
    JSON.stringify(one);
    const diagnosis = diagnose(one, {});
    JSON.stringify(jsonReport([diagnosis]));
    terminalReport(diagnosis);
    markdownReport([diagnosis]);
    htmlReport([diagnosis]);
  }
  for (const { message } of errors) {
    if (/\n/.test(message) || message.length > 600) fail("an error is more than a line");
    if (!message.startsWith(path)) fail("an error does not name the file");
  }
  return series.length > 0 ? "series" : "error";
}
