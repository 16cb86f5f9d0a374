import { describe, expect, it } from "vitest";
import { simulate } from "../../../test/faults/simulate.ts";
import type { DeclaredSettings, Quantity, Series } from "../../runs/series.ts";
import { diagnose } from "../diagnose.ts";

const range = (length: number, f: (i: number) => number) => Float64Array.from({ length }, (_, i) => f(i));

function series(columns: Partial<Record<Quantity, Float64Array>>, more: Partial<Series> = {}): Series {
  return {
    path: "log.csv",
    format: "csv",
    framework: "rlkit",
    length: Object.values(columns)[0]!.length,
    columns,
    declared: {},
    units: "unit",
    notes: [],
    ...more,
  };
}

const idsOf = (s: Series, declared?: DeclaredSettings) => diagnose(s, declared).findings.map(({ id }) => id);
const first = (s: Series, declared?: DeclaredSettings) => diagnose(s, declared).findings[0];

describe("not-finite", () => {
  const step = range(40, (i) => 100 * (i + 1));
  const alpha = range(40, (i) => Math.exp(-0.03 * i));

  it("names the series that went first, even in a short log", () => {
    const q = range(40, (i) => (i < 30 ? 5 : Number.NaN));
    const alphaLoss = range(40, (i) => (i < 33 ? 0.5 : Number.NaN));
    const written = { notFinite: { q: 30, alphaLoss: 33 } };
    const finding = first(series({ step, alpha, q, alphaLoss }, written));
    expect(finding).toMatchObject({ id: "not-finite", severity: "error", steps: [3100, 4000] });
    expect(finding?.message).toMatch(/^Q is NaN/);
    expect(idsOf(series({ step, alpha, q, alphaLoss }))).not.toContain("not-finite");
  });

  it("takes an infinite value at once, and the reader's word for a written NaN", () => {
    const q = range(40, (i) => (i === 12 ? Number.POSITIVE_INFINITY : 5));
    expect(first(series({ step, alpha, q }))?.steps[0]).toBe(1300);
    expect(first(series({ step, alpha }, { notFinite: { alphaLoss: 7 } }))?.steps[0]).toBe(800);
  });

  it("passes over missing cells, and over a loss that ends while α goes on", () => {
    const q = range(40, (i) => (i % 3 === 0 ? 5 : Number.NaN));
    const alphaLoss = range(40, (i) => (i < 33 ? 0.5 : Number.NaN));
    expect(idsOf(series({ step, alpha, q, alphaLoss }))).not.toContain("not-finite");
  });
});

describe("alpha-negative", () => {
  it("sees α below 0 in two rows", () => {
    const s = series({ step: Float64Array.of(100, 200), alpha: Float64Array.of(0.01, -0.02) });
    expect(first(s)).toMatchObject({ id: "alpha-negative", severity: "error", steps: [200, 200] });
  });

  it("warns where α falls along a straight line", () => {
    const s = series({ step: range(30, (i) => 100 * i), alpha: range(30, (i) => 1 - 0.03 * i) });
    expect(first(s)).toMatchObject({ id: "alpha-negative", severity: "warning" });
  });
});

describe("target-never-binds", () => {
  const alpha = range(50, (i) => Math.exp(-0.03 * i));
  const step = range(50, (i) => 100 * i);

  it("knows that a discrete entropy is never negative", () => {
    expect(first(series({ step, alpha }), { discreteActions: 4, targetEntropy: -4 })).toMatchObject({
      id: "target-never-binds",
      severity: "error",
    });
    expect(idsOf(series({ step, alpha }), { discreteActions: 4, targetEntropy: 0.7 })).not.toContain(
      "target-never-binds",
    );
  });

  it("proves it from a gap larger than log n", () => {
    const alphaLoss = alpha.map((a) => 5 * Math.log(a));
    const s = series({ step, alpha, alphaLoss }, { usualLossForm: "log-alpha" });
    expect(first(s, { discreteActions: 4 })?.id).toBe("target-never-binds");
  });
});

