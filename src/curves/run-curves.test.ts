import { describe, expect, it } from "vitest";
import { diagnose } from "../doctor/diagnose.ts";
import type { Series } from "../runs/series.ts";
import { firstDifference, rowColumns, runCurves } from "./run-curves.ts";

const NONE = Number.NaN;

function series(columns: Record<string, readonly number[]>, declared: Series["declared"] = {}): Series {
  const entries = Object.entries(columns).map(([name, cells]) => [name, Float64Array.from(cells)]);
  const length = Object.values(columns)[0]!.length;
  return {
    path: "log",
    format: "csv",
    framework: "Stable-Baselines3",
    length,
    columns: Object.fromEntries(entries),
    declared,
    notes: [],
  };
}

describe("curves", () => {
  it("the slope of ln α is that per update, from row to row that has α", () => {
    const { curves } = runCurves(
      series({ updates: [0, 100, 200, 400], alpha: [1, Math.exp(-0.03), NONE, Math.exp(-0.12)] }),
      undefined,
    );
    // −0.03 in 100 updates; −0.09 in the 300 after.
    expect([...curves.slope!].map((x) => Number(x.toFixed(9)))).toEqual([NONE, -3e-4, NONE, -3e-4]);
  });

  it("without a logged entropy it follows from the α loss and the target", () => {
    // log-α form: g = loss / ln α, so 0.5 / ln 0.5 = −0.7213; H = −1 + g.
    const rows = Array.from({ length: 30 }, (_, i) => 0.5 + i / 1000);
    const gap = 0.5 / Math.log(0.5);
    const log = series(
      { step: rows.map((_, i) => 100 * i), alpha: rows, alphaLoss: rows.map((a) => gap * Math.log(a)) },
      { targetEntropy: -1, lossForm: "log-alpha" },
    );
    const { curves, entropySource } = runCurves(log, diagnose(log).evidence);
    expect(entropySource).toBe("loss");
    for (let i = 0; i < 30; i++) expect(curves.entropy![i]).toBeCloseTo(-1 + gap, 10);
  });

  it("a logged entropy is taken as it is, with the gap to the target", () => {
    const log = series({ step: [1, 2], alpha: [1, 1], entropy: [0.5, -1], targetEntropy: [-1, NONE] });
    const { curves, entropySource } = runCurves(log, undefined);
    expect(entropySource).toBe("logged");
    expect([...curves.gap!]).toEqual([1.5, 0]);
  });

  it("axes never fall: a resumed run goes on, clocks begin at 0, updates stand in for steps", () => {
    const { axes } = runCurves(
      series({ step: [100, 200, 50, 150], time: [1.7e9, 1.7e9 + 5, NONE, 1.7e9 + 9], alpha: [1, 1, 1, 1] }),
      undefined,
    );
    expect([...axes.step!]).toEqual([100, 200, 200, 300]);
    expect([...axes.time!]).toEqual([0, 5, 5, 9]);
    expect([...runCurves(series({ updates: [7, 9], alpha: [1, 1] }), undefined).axes.step!]).toEqual([7, 9]);
  });

  it("tell from which row on they differ, and those rows", () => {
    const before = runCurves(series({ step: [1, 2], alpha: [1, NONE] }), undefined);
    const filled = runCurves(series({ step: [1, 2, 3], alpha: [1, 0.5, NONE] }), undefined);
    const longer = runCurves(series({ step: [1, 2, 3], alpha: [1, NONE, 0.25] }), undefined);
    expect(firstDifference(before, filled)).toBe(1);
    expect(firstDifference(before, longer)).toBe(2);
    expect(rowColumns(filled, 1)).toMatchObject({ step: [2, 3], alpha: [0.5, null] });
  });
});
