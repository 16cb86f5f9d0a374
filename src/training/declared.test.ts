// What run.json declares to the doctor of a run whose settings move by a schedule.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { diagnose } from "../doctor/diagnose.ts";
import { terminalReport } from "../doctor/report/terminal.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";
import { trainConfig } from "./settings.ts";
import { train } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "tempered-declared-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a scheduled learning rate of α is declared by its start and its end", async () => {
  const run = join(folder, "run");
  const alphaLearningRate = { shape: "linear", start: 1e-3, end: 1e-4, steps: 1000 } as const;
  const small = { steps: 60, learningStarts: 10, batchSize: 4, hidden: [4], logEvery: 10 };
  const config = trainConfig({ env: "Pendulum-v1", engine: "wasm", ...small, alphaLearningRate });
  for await (const _ of train(config, { run }));
  const [series] = (await readPaths([run])).series;
  expect(series!.declared).toMatchObject({ alphaLearningRate: 1e-3, alphaLearningRateEnd: 1e-4 });
  expect(terminalReport(diagnose(series!))).toContain("declared 1.0e-3 going to 1.0e-4");
});
