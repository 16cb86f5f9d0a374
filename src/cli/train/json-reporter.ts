// For programs: one JSON object a line. The last one has "event":"done" (or "failed").

import { finite } from "../finite.ts";
import type { Report, Reporter, RunStart, Summary } from "./reporter.ts";

export function jsonReporter(write: (text: string) => void, { quiet }: { quiet: boolean }): Reporter {
  const say = (event: string, content: object) => write(`${JSON.stringify({ event, ...content }, finite)}\n`);
  return {
    start({ path, config, engine, threads }: RunStart) {
      if (quiet) return;
      const { env, seed } = config;
      say("start", { run: path, env, seed, engine, threads, config });
    },
    report({ metrics, row, evaluation }: Report) {
      if (quiet) return;
      say("metrics", { "time/total_timesteps": metrics.step, ...row });
      if (evaluation) say("evaluation", { step: metrics.step, ...evaluation });
    },
    warn(findings) {
      if (!quiet) for (const finding of findings) say("finding", finding);
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