describe("log-prob rules", () => {
  const step = range(50, (i) => 100 * (i + 1));
  const alpha = range(50, (i) => Math.exp(-0.03 * (i + 1)));
  const logged = (entropy: (i: number) => number, targetEntropy: number) => {
    const h = range(50, entropy);
    const alphaLoss = alpha.map((a, i) => Math.log(a) * (h[i]! - targetEntropy));
    return series({ step, alpha, alphaLoss, entropy: h, targetEntropy: range(50, () => targetEntropy) });
  };
  const wave = (i: number) => 0.02 * ((i * 7) % 5);

  it("uncorrected: more entropy than the box has room for", () => {
    expect(
      first(
        logged((i) => 1.42 * 3 + wave(i), -3),
        { actionDim: 3 },
      ),
    ).toMatchObject({
      id: "log-prob-uncorrected",
      severity: "error",
    });
  });

  it("uncorrected is a warning at most in environment units of unknown range", () => {
    const s = { ...logged((i) => 1.42 * 3 + wave(i), -3), units: "environment" } as const;
    expect(first(s, { actionDim: 3 })).toMatchObject({ id: "log-prob-uncorrected", severity: "warning" });
    expect(idsOf(s, { actionHalfRange: [3, 3, 3] })).not.toContain("log-prob-uncorrected");
  });

  it("averaged: one dimension's worth for six", () => {
    expect(
      first(
        logged((i) => 0.65 + wave(i) / 4, -6),
        { actionDim: 6 },
      )?.id,
    ).toBe("log-prob-averaged");
    expect(
      idsOf(
        logged((i) => 3.9 + wave(i), -6),
        { actionDim: 6 },
      ),
    ).not.toContain("log-prob-averaged");
  });

  it("units: α pursues a target that is Σ log(half-range) off", () => {
    const s = logged((i) => 0.5 + wave(i), -1);
    const alphaLoss = alpha.map((a, i) => Math.log(a) * (s.columns.entropy![i]! + Math.log(2) + 1));
    const mixed = series({ ...s.columns, alphaLoss }, { declared: { env: "Pendulum-v1" } });
    expect(idsOf(mixed)).toContain("units-mismatch");
    expect(idsOf(s)).not.toContain("units-mismatch");
  });
});

describe("speed rules", () => {
  it("alpha-lr-too-high: many e-folds within a few hundred updates", () => {
    const s = simulate({ learningRate: 0.03, style: "sb3", actionDim: 2 });
    expect(first(s)).toMatchObject({ id: "alpha-lr-too-high", severity: "error" });
  });

  it("alpha-faster-than-declared: the rate that is really in use, by replay", () => {
    const s = simulate({ learningRate: 1e-3, style: "sb3", declared: { alphaLearningRate: 3e-4 } });
    const finding = first(s);
    expect(finding?.id).toBe("alpha-faster-than-declared");
    expect(finding?.evidence.effectiveLearningRate).toBeCloseTo(1e-3, 4);
    expect(idsOf(simulate({ style: "sb3", declared: { alphaLearningRate: 3e-4 } }))).toEqual([]);
  });

  it("allows rises in the α-form to outrun the learning rate", () => {
    const declared = { alphaLearningRate: 1e-3, actionHalfRange: [1] };
    const s = simulate({ learningRate: 1e-3, targetEntropy: 3, style: "cleanrl", declared });
    expect(idsOf(s)).not.toContain("alpha-faster-than-declared");
  });

  it("oscillating: swings that do not die out", () => {
    const logAlpha = range(200, (i) => -3 + 1.5 * Math.sin(i / 8));
    const alphaLoss = logAlpha.map((x, i) => x * -0.5 * Math.cos(i / 8));
    const s = series({ step: range(200, (i) => 1000 * i), alpha: logAlpha.map(Math.exp), alphaLoss });
    expect(idsOf(s)).toContain("oscillating");
  });
});

describe("outcomes and remarks", () => {
  it("alpha-exploded never stands first beside its cause", () => {
    const ids = idsOf(simulate({ sign: -1, updates: 40_000 }));
    expect(ids[0]).toBe("sign-inverted");
    expect(ids).toContain("alpha-exploded");
  });

  it("alpha-collapsed: α gone and the return with it", () => {
    const n = 200;
    const s = series({
      step: range(n, (i) => 200 * i),
      alpha: range(n, (i) => Math.exp(-Math.max(-8, -0.06 * i) * -1)),
      return: range(n, (i) => (i < 80 ? i : 80 - 0.6 * (i - 80)) + (i % 3)),
    });
    expect(idsOf(s)).toContain("alpha-collapsed");
  });

  it("bang-bang: on target with pinned actions", () => {
    const s = simulate({ updates: 30_000 });
    const pinned = { ...s, columns: { ...s.columns, actionSaturation: range(s.length, () => 0.7) } };
    expect(idsOf(pinned)).toEqual(["bang-bang"]);
  });

  it("fixed-alpha and too-short are remarks", () => {
    const alpha = range(30, () => 0.2);
    expect(diagnose(series({ step: range(30, (i) => 100 * i), alpha }))).toMatchObject({
      verdict: "healthy",
      findings: [{ id: "fixed-alpha", severity: "info" }],
    });
    expect(diagnose(series({ alpha: Float64Array.of(1) })).verdict).toBe("inconclusive");
  });

  it("slack-constraint: α falls because it is not needed", () => {
    const step = range(200, (i) => 100 * i);
    const alpha = step.map((u) => Math.exp(-3e-4 * (u + 100)));
    const alphaLoss = alpha.map((a, i) => Math.log(a) * (2 + 0.05 * ((i * 7) % 5)));
    const s = series({ step, alpha, alphaLoss, return: step.map((u) => u / 100) });
    expect(diagnose(s)).toMatchObject({ verdict: "healthy", findings: [{ id: "slack-constraint" }] });
  });
});
