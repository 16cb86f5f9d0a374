// How long a study will take, measured rather than guessed: a few seconds of training with the first settings of each
// environment, on an otherwise idle machine. Also finds environments that are not there before anything is begun.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnv } from "../envs/load-env.node.ts";
import { Interrupted } from "../training/events.ts";
import { train } from "../training/train.ts";
import type { Plan } from "./plan.ts";

/** Seconds of training with updates that say how fast it goes. */
const SECONDS = 3;

/** @throws TemperedError for an environment that cannot be made, with what could */
export async function mustHaveEnvironments({ runs }: Plan): Promise<void> {
  for (const env of new Set(runs.map(({ env }) => env))) await (await loadEnv(env)).close?.();
}

/**
 * Seconds that the runs take one after the other; evaluations and the time that processes take from each other left out.
 * @throws TemperedError for settings that cannot work
 */
export async function secondsOf({ runs }: Plan): Promise<number> {
  let seconds = 0;
  for (const env of new Set(runs.map(({ env }) => env))) {
    const own = runs.filter((run) => run.env === env);
    const steps = own.reduce((sum, { config }) => sum + config.steps, 0);
    seconds += steps / (await stepsPerSecond(own[0]!.config));
  }
  return seconds;
}

async function stepsPerSecond(config: Plan["runs"][number]["config"]): Promise<number> {
  const run = mkdtempSync(join(tmpdir(), "tempered-probe-"));
  const end = new AbortController();
  // Steps without updates say nothing about those with them.
  let from: { step: number; seconds: number } | undefined;
  let speed = 0;
  try {
    const settings = {
      ...config,
      evalEvery: 0,
      checkpointEvery: 0,
      learningStarts: Math.min(config.learningStarts, 200),
    };
    for await (const event of train(
      { ...settings, logEvery: 10, steps: 1_000_000 },
      { run, signal: end.signal },
    )) {
      if (event.kind !== "progress") continue;
      const { metrics, seconds } = event;
      if (metrics.updates === 0) continue;
      from ??= { step: metrics.step, seconds };
      if (metrics.step > from.step) speed = (metrics.step - from.step) / (seconds - from.seconds);
      if (seconds - from.seconds > SECONDS) end.abort(new Interrupted("measured"));
    }
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
  return speed;
}
