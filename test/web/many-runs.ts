// How fluid the dashboard stays with many long runs: writes them, opens the page, zooms, smooths and moves the cursor,
// and prints how long the server, the page and its longest task took; of the task also the time that the processor spent on
// it, which a machine that does other things meanwhile does not lengthen as much. `npx tsx test/web/many-runs.ts [RUNS] [ROWS]`

import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { startDashboard } from "../../src/dashboard/server.ts";
import { buildPage, launch, story, temporary } from "./harness.ts";

const runs = Number(process.argv[2] ?? 20);
const rows = Number(process.argv[3] ?? 100_000);
const COLUMNS = {
  "time/total_timesteps": "",
  "time/time_elapsed": "time/time_elapsed",
  "train/n_updates": "train/n_updates",
  "train/ent_coef": "train/ent_coef",
  "train/ent_coef_loss": "train/ent_coef_loss",
  "train/entropy": "train/entropy",
  "train/actor_loss": "train/actor_loss",
  "train/critic_loss": "train/critic_loss",
  "rollout/ep_rew_mean": "rollout/ep_rew_mean",
};
const place = temporary();
const folder = join(place.path, "runs");
for (let run = 0; run < runs; run++) {
  const directory = join(folder, `run-${String(run).padStart(2, "0")}`);
  mkdirSync(directory, { recursive: true });
  const file = createWriteStream(join(directory, "progress.csv"));
  let text = `${Object.keys(COLUMNS).join(",")}\n`;
  for (const { step, metrics } of story({ rows, every: 10, seed: run + 1 })) {
    const cells = Object.values(COLUMNS).map((name) => (name === "" ? step : metrics[name]!.toPrecision(6)));
    text += `${cells.join(",")}\n`;
    if (text.length > 1_000_000) {
      file.write(text);
      text = "";
    }
  }
  file.end(text);
  await finished(file);
}
const dashboard = await startDashboard({ folder, port: 0, page: await buildPage("watch", place.path) });
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
const milliseconds = (since: number) => `${(performance.now() - since).toFixed(0)} ms`;
const say = (what: string, figure: string) => process.stdout.write(`${what.padEnd(52)} ${figure}\n`);

const start = performance.now();
await page.goto(dashboard.url);
await page.getByText("live", { exact: true }).waitFor({ timeout: 300_000 });
say(`${runs} runs of ${rows} rows read and diagnosed`, milliseconds(start));

// As text: what tsx makes of functions does not run in the page.
await page.evaluate(`
  watched = { tasks: [], frames: [] };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.tasks.push(duration);
  }).observe({ entryTypes: ["longtask"] });
  let last = performance.now();
  requestAnimationFrame(function frame(now) {
    watched.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  });
`);

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the clock, and of the thread. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of processor time of the page's longest task. */
function longestOf(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => /RunTask$/.test(name) && main.has(`${pid} ${tid}`),
  );
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

async function measure(what: string, action: () => Promise<unknown>): Promise<void> {
  await page.evaluate("watched.tasks.length = watched.frames.length = 0");
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  const began = performance.now();
  await action();
  const took = milliseconds(began);
  const worked = longestOf(await browser.stopTracing());
  const { tasks, frames } = await page.evaluate<{ tasks: number[]; frames: number[] }>("watched");
  const task = Math.max(0, ...tasks);
  const frame = frames.toSorted((a, b) => a - b)[Math.floor(0.95 * frames.length)] ?? 0;
  say(
    what,
    `${took}, longest task ${task.toFixed(0)} ms, of the processor ${worked.toFixed(0)} ms, 95% of frames within ${frame.toFixed(0)} ms`,
  );
}

/** Everything that was asked for has come, and was drawn. */
async function settled(): Promise<void> {
  await page.waitForTimeout(200);
  await page.locator('#charts[aria-busy="false"]').waitFor({ timeout: 120_000 });
  await page.evaluate("new Promise((r) => setTimeout(() => requestAnimationFrame(r), 200))");
}
await measure("all runs shown", async () => {
  await page.getByRole("button", { name: "All" }).click();
  await page.locator(`[aria-label^="Temperature α, ${runs} runs"]`).waitFor();
  await settled();
});
const box = (await page.locator(".u-over").first().boundingBox())!;
await measure("cursor moved across a chart", async () => {
  for (let i = 0; i < 60; i++) await page.mouse.move(box.x + (box.width * i) / 60, box.y + 100);
});
await measure("zoomed in", async () => {
  await page.mouse.move(box.x + 100, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await settled();
});
await measure("zoomed out", async () => {
  await page.getByRole("button", { name: "Show everything" }).click();
  await settled();
});
await measure("smoothing moved by 10 steps", async () => {
  await page.locator('input[type="range"]').focus();
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
  await settled();
});
await browser.close();
await dashboard.close();
place.remove();
