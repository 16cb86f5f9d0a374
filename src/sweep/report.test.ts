// The report's figures by hand, and a page that no name can break out of.

import { describe, expect, it } from "vitest";
import type { Series } from "../runs/series.ts";
import { bandOf } from "./bands.ts";
import type { RunOutcome } from "./outcome.ts";
import { studyReport } from "./report.ts";
import { studyMarkdown } from "./report-markdown.ts";
import { studyPage } from "./report-page.ts";

const run = (setting: string, seed: number, meanReturn: number | null): RunOutcome => ({
  id: `${setting}-${seed}`,
  env: "Pendulum-v1",
  setting,
  seed,
  status: meanReturn === null ? "failed" : "finished",
  meanReturn,
  verdict: meanReturn === null ? null : seed === 1 ? "suspect" : "healthy",
  findings: [],
  alpha: meanReturn === null ? null : 0.1 * seed,
  entropy: meanReturn === null ? null : -1,
  steps: 100,
  seconds: 1,
});

const log = (values: readonly number[], step: readonly number[]): Series => ({
  path: "x",
  format: "jsonl",
  framework: "tempered",
  length: values.length,
  columns: { step: Float64Array.from(step), alpha: Float64Array.from(values) },
  declared: {},
  notes: [],
});

describe("a study's report", () => {
  const report = studyReport("x", "1.0.0", [
    ...[1, 2, 3, 4].map((seed) => run("a", seed, [-100, -10, -20, 0][seed - 1]!)),
    run("b", 1, null),
    run("b", 2, -5),
  ]);

  it("has the interquartile mean over the finished runs of each setting", () => {
    const [a, b] = report.settings;
    // Of −100, −20, −10, 0 the middle two; of α 0.1 to 0.4 too.
    expect(a).toMatchObject({
      setting: "a",
      iqm: -15,
      runs: 4,
      failed: 0,
      verdicts: { suspect: 1, healthy: 3 },
    });
    expect(a!.alpha).toBeCloseTo(0.25, 12);
    expect(a!.low).toBeLessThan(-15);
    expect(a!.high).toBeGreaterThan(-15);
    expect(b).toMatchObject({ setting: "b", iqm: -5, low: null, high: null, runs: 1, failed: 1 });
  });

  it("says nothing of settings without a finished run", () => {
    expect(studyReport("x", "1.0.0", [run("b", 1, null)]).settings[0]).toMatchObject({
      iqm: null,
      low: null,
      runs: 0,
    });
  });

  it("is a page without scripts, in which names are text", () => {
    const hostile = studyReport("<script>alert(1)</script>", "1.0.0", [
      run('"><img src=x onerror=alert(1)>', 1, -3),
    ]);
    const page = studyPage(hostile, new Map());
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("1 of 1 runs finished");
  });

  it("draws bands where all runs have values", () => {
    const logs = [log([Number.NaN, 1, 3], [0, 100, 200]), log([9, 3, 5], [0, 100, 200])];
    const band = bandOf(logs, "alpha")!;
    expect([band.steps[0], band.steps.at(-1)]).toEqual([100, 200]);
    expect(band.points[0]).toEqual({ value: 2, low: 1, high: 3 });
    expect(band.points.at(-1)).toEqual({ value: 4, low: 3, high: 5 });
    expect(bandOf(logs, "return")).toBeUndefined();
    const page = studyPage(
      studyReport("x", "1", [run("a", 1, -1), run("a", 2, -2)]),
      new Map([
        ["a-1", logs[0]],
        ["a-2", logs[1]],
      ]),
    );
    expect(page).toMatch(/Temperature α<\/figcaption><svg[^>]*>.*<polyline/);
  });

  it("is Markdown in which names are text, with why runs came to no end", () => {
    const stopped = { by: "halving", step: 1000, rung: 1, score: -900, needed: -300 } as const;
    const text = studyMarkdown(
      studyReport("a|b", "1.0.0", [
        run("x|<b>", 1, -3),
        { ...run("y", 1, null), status: "stopped", stopped },
        { ...run("z", 1, null), error: "a joint broke" },
      ]),
    );
    expect(text).toContain("# a\\|b\n");
    expect(text).toContain("| x\\|\\<b\\> | −3.00 | – | 0.100 | −1.00 | 1 | 1 suspect |");
    expect(text).toContain("| y | – | – | – | – | 0, 1 stopped |");
    expect(text).toContain("stopped at step 1,000, rung 1: −900.0, where −300.0 went on");
    expect(text).toContain("failed: a joint broke");
  });
});
