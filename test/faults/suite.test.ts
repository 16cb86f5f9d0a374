// The doctor on trained agents: every fault of `src/faults` switched on in real runs, logged the way three programs
// do. Rules were tuned on one half of the suite; the figures that count are those of the other.

import { describe, expect, it, vi } from "vitest";
import { diagnose } from "../../src/doctor/index.ts";
import type { Series } from "../../src/runs/series.ts";
import { diagnosed, seriesOf, stylesOf } from "./diagnosed.ts";
import { readLog } from "./logs.ts";
import { fewRows, restarted, resumed } from "./styles.ts";
import { type Run, suite } from "./suite.ts";

// Thousands of diagnoses each: longer than a test may take on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const CUTS = [0.1, 0.25, 0.5, 0.75, 1];

const faulty = suite.filter(({ fault }) => fault.expected.length > 0);
const healthy = suite.filter(({ fault }) => fault.expected.length === 0);

interface Score {
  right: number;
  all: number;
}

/** Right first causes by whether the entropy is logged, and by fault. */
function scores(half: Run["half"]): { logged: Score; bare: Score; misses: string[] } {
  const logged = { right: 0, all: 0 };
  const bare = { right: 0, all: 0 };
  const misses: string[] = [];
  for (const run of faulty.filter((candidate) => candidate.half === half)) {
    for (const style of stylesOf(run)) {
      const score = style === "entropy" ? logged : bare;
      const [first] = diagnosed(run, style).findings;
      const right = first !== undefined && run.fault.expected.includes(first.id);
      score.all++;
      if (right) score.right++;
      else misses.push(`${run.name} as ${style}: ${first?.id ?? "nothing"}`);
    }
  }
  return { logged, bare, misses };
}

describe("the fault suite", () => {
  it("has a log of every run", () => {
    expect(suite.filter((run) => readLog(run) === undefined).map(({ name }) => name)).toEqual([]);
  });

  it.each(["tuning", "report"] as const)("names the cause first, %s half", (half) => {
    const { logged, bare, misses } = scores(half);
    console.log(
      `${half}: ${logged.right}/${logged.all} with entropy, ${bare.right}/${bare.all} without\n${misses.join("\n")}`,
    );
    expect(logged.right / logged.all).toBeGreaterThanOrEqual(0.95);
    expect(bare.right / bare.all).toBeGreaterThanOrEqual(0.88);
  });

  it("has healthy runs enough, one of which falls five e-folds before it turns", () => {
    expect(healthy.filter(({ half }) => half === "report").length).toBeGreaterThanOrEqual(40);
    expect(healthy.length).toBeGreaterThanOrEqual(90);
    const falls = healthy.map((run) => {
      const log = readLog(run)!;
      const alpha = log.rows.map((row) => row[log.names.indexOf("alpha")]!);
      const lowest = alpha.indexOf(Math.min(...alpha));
      const turned = Math.log(alpha.at(-1)! / alpha[lowest]!) > 0.1;
      return turned ? -Math.log(alpha[lowest]!) : 0;
    });
    expect(Math.max(...falls)).toBeGreaterThan(5);
  });

  it("raises no error and no warning on a healthy run, whole or cut", () => {
    const alarms = healthy.flatMap((run) =>
      stylesOf(run).flatMap((style) =>
        CUTS.flatMap((share) =>
          diagnosed(run, style, share)
            .findings.filter(({ severity }) => severity !== "info")
            .map(({ id }) => `${run.name} as ${style}, ${100 * share}%: ${id}`),
        ),
      ),
    );
    expect(alarms).toEqual([]);
  });

  it("raises none where few rows are kept or the steps are counted anew", () => {
    const loud = (series: Series) => diagnose(series).findings.filter(({ severity }) => severity !== "info");
    const alarms = healthy.flatMap((run) =>
      stylesOf(run).flatMap((style) =>
        [fewRows(seriesOf(run, style), 8), restarted(seriesOf(run, style))].flatMap((series) =>
          loud(series).map(({ id }) => `${run.name} as ${style}, ${series.length} rows: ${id}`),
        ),
      ),
    );
    expect(alarms).toEqual([]);
  });

  it("raises none about α where the log begins in mid-training", () => {
    // A return that falls below where the log found it is told, whoever is to blame.
    const loud = (series: Series) =>
      diagnose(series).findings.filter(
        ({ id, severity }) => severity !== "info" && id !== "return-collapsed",
      );
    const alarms = healthy.flatMap((run) =>
      stylesOf(run).flatMap((style) =>
        [0.1, 0.4].flatMap((share) =>
          [false, true].flatMap((anew) =>
            loud(resumed(seriesOf(run, style), share, anew)).map(
              ({ id }) => `${run.name} as ${style} from ${share}${anew ? " anew" : ""}: ${id}`,
            ),
          ),
        ),
      ),
    );
    expect(alarms).toEqual([]);
  });
});
