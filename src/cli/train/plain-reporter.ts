// For logs and pipes: a line now and then, and the result at the end. Quiet leaves the result alone.

import type { Finding } from "../../doctor/index.ts";
import { duration, grouped, short, signed } from "../../text/numbers.ts";
import type { Report, RunStart, Summary } from "../../training/events.ts";
import { engineText } from "../terminal/engine-text.ts";
import { environmentText, type Reporter } from "./reporter.ts";

/** Lines that a run of any length has at most, beside those of evaluations. */
const LINES = 50;

export function plainReporter(write: (text: string) => void, { quiet }: { quiet: boolean }): Reporter {
  const say = (text: string) => write(`${text}\n`);
  let every = 0;
  let next = 0;
  return {
    start(run: RunStart) {
      const { path, config, resumedAt } = run;
      if (quiet) return;
      every = config.steps / LINES;
      say(
        `${environmentText(config)}, seed ${config.seed}, ${grouped(config.steps)} steps, ${engineText(run)}`,
      );
      say(resumedAt > 0 ? `going on at step ${grouped(resumedAt)} in ${path}` : `writing ${path}`);
      next = resumedAt;
    },
    report(report: Report) {
      const { step } = report.metrics;
      if (quiet || (step < next && report.evaluation === undefined)) return;
      next = step + every;
      say(line(report));
    },
    warn(findings) {
      if (!quiet) for (const finding of findings) say(findingLine(finding));
    },
    note: (text) => {
      if (!quiet) say(`note: ${text}`);
    },
    done: (summary) => {
      for (const text of summaryLines(summary)) say(text);
    },
    failed: () => {},
  };
}

/** A finding of the doctor's in a line; `tempered doctor RUN` tells the evidence and the fix. */
export function findingLine({ severity, id, message }: Finding): string {
  return `${severity}: ${id}: ${message}`;
}

/** What there is to say at the end. */
export function summaryLines(summary: Summary): string[] {
  const { steps, seconds, stepsPerSecond, evaluation, best, path, interruptedBy } = summary;
  const speed = `${grouped(steps)} steps in ${duration(seconds)}, ${grouped(stepsPerSecond)} a second`;
  const lines = [
    interruptedBy ? `interrupted by ${interruptedBy} after ${speed}; what was learned is saved` : speed,
  ];
  if (evaluation) {
    const { episodes, meanReturn, stdReturn } = evaluation;
    lines.push(`return ${short(meanReturn)} ± ${short(stdReturn)} over ${episodes} deterministic episodes`);
  }
  if (best) lines.push(`best evaluation ${short(best.meanReturn)} at step ${grouped(best.step)}`);
  return [...lines, `saved in ${path}`];
}

function line({ metrics: m, seconds, evaluation }: Report): string {
  const parts = [`step ${grouped(m.step)}`];
  if (m.episodes > 0) parts.push(`return ${short(m.episodeReturn)}`);
  if (!Number.isNaN(m.entropy)) {
    parts.push(
      `α ${short(m.alpha)}`,
      `entropy ${short(m.entropy)} (target ${short(m.targetEntropy)}, gap ${signed(m.entropyGap)})`,
      `critic loss ${short(m.criticLoss)}`,
      `actor loss ${short(m.actorLoss)}`,
    );
  }
  parts.push(`${grouped(m.step / seconds)} steps/s`);
  if (evaluation) parts.push(`evaluation ${short(evaluation.meanReturn)}`);
  return parts.join("  ");
}
