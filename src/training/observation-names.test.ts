import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { trainConfig } from "./settings.ts";
import { train } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "tempered-names-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("an environment whose observations have parts trains, and run.json names their numbers", async () => {
  const path = join(folder, "parts.mjs");
  writeFileSync(
    path,
    `export const maxEpisodeSteps = 9;
    export default ({ box, discrete, dict }) => ({
      id: "parts",
      observationSpace: dict({ level: box(0, 1), gear: discrete(2) }),
      actionSpace: box(-1, 1),
      reset: () => ({ observation: { level: [0.5], gear: 1 }, info: {} }),
      step() { return { ...this.reset(), reward: 1, terminated: false, truncated: false }; },
    });`,
  );
  const run = join(folder, "run");
  const config = trainConfig({
    env: path,
    steps: 30,
    learningStarts: 10,
    batchSize: 4,
    hidden: [4],
    engine: "wasm",
  });
  for await (const _ of train(config, { run }));
  const { observationNames, result } = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
  expect(observationNames).toEqual(["level", "gear=0", "gear=1"]);
  expect(result).toMatchObject({ outcome: "finished" });
});
