// What stands in a folder, or what the machine lacks, never ends the watching, and never takes a run away that is there.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { LiveRuns } from "../../src/dashboard/live-runs.ts";
import { temporary } from "./harness.ts";

const place = temporary();
afterAll(() => place.remove());

const row = (i: number) => ({
  "time/total_timesteps": 100 * i,
  "train/ent_coef": 0.99 ** i,
  "train/ent_coef_loss": -1,
});
const log = Array.from({ length: 50 }, (_, i) => `${JSON.stringify(row(i))}\n`).join("");

function folder(name: string, runs: Readonly<Record<string, string>>): string {
  const path = join(place.path, name);
  for (const [run, text] of Object.entries(runs)) {
    mkdirSync(join(path, run), { recursive: true });
    writeFileSync(join(path, run, "metrics.jsonl"), text);
  }
  return path;
}

it("a line of arrays within arrays, or objects, is one file's own trouble", async () => {
  const arrays = `{"train/ent_coef": ${"[".repeat(3800)}1${"]".repeat(3800)}}\n`;
  const objects = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}\n`;
  const live = new LiveRuns(folder("nested", { bad: arrays + log, worse: objects + log, good: log }));
  const release = live.view();
  const names = () => (live.hello() as { runs: readonly { name: string }[] }).runs.map(({ name }) => name);
  await expect.poll(() => JSON.stringify(live.hello()).includes('"scanning":false')).toBe(true);
  expect(names()).toContain("good");
  // And it goes on: what comes later is shown.
  folder("nested", { later: log });
  await expect.poll(names).toContain("later");
  release();
  live.stop();
});

it.skipIf(process.platform === "win32")("without a descriptor left, no run is told as removed", () => {
  const path = folder("exhausted", { one: log, two: log, three: log });
  const script = fileURLToPath(new URL("exhausted.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    "bash",
    [
      "-c",
      `ulimit -n 128; exec "$0" --import "$1" "$2" "$3"`,
      process.execPath,
      import.meta.resolve("tsx"),
      script,
      path,
    ],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  const { held, found, exhausted, after } = JSON.parse(stdout);
  expect(held).toBeGreaterThan(10);
  expect([found, exhausted]).toEqual([3, { runs: 3, told: [] }]);
  expect(after).toContain("rows");
  expect(after).not.toContain("removed");
});
