// A sweep as lines, for logs and pipes: one for each run that ends, and the settings at last.

import { join } from "node:path";
import type { RunOutcome } from "../../sweep/outcome.ts";
import type { Plan } from "../../sweep/plan.ts";
import { stopText } from "../../sweep/report.ts";
import { short } from "../../text/numbers.ts";
import type { Reporter } from "./reporter.ts";
import { settingsTable } from "./settings-table.ts";

export function plainReporter(write: (text: string) => void, plan: Plan, out: string): Reporter {
  let done = 0;
  return {
    tell(event) {
      if (event.kind === "started") {
        done = event.done.length;
        write(done > 0 ? `${done} of ${plan.runs.length} runs were done before\n` : "");
      }
      if (event.kind === "run") write(`${++done}/${plan.runs.length}  ${runText(event.outcome)}\n`);
      if (event.kind === "dropped") write(`${event.id}: given back, ${event.reason}\n`);
      if (event.kind === "done") {
        write(`${settingsTable(event.report, 100).join("\n")}\n`);
        write(closingText(event.interrupted, out));
      }
    },
    ending: () => write("ending after the next row of metrics; Ctrl-C again ends at once\n"),
    close() {},
  };
}

export function runText({
  env,
  setting,
  seed,
  status,
  meanReturn,
  verdict,
  findings,
  error,
  stopped,
}: RunOutcome): string {
  const figures =
    status === "finished"
      ? `return ${meanReturn === null ? "–" : short(meanReturn)}, ${verdict}${findings.length > 0 ? ` (${findings.join(", ")})` : ""}`
      : stopped
        ? stopText(stopped)
        : `failed: ${error}`;
  return `${env}  ${setting}  seed ${seed}: ${figures}`;
}

export function closingText(interrupted: boolean, out: string): string {
  const where = `report: ${join(out, "report.html")} and report.json\n`;
  return interrupted ? `ended before it was done; the same command goes on\n${where}` : where;
}
