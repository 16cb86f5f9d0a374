// What is wrong beyond α, from the same logs: each finding on a run that has it, and its silence on one that has not.

import { describe, expect, it } from "vitest";
import { simulate } from "../../../test/faults/simulate.ts";
import type { DeclaredSettings, Quantity, Series } from "../../runs/series.ts";
import { diagnose } from "../diagnose.ts";

const ROWS = 80;

/** A healthy run's columns, with others put in their place. */
function run(columns: Partial<Record<Quantity, (share: number, row: number) => number>>): Series {
  const healthy = simulate({ style: "sb3", updates: 100 * ROWS });
  const changed = Object.entries(columns).map(([name, f]) => [
    name,
    Float64Array.from({ length: ROWS }, (_, row) => f(row / (ROWS - 1), row)),
  ]);
  return { ...healthy, columns: { ...healthy.columns, ...Object.fromEntries(changed) } };
}

const ids = (series: Series, declared?: DeclaredSettings) =>
  diagnose(series, declared).findings.map(({ id }) => id);
const wave = (row: number) => ((row * 7) % 5) - 2;

describe("q-diverged", () => {
  const grown = (share: number) => -10 * 1e5 ** share;

  it("is |Q| beyond what returns allow, and growing", () => {
    expect(ids(run({ actorLoss: grown, return: (_, i) => 20 + wave(i) }))).toContain("q-diverged");
    expect(
      ids(run({ actorLoss: grown, return: (_, i) => 20 + wave(i), episodeLength: () => 100 })),
    ).toContain("q-diverged");
  });

  it("is not |Q| that grows with the returns, or has come to rest", () => {
    expect(ids(run({ actorLoss: grown, return: (share) => 20 * 1e5 ** share }))).not.toContain("q-diverged");
    const resting = (share: number) => grown(Math.min(share, 0.5));
    expect(ids(run({ actorLoss: resting, return: (_, i) => 20 + wave(i) }))).not.toContain("q-diverged");
  });
});

describe("q-overestimated", () => {
  const columns = { return: (_: number, i: number) => 100 + wave(i), episodeLength: () => 100 };

  it("is Q above the best that was ever earned, where γ and lengths are known", () => {
    // 1.02 a step is worth 102 for ever at γ = 0.99.
    expect(ids(run({ ...columns, q: () => 900 }), { gamma: 0.99 })).toContain("q-overestimated");
    expect(ids(run({ ...columns, q: () => 90 }), { gamma: 0.99 })).not.toContain("q-overestimated");
    expect(ids(run({ ...columns, q: () => 900 }))).not.toContain("q-overestimated");
  });
});

describe("critic-loss-growing", () => {
  const loss = (share: number) => 1e6 ** share;

  it("is a loss that outgrows Q while the return stays", () => {
    expect(ids(run({ criticLoss: loss, actorLoss: () => -100, return: (_, i) => wave(i) }))).toContain(
      "critic-loss-growing",
    );
  });

  it("is not one that comes with a better return, or with a Q that it is small beside", () => {
    expect(
      ids(run({ criticLoss: loss, actorLoss: () => -100, return: (share) => 1000 * share })),
    ).not.toContain("critic-loss-growing");
    expect(ids(run({ criticLoss: loss, actorLoss: () => -1e5, return: (_, i) => wave(i) }))).not.toContain(
      "critic-loss-growing",
    );
  });
});

describe("returns", () => {
  it("collapsed late and for good", () => {
    const fallen = (share: number, i: number) => (share < 0.6 ? 500 * share : 20) + wave(i);
    expect(ids(run({ return: fallen }))).toContain("return-collapsed");
    const back = (share: number, i: number) => (share > 0.6 && share < 0.8 ? 20 : 500 * share) + wave(i);
    expect(ids(run({ return: back }))).not.toContain("return-collapsed");
  });

  it("never moved, with episodes of one length", () => {
    const found = diagnose(run({ return: () => -200, episodeLength: () => 200 })).findings;
    expect(found.map(({ id }) => id)).toEqual(["return-never-moved"]);
    expect(found[0]?.message).toContain("every episode has 200 steps");
    expect(ids(run({ return: (_, i) => -200 + wave(i) }))).toEqual([]);
  });

  it("of episodes that end at once", () => {
    expect(ids(run({ return: (_, i) => 1 + wave(i), episodeLength: () => 1 }))).toContain(
      "episode-length-constant",
    );
    expect(ids(run({ return: (_, i) => 1 + wave(i), episodeLength: () => 200 }))).toEqual([]);
  });

  it("far below training's in evaluation: a remark, and a warning where there are many", () => {
    const training = { return: (share: number, i: number) => 1000 * share + wave(i) };
    const few = diagnose(
      run({ ...training, evalReturn: (_, i) => (i % 10 === 0 ? 3 * wave(i) : Number.NaN) }),
    );
    expect(few.findings).toMatchObject([{ id: "evaluation-below-training", severity: "info" }]);
    const many = diagnose(
      run({ ...training, evalReturn: (_, i) => (i % 2 === 0 ? 3 * wave(i) : Number.NaN) }),
    );
    expect(many.findings.find(({ id }) => id === "evaluation-below-training")?.severity).toBe("warning");
    const even = {
      ...training,
      evalReturn: (share: number, i: number) => (i % 2 === 0 ? 1010 * share : Number.NaN),
    };
    expect(ids(run(even))).toEqual([]);
  });
});

describe("no-updates", () => {
  it("is a counter that stays at 0", () => {
    const still = {
      ...run({ updates: () => 0, step: (_, i) => 1000 * (i + 1) }),
    };
    const { alpha: _, alphaLoss: __, ...columns } = still.columns;
    expect(ids({ ...still, columns })).toContain("no-updates");
    expect(ids(run({}))).toEqual([]);
  });

  it("is told where most of the run went by before the first", () => {
    const late = run({ step: (_, i) => 1000 * (i + 1), updates: (_, i) => Math.max(0, 1000 * (i - 60)) });
    const alpha = late.columns.alpha!.map((a, i) => (i < 60 ? Number.NaN : a));
    expect(ids({ ...late, columns: { ...late.columns, alpha } })).toContain("no-updates");
  });
});

it("silent on a healthy run of each style", () => {
  for (const style of ["entropy", "sb3", "cleanrl"] as const)
    expect(ids(simulate({ style, updates: 20_000 }))).toEqual([]);
});
