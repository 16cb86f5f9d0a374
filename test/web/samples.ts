// Runs to look at: an agent of Stable-Baselines3, and three of a balancing task, one of which flips a sign midway.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { diagnose } from "../../src/doctor/diagnose.ts";
import { htmlReport } from "../../src/doctor/report/html.ts";
import { readPaths } from "../../src/runs/readers/find-logs.node.ts";

const FAULTS = new URL("../faults/logs", import.meta.url).pathname;
const SAMPLES = new URL("../fixtures/samples", import.meta.url).pathname;
const SETTINGS = { alpha_lr: 1e-3, action_dim: 1, loss_form: "log-alpha" };

/** Writes them below `folder`. */
export function writeSampleRuns(folder: string): void {
  mkdirSync(join(folder, "sb3"), { recursive: true });
  copyFileSync(join(SAMPLES, "sb3_pendulum.csv"), join(folder, "sb3", "progress.csv"));
  const logs = {
    "balance/seed1": "healthy-1",
    "balance/seed2": "healthy-5",
    "balance/sign-flipped": "sign-midway",
  };
  for (const [name, log] of Object.entries(logs)) {
    mkdirSync(join(folder, name), { recursive: true });
    const packed = readFileSync(join(FAULTS, `tuning-balance-log-alpha-${log}.csv.gz`));
    writeFileSync(join(folder, name, "progress.csv"), gunzipSync(packed));
    writeFileSync(join(folder, name, "config.json"), JSON.stringify(SETTINGS));
  }
}

/** The doctor's page about the runs below `folder`. */
export async function reportOf(folder: string): Promise<string> {
  const { series } = await readPaths([folder]);
  return htmlReport(series.map((each) => diagnose(each)));
}
