// Watches a folder while the process has no descriptor left, and after: run with a low limit (`ulimit -n 128`).
//   node --import tsx test/web/exhausted.ts FOLDER
// Prints what the journal told meanwhile, as JSON.

import { appendFileSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { LiveRuns } from "../../src/dashboard/live-runs.ts";

const folder = process.argv[2]!;
const live = new LiveRuns(folder);
const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));
live.view();
while (live.hello().type === "hello" && JSON.stringify(live.hello()).includes('"scanning":true'))
  await pause(50);
const before = live.journal.last;
const runs = () => (live.hello() as { runs: readonly unknown[] }).runs.length;
const found = runs();

appendFileSync(join(folder, "one", "metrics.jsonl"), "");
const held: number[] = [];
try {
  for (;;) held.push(openSync("/dev/null", "r"));
} catch {}
await pause(3000);
const exhausted = { runs: runs(), told: (live.journal.after(before) ?? []).map(({ type }) => type) };
for (const file of held) closeSync(file);
const line = `${JSON.stringify({ "time/total_timesteps": 99_999, "train/ent_coef": 0.5, "train/ent_coef_loss": 0 })}\n`;
appendFileSync(join(folder, "one", "metrics.jsonl"), line);
const deadline = Date.now() + 20_000;
const told = () => (live.journal.after(before) ?? []).map(({ type }) => type);
while (!told().includes("rows") && Date.now() < deadline) await pause(50);
console.log(JSON.stringify({ held: held.length, found, exhausted, after: told() }));
live.stop();
process.exit();
