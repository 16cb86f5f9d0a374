// Runs to look at: an agent of Stable-Baselines3, and three of a balancing task, one of which flips a sign midway.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sourceHtml } from "../../src/cli/source-reports.ts";
import { readSource } from "../../src/code/index.ts";
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

/** The doctor's page about programs: the examples, and one with its sign turned and its masks lost. */
export function sourceReportOf(): string {
  const folder = new URL("../code/", import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, folder), "utf8");
  const examples = readdirSync(new URL("examples/", folder)).filter((name) => name.endsWith(".py"));
  const programs = new Map(examples.map((name) => [name, read(`examples/${name}`)]));
  const right = read("variants/torch-methods.py");
  programs.set("right.py", right);
  programs.set(
    "wrong.py",
    right
      .replace("alpha_loss = -(", "alpha_loss = (")
      .replace("(1 - done) * (q_next - alpha", "(q_next + alpha")
      .replace("u = dist.rsample()", "u = dist.sample()"),
  );
  const sections = [...programs].flatMap(([path, text]) => {
    const report = readSource(text, { path });
    return report ? [sourceHtml(report, text)] : [];
  });
  return htmlReport([], sections.join("\n"));
}
