// For programs: one JSON object a line. The last one has "event":"done".

import { join } from "node:path";
import type { Plan } from "../../sweep/plan.ts";
import type { Reporter } from "./reporter.ts";

export function jsonReporter(write: (text: string) => void, plan: Plan, out: string): Reporter {
  const say = (event: string, content: object) => write(`${JSON.stringify({ event, ...content })}\n`);
  return {
    tell(event) {
      if (event.kind === "started") {
        const steps = plan.runs.reduce((sum, { config }) => sum + config.steps, 0);
        say("start", { name: plan.name, out, runs: plan.runs.length, steps, done: event.done.length });
      }
      if (event.kind === "run") say("run", event.outcome);
      if (event.kind === "dropped") say("dropped", { id: event.id, reason: event.reason });
      if (event.kind === "done") {
        const { runs, settings } = event.report;
        const count = (wanted: string) => runs.filter(({ status }) => status === wanted).length;
        say("done", {
          interrupted: event.interrupted,
          finished: count("finished"),
          failed: count("failed"),
          stopped: count("stopped"),
          missing: runs.length - count("finished") - count("failed") - count("stopped"),
          report: join(out, "report.json"),
          settings,
        });
      }
    },
    ending() {},
    close() {},
  };
}
