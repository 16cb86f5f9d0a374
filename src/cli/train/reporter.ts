// Who tells the person or the program at the other end how the run is doing. The training tells what happens as events;
// how that is shown is the reporter's.

import type { Finding } from "../../doctor/index.ts";
import type { Report, RunStart, Summary, TrainingEvent } from "../../training/events.ts";
import type { TrainConfig } from "../../training/settings.ts";

/** The environment, and how many of it where they are several: "Hopper-v5 × 3". */
export function environmentText({ env, envs }: TrainConfig): string {
  return envs === 1 ? env : `${env} × ${envs}`;
}

export interface Reporter {
  start(start: RunStart): void;
  report(report: Report): void;
  /** What the doctor newly says of α: warnings and errors. */
  warn(findings: readonly Finding[]): void;
  /** Something takes a while: "evaluating". */
  busy?(what: string): void;
  /** Something that does not stop the run, in a sentence. */
  note(text: string): void;
  done(summary: Summary): void;
  /** The run failed; the error itself is told by the command line. */
  failed(error: Error, path: string): void;
}

export function tell(reporter: Reporter, event: TrainingEvent): void {
  switch (event.kind) {
    case "started":
      return reporter.start(event.run);
    case "evaluating":
      return reporter.busy?.("evaluating");
    case "progress":
      return reporter.report(event);
    case "findings":
      return reporter.warn(event.findings);
    case "note":
      return reporter.note(event.text);
    case "done":
      return reporter.done(event.summary);
    case "checkpoint":
      return;
  }
}
