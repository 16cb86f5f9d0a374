// How fast 100 MB logs are read and in how much memory, one format a process:
//   npx tsx test/large-logs.ts [tfevents|csv|jsonl|text] [MB]
// Writes the log to a temporary directory, reads it as the command line would, and prints MB/s and the largest RSS.
// With --watch it is the dashboard that reads it (`npm run build` first), and what is printed is how long the page waited
// for an answer meanwhile:
//   npx tsx test/large-logs.ts csv 1000 --watch

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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

const watches = process.argv.includes("--watch");
const [format, megabytes = "100", file] = process.argv.slice(2).filter((word) => word !== "--watch");
if (file) await measure(file, format!, Number(megabytes));
else for (const name of format ? [format] : Object.keys(ROWS)) await generateAndMeasure(name);

async function generateAndMeasure(name: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "tempered-large-"));
  try {
    const path = join(directory, `log.${name}`);
    write(path, name, Number(megabytes) * 1e6);
    if (watches) {
      await watch(directory, name);
      return;
    }
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

/** Asks the dashboard for its page all the time while it reads the log and tells of the run. */
async function watch(directory: string, name: string): Promise<void> {
  const program = new URL("../dist/cli/main.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, "watch", directory, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [first] = await once(child.stdout, "data");
    const page = new URL(/http:\/\/\S+/.exec(String(first))![0]);
    const begin = performance.now();
    let shownAt: number | undefined;
    // The stream of events is what makes the server look at the folder.
    const events = await fetch(new URL(`/api/events${page.search}`, page));
    void (async () => {
      let text = "";
      for await (const part of events.body!.pipeThrough(new TextDecoderStream())) {
        text = (text + part).slice(-100_000);
        if (shownAt === undefined && text.includes('"scanned"')) shownAt = performance.now();
      }
    })().catch(() => {});
    const waits: number[] = [];
    // A second beyond, for what a look leaves behind.
    while (performance.now() < (shownAt ?? Number.POSITIVE_INFINITY) + 1000) {
      const asked = performance.now();
      await (await fetch(page)).text();
      waits.push(performance.now() - asked);
      await new Promise((resume) => setTimeout(resume, 20));
    }
    const longest = Math.max(...waits) / 1000;
    console.log(
      `${name}: ${megabytes} MB shown after ${((shownAt! - begin) / 1000).toFixed(1)} s; of ${waits.length} requests meanwhile ` +
        `the slowest took ${longest.toFixed(2)} s, the median ${waits.sort((a, b) => a - b)[waits.length >> 1]!.toFixed(0)} ms`,
    );
  } finally {
    child.kill();
  }
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
