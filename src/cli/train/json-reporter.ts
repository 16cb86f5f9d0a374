// For programs: one JSON object a line. The last one has "event":"done" (or "failed").

import { finite } from "../../text/finite.ts";
import type { Report, RunStart, Summary } from "../../training/events.ts";
import type { Reporter } from "./reporter.ts";

export function jsonReporter(write: (text: string) => void, { quiet }: { quiet: boolean }): Reporter {
  const say = (event: string, content: object) => write(`${JSON.stringify({ event, ...content }, finite)}\n`);
  return {
    start({ path, config, engine, threads, arithmetic, resumedAt }: RunStart) {
      if (quiet) return;
      const { env, seed } = config;
      say("start", {
        run: path,
        env,
        seed,
        engine,
        threads,
        arithmetic,
        ...(resumedAt > 0 && { resumedAt }),
        config,
      });
    },
    report({ metrics, row, evaluation }: Report) {
      if (quiet) return;
      say("metrics", { "time/total_timesteps": metrics.step, ...row });
      if (evaluation) say("evaluation", { step: metrics.step, ...evaluation });
    },
    warn(findings) {
      if (!quiet) for (const finding of findings) say("finding", finding);
    },
    note(text) {
      if (!quiet) say("note", { text });
    },
    done({ path, interruptedBy, steps, updates, seconds, stepsPerSecond, evaluation, best }: Summary) {
      say("done", {
        run: path,
        ...(interruptedBy && { interruptedBy }),
        steps,
        updates,
        seconds,
        stepsPerSecond,
        eval: evaluation ?? null,
        ...(best && { best }),
      });
    },
    failed: (error, path) => say("failed", { run: path, message: error.message, code: codeOf(error) }),
  };
}

function codeOf(error: Error): string | undefined {
  return "code" in error ? String(error.code) : undefined;
}
