// Runs that fail by themselves: the study goes on, says which and why, and does not try them again.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cli } from "../../src/cli/child.fixture.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-failing-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A world that breaks at its 150th step, where it was first reset with seed 2. */
const ENV = `
export default class {
  id = "breaks";
  observationSpace = { kind: "box", shape: [1], low: [-1], high: [1] };
  actionSpace = { kind: "box", shape: [1], low: [-1], high: [1] };
  steps = 0;
  reset({ seed } = {}) {
    if (seed !== undefined) this.breaks = seed === 2;
    return { observation: [0] };
  }
  step(action) {
    if (this.breaks && ++this.steps === 150) throw new Error("a joint broke");
    return { observation: [action[0] / 2], reward: -(action[0] ** 2), terminated: false, truncated: this.steps % 50 === 0 };
  }
}
export const maxEpisodeSteps = 50;
`;

it("a run that fails does not end the study", async () => {
  writeFileSync(join(scratch, "env.mjs"), ENV);
  writeFileSync(
    join(scratch, "study.toml"),
    'name = "x"\nenv = "./env.mjs"\nsteps = 200\nseeds = [1, 2]\n[settings]\nengine = "wasm"\nhidden = [8]\nbatchSize = 8\nevalEpisodes = 1\n',
  );
  const sweep = () => cli(["sweep", "study.toml", "--out", "out", "--yes", "--workers", "1"], scratch);
  const first = await sweep();
  expect(first.stdout).toMatch(/seed 1: return/);
  expect(first.stdout).toMatch(/seed 2: failed: .*a joint broke/);
  expect(first.code).toBe(1);
  const { runs, settings } = JSON.parse(readFileSync(join(scratch, "out", "report.json"), "utf8"));
  expect(runs.map(({ seed, status }: { seed: number; status: string }) => [seed, status])).toEqual([
    [1, "finished"],
    [2, "failed"],
  ]);
  expect(settings).toMatchObject([{ runs: 1, failed: 1, low: null }]);
  const again = await sweep();
  expect(again.stdout).toMatch(/2 of 2 runs were done before/);
  expect(again.stdout).not.toMatch(/seed 1: return/);
  expect(again.code).toBe(1);
}, 180_000);
