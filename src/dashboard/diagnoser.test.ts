// Long runs are diagnosed in a thread, from the built package as from sources, and with the same result.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Diagnoser } from "./diagnoser.ts";
import { shownDiagnosis } from "./shown-diagnosis.ts";

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const column = (rows: number, of: (row: number) => number) =>
  Float64Array.from({ length: rows }, (_, i) => of(i));
const longRun = (rows: number) => ({
  path: "log.csv",
  format: "csv" as const,
  framework: "Stable-Baselines3",
  length: rows,
  columns: {
    step: column(rows, (i) => 4 * i),
    alpha: column(rows, (i) => 1 + i / rows),
    alphaLoss: column(rows, (i) => Math.sin(i)),
    return: column(rows, (i) => -i),
  },
  declared: {},
  notes: [],
});

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-diagnoser-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("what is not long, and sources that nobody has built, are diagnosed all the same", async () => {
  const diagnoser = new Diagnoser();
  for (const rows of [100, 12_000]) {
    expect(await diagnoser.diagnose(longRun(rows))).toEqual(shownDiagnosis(longRun(rows)));
  }
  diagnoser.close();
});

it("built, a long run goes to one thread, another after it too, and none is left", async () => {
  await build({
    entryPoints: [source("diagnoser.ts"), source("diagnosis-thread.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    outdir: scratch,
    outExtension: { ".js": ".mjs" },
  });
  const script = join(scratch, "script.mjs");
  writeFileSync(
    script,
    `import { Diagnoser } from "./diagnoser.mjs";
    let threads = 0;
    process.on("worker", () => threads++);
    const column = ${column};
    const diagnoser = new Diagnoser();
    const answers = [];
    let turns = 0;
    const clock = setInterval(() => turns++, 5);
    for (const rows of [50, 60_000, 60_000]) answers.push(await diagnoser.diagnose((${longRun})(rows)));
    const during = turns;
    clearInterval(clock);
    diagnoser.close();
    const late = await diagnoser.diagnose((${longRun})(60_000)).catch(({ message }) => message);
    console.log(JSON.stringify({ threads, turned: during > 0, verdicts: answers.map(({ verdict }) => verdict), late }));`,
  );
  const { verdict } = shownDiagnosis(longRun(60_000));
  expect(JSON.parse(execFileSync(process.execPath, [script], { encoding: "utf8" }))).toEqual({
    threads: 1,
    turned: true,
    verdicts: [shownDiagnosis(longRun(50)).verdict, verdict, verdict],
    late: "the dashboard is closed",
  });
});
