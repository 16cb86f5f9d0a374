import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, type Simulation, simulate } from "../../test/faults/simulate.ts";
import type { Series } from "../runs/series.ts";
import { diagnose } from "./diagnose.ts";
import { FINDING_IDS } from "./finding.ts";
import { htmlReport, markdownReport, terminalReport } from "./report/index.ts";

const STYLES = ["entropy", "sb3", "cleanrl"] as const;
const loud = (series: Parameters<typeof diagnose>[0]) =>
  diagnose(series).findings.filter(({ severity }) => severity !== "info");

describe("healthy simulated runs", () => {
  it.each(STYLES)("are never flagged, whole or cut, logged as %s", (style) => {
    const setting = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      actionDim: fc.integer({ min: 1, max: 8 }),
      learningRate: fc.constantFrom(1e-4, 3e-4, 1e-3),
      settledAlpha: fc.constantFrom(0.003, 0.02, 0.1, 0.4),
      updates: fc.constantFrom(4000, 12_000, 30_000),
      every: fc.constantFrom(20, 100, 250),
    });
    fc.assert(
      fc.property(setting, fc.constantFrom(0.1, 0.25, 0.5, 0.75, 1), (simulation, share) => {
        const actionHalfRange = Array<number>(simulation.actionDim).fill(1);
        const declared = style === "cleanrl" ? { actionHalfRange } : {};
        const series = simulate({ ...simulation, style, declared });
        expect(loud(cut(series, share))).toEqual([]);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it("may fall more than five e-folds before they turn", () => {
    const series = simulate({ settledAlpha: 0.002, updates: 40_000, every: 200 });
    const lowest = series.columns.alpha!.reduce((a, b) => Math.min(a, b));
    expect(Math.log(lowest)).toBeLessThan(-5);
    for (const share of [0.1, 0.25, 0.5, 0.75, 1]) expect(loud(cut(series, share))).toEqual([]);
  });

  it("is inconclusive while α still falls, with the turn projected", () => {
    const { verdict, evidence } = diagnose(cut(simulate({ settledAlpha: 0.02, updates: 20_000 }), 0.35));
    expect(verdict).toBe("inconclusive");
    expect(evidence.descent?.gap?.value).toBeGreaterThan(0);
  });

  it("is healthy once the gap has closed", () => {
    expect(diagnose(simulate({ updates: 30_000 })).verdict).toBe("healthy");
  });
});

const FAULTS: readonly (readonly [string, Simulation])[] = [
  ["sign-inverted", { sign: -1 }],
  ["sign-inverted", { sign: -1, signFrom: 0.4, updates: 30_000 }],
  ["target-unreachable", { targetEntropy: 3 }],
  ["target-too-low", { targetEntropy: -30 }],
  ["alpha-lr-too-low", { learningRate: 3e-8 }],
  ["alpha-frozen", { freezeAt: 0.37 }],
  ["alpha-reset", { resetAt: 0.55 }],
  ["alpha-at-bound", { alphaMin: 0.5 }],
  ["initial-alpha-too-high", { initialAlpha: 50, learningRate: 3e-5 }],
  ["entropy-unresponsive", { unresponsive: true, updates: 20_000 }],
  ["target-too-high", { targetEntropy: 1.9, settledAlpha: 0.05 }],
];

describe("simulated faults", () => {
  for (const style of STYLES) {
    it.each(FAULTS)(`name %s first, logged as ${style}: %j`, (id, simulation) => {
      const declared = style === "cleanrl" ? { actionHalfRange: [1, 1, 1] } : {};
      const { findings } = diagnose(simulate({ actionDim: 3, ...simulation, style, declared }));
      expect(findings[0]?.id).toBe(id);
    });
  }

  it("stand in the published order", () => {
    const { findings } = diagnose(simulate({ sign: -1, updates: 40_000, style: "sb3" }));
    const places = findings.map(({ id }) => FINDING_IDS.indexOf(id));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(findings.map(({ id }) => id)).toContain("alpha-exploded");
  });
});

describe("any series", () => {
  const QUANTITIES = [
    ...["step", "updates", "alpha", "alphaLoss", "entropy", "targetEntropy", "actorLoss", "criticLoss", "q"],
    ...["return", "evalReturn", "episodeLength", "learningRate", "actionSaturation"],
  ] as const;
  const cell = fc.oneof(
    fc.double({ min: -1e3, max: 1e3 }),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1, 1e300),
  );
  const series = fc.integer({ min: 0, max: 60 }).chain((length) =>
    fc
      .dictionary(fc.constantFrom(...QUANTITIES), fc.array(cell, { minLength: length, maxLength: length }))
      .map(
        (columns): Series => ({
          path: "any",
          format: "csv",
          framework: "unknown",
          length,
          columns: Object.fromEntries(
            Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]),
          ),
          declared: {},
          notes: [],
        }),
      ),
  );

  it("gets a diagnosis and its reports, however odd", () => {
    fc.assert(
      fc.property(series, fc.constantFrom({}, { actionDim: 3 }, { discreteActions: 4 }), (odd, declared) => {
        const diagnosis = diagnose(odd, declared);
        for (const { steps, confidence, evidence } of diagnosis.findings) {
          expect(steps[0]).not.toBeNaN();
          expect(confidence).toBeGreaterThan(0);
          expect(Object.values(evidence).every(Number.isFinite)).toBe(true);
        }
        expect(terminalReport(diagnosis).split("\n").length).toBeLessThanOrEqual(24);
        expect(htmlReport([diagnosis])).toContain("</html>");
        expect(markdownReport([diagnosis])).toContain("###");
      }),
      { numRuns: 150 },
    );
  });

  it("takes a million rows in its stride", () => {
    const length = 1_000_000;
    const long = (f: (i: number) => number) => Float64Array.from({ length }, (_, i) => f(i));
    const alpha = long((i) => Math.exp(-3e-6 * i));
    const start = performance.now();
    const { verdict } = diagnose({
      ...{ path: "long", format: "csv", framework: "rlkit", length, declared: {}, notes: [] },
      columns: { step: long((i) => i), alpha, alphaLoss: alpha.map((a) => Math.log(a) * 1.65) },
    });
    expect(verdict).not.toBe("fault");
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("the founding case", () => {
  const alpha = Float64Array.from({ length: 10 }, (_, k) => 1e-3 ** ((k + 1) / 10));
  const series = {
    path: "ten-episodes.txt",
    format: "text",
    framework: "unknown",
    length: 10,
    columns: { alpha },
    declared: {},
    notes: [],
  } as const;
  const said = {
    alphaLearningRate: 1e-4,
    targetEntropy: -4,
    actionDim: 4,
    stepsPerEpisode: 1000,
    lossForm: "alpha",
  } as const;

  it("is told that Adam at 1e-4 cannot do that, with the rate that was measured and what to check", () => {
    const { verdict, findings } = diagnose(series, said);
    expect(verdict).toBe("fault");
    const [first] = findings;
    expect(first?.id).toBe("alpha-faster-than-declared");
    expect(first?.message).toContain("times the declared 1.0e-4");
    // 0.9·ln(1000) e-folds in 9,000 updates
    // and 50 updates of a burst at five times the rate: the least that Adam needs
    expect(first?.evidence.efolds).toBeCloseTo(6.217, 3);
    expect(first?.evidence.effectiveLearningRate).toBeCloseTo(6.217 / 9200, 6);
    expect(first?.fix).toMatch(/count the updates[\s\S]*is log α optimised[\s\S]*Adam/);
    expect(first?.steps).toEqual([0, 9]);
  });

  it("carries a verdict with episodes of unknown length, which it gives with its range", () => {
    const { stepsPerEpisode: _, ...rest } = said;
    const { verdict, findings } = diagnose(series, { ...rest, alphaLearningRate: 5e-5 });
    expect(verdict).toBe("fault");
    expect(findings.map(({ id }) => id)).toEqual(["alpha-faster-than-declared"]);
    expect(findings[0]?.message).toContain("--steps-per-episode");
    expect(findings[0]?.evidence.stepsPerEpisodeNeeded).toBeGreaterThan(10_000);
  });

  it("says nothing about speed where a usual length of an episode explains it", () => {
    const { stepsPerEpisode: _, ...rest } = said;
    expect(diagnose(series, { ...rest, alphaLearningRate: 1e-3 }).findings.map(({ id }) => id)).not.toContain(
      "alpha-faster-than-declared",
    );
  });
});
