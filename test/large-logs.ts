// How fast 100 MB logs are read and in how much memory, one format a process:
//   npx tsx test/large-logs.ts [tfevents|csv|jsonl|text] [MB]
// Writes the log to a temporary directory, reads it as the command line would, and prints MB/s and the largest RSS.

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPaths } from "../src/runs/readers/find-logs.node.ts";
import { encodeFileHeader, encodeScalars } from "../src/runs/tfevents/index.ts";

const TAGS = [
  "train/ent_coef",
  "train/ent_coef_loss",
  "train/actor_loss",
  "train/critic_loss",
  "rollout/ep_rew_mean",
  "time/fps",
];

/** One row of the log, as the program would write it. */
const ROWS: Readonly<
  Record<string, { readonly head: string | Uint8Array; row(i: number): string | Uint8Array }>
> = {
  tfevents: {
    head: encodeFileHeader(1.7e9),
    row: (i) => Buffer.concat(TAGS.map((tag) => encodeScalars(i * 4, 1.7e9 + i, { [tag]: value(i) }))),
  },
  csv: {
    head: `time/total_timesteps,${TAGS.join(",")}\n`,
    row: (i) => `${i * 4},${TAGS.map((_, k) => value(i + k)).join(",")}\n`,
  },
  jsonl: {
    head: "",
    row: (i) =>
      `${JSON.stringify({ "time/total_timesteps": i * 4, ...Object.fromEntries(TAGS.map((tag) => [tag, value(i)])) })}\n`,
  },
  text: {
    head: "",
    row: (i) => `Step ${i * 4} | Alpha: ${value(i)} | Alpha loss: ${value(i)} | Return: -${i}\n`,
  },
};

const [, , format, megabytes = "100", file] = process.argv;
if (file) await measure(file, format!, Number(megabytes));
else for (const name of format ? [format] : Object.keys(ROWS)) generateAndMeasure(name);

function generateAndMeasure(name: string): void {
  const directory = mkdtempSync(join(tmpdir(), "tempered-large-"));
  try {
    const path = join(directory, `log.${name}`);
    write(path, name, Number(megabytes) * 1e6);
    // A fresh process, so that its largest RSS is the reader's.
    const arguments_ = ["--import", "tsx", import.meta.filename, name, megabytes, path];
    const child = spawnSync(process.execPath, arguments_, { stdio: "inherit" });
    if (child.status !== 0) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(path: string, name: string, size: number): Promise<void> {
  const begin = performance.now();
  const { series } = await readPaths([path]);
  const seconds = (performance.now() - begin) / 1000;
  const rss = process.resourceUsage().maxRSS / 1024;
  const rows = `${series[0]?.length} rows of ${series[0]?.framework}`;
  console.log(
    `${name}: ${size} MB, ${(size / seconds).toFixed(0)} MB/s, largest RSS ${rss.toFixed(0)} MB, ${rows}`,
  );
}

function write(path: string, name: string, size: number): void {
  const { head, row } = ROWS[name]!;
  const output = openSync(path, "w");
  let written = writeSync(output, Buffer.from(head));
  for (let i = 0; written < size; ) {
    const block = Array.from({ length: 2000 }, () => Buffer.from(row(i++)));
    written += writeSync(output, Buffer.concat(block));
  }
  closeSync(output);
}

function value(i: number): number {
  return Math.fround(1 / (1 + (i % 9973)));
}
