import { expect, it } from "vitest";
import { presetsTable } from "../../bench/presets-table.ts";
import type { SettingSummary, StudyReport } from "../../src/sweep/index.ts";

const setting = (name: string, iqm: number, low: number, high: number): SettingSummary => ({
  ...{ env: "Hopper-v5", setting: name, iqm, low, high, runs: 2, failed: 0, stopped: 0, stop: null },
  ...{ alpha: 0.1, entropy: -3, verdicts: { healthy: 2 } },
});
const run = (name: string, seed: number, meanReturn: number) =>
  ({ env: "Hopper-v5", setting: name, seed, meanReturn, steps: 50_000, seconds: 100 * seed }) as never;

it("says ahead and behind only where intervals do not overlap", () => {
  const report: StudyReport = {
    format: "tempered-study/1",
    name: "presets",
    version: "0",
    settings: [
      setting("crossq", 900, 801, 1000),
      setting("sac", 600, 500, 800),
      setting("tqc", 700, 650, 801),
      setting("simba", -20, -30, 499),
    ],
    runs: [run("crossq", 1, 801.4), run("crossq", 2, 1000)],
  };
  const rows = presetsTable([report], "npx tsx bench/presets.ts studies/presets").split("\n");
  expect(rows).toContain("| sac | 600 | 500 to 800 | – | 2 |  | – | 2 healthy |");
  expect(rows).toContain("| crossq | 900 | 801 to 1,000 | ahead | 2 | 801, 1,000 | 150 | 2 healthy |");
  expect(rows).toContain("| tqc | 700 | 650 to 801 | not told apart | 2 |  | – | 2 healthy |");
  expect(rows).toContain("| simba | −20 | −30 to 499 | behind | 2 |  | – | 2 healthy |");
  expect(rows.findIndex((row) => row.startsWith("| sac"))).toBeLessThan(
    rows.findIndex((row) => row.startsWith("| crossq")),
  );
});
