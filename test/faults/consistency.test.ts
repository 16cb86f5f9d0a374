// No finding contradicts an estimate that is printed beside it: wherever a finding rests on an estimate, the interval of
// that estimate does not cover the innocent value. Held over every log of the suite in every style, cut and wording, over
// the fixtures, and over simulated runs with random settings.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type Diagnosis, diagnose, type FindingId } from "../../src/doctor/index.ts";
import { EVIDENCE_WORDS } from "../../src/doctor/report/evidence-words.ts";
import { readPaths } from "../../src/runs/readers/find-logs.node.ts";
import type { DeclaredSettings } from "../../src/runs/series.ts";
import { cases } from "../fixtures/doctor/cases.ts";
import { diagnosed, settingsOf, stylesOf } from "./diagnosed.ts";
import { cut, simulate } from "./simulate.ts";
import { suite } from "./suite.ts";

// Thousands of diagnoses each: longer than a test may take on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Rates from which on α is too fast, and up to which it is too slow: what the rules hold against a run. */
const TOO_HIGH = 4e-3;
const TOO_LOW = 1e-5;

/** For each finding that rests on an estimate: the estimate as printed, and the values that would clear the run. */
const INNOCENT: Partial<
  Record<FindingId, (d: Diagnosis) => { shown: Interval | undefined; innocent: Interval } | undefined>
> = {
  "alpha-faster-than-declared": ({ evidence: { replayed, settings } }) => ({
    shown: replayed,
    innocent: { low: 0, high: settings.declared.alphaLearningRate! },
  }),
  "alpha-lr-too-high": ({ evidence: { replayed } }) => ({
    shown: replayed && { low: replayed.high, high: replayed.high },
    innocent: { low: 0, high: TOO_HIGH * (1 - 1e-9) },
  }),
  "alpha-lr-too-low": ({ evidence: { replayed } }) => ({
    shown: replayed,
    innocent: { low: TOO_LOW, high: 1 },
  }),
  "target-unreachable": ({ evidence: { effectiveTarget, settings, identity } }) =>
    settings.reachableEntropy === undefined || identity.length === 0
      ? undefined
      : {
          shown: effectiveTarget,
          innocent: { low: Number.NEGATIVE_INFINITY, high: settings.reachableEntropy },
        },
  "target-too-high": ({ evidence: { effectiveTarget, settings } }) =>
    effectiveTarget?.source === "identity" && settings.reachableEntropy !== undefined
      ? { shown: effectiveTarget, innocent: { low: Number.NEGATIVE_INFINITY, high: 0 } }
      : undefined,
  "units-mismatch": ({ evidence: { effectiveTarget, settings } }) => ({
    shown: effectiveTarget,
    innocent: { low: settings.targetEntropy ?? Number.NaN, high: settings.targetEntropy ?? Number.NaN },
  }),
};

function contradictions(diagnosis: Diagnosis, name: string): string[] {
  return diagnosis.findings.flatMap((finding) => {
    const wrong: string[] = [];
    const held = INNOCENT[finding.id]?.(diagnosis);
    if (held?.shown && held.shown.low <= held.innocent.high && held.shown.high >= held.innocent.low) {
      const { low, high } = held.shown;
      wrong.push(`${name}: ${finding.id} beside ${low} … ${high}`);
    }
    const { effectiveLearningRateLow: low, declaredLearningRate: declared } = finding.evidence;
    if (low !== undefined && declared !== undefined && low <= declared)
      wrong.push(`${name}: ${finding.id} from ${low}, declared ${declared}`);
    if (/NaN|undefined|Infinity/.test(finding.message + finding.fix) && finding.id !== "not-finite")
      wrong.push(`${name}: ${finding.id} says ${finding.message}`);
    for (const name of Object.keys(finding.evidence))
      if (!Object.hasOwn(EVIDENCE_WORDS, name)) wrong.push(`${name} of ${finding.id} has no words`);
    if (finding.id !== "sign-inverted" && /because/.test(finding.message) && !diagnosis.evidence.gap)
      wrong.push(`${name}: ${finding.id} claims a cause without a gap`);
    return wrong;
  });
}

/** A cut of the log, and whether its settings are said. */
const SAID = [
  { share: 0.3, settings: true },
  { share: 1, settings: true },
  { share: 1, settings: false },
];

describe("no finding contradicts an estimate printed beside it", () => {
  it("over the suite, whole and cut, with and without settings", () => {
    const wrong = suite.flatMap((run) =>
      stylesOf(run).flatMap((style) =>
        SAID.flatMap(({ settings, share }) =>
          contradictions(
            diagnosed(run, style, share, settings ? settingsOf(run) : {}),
            `${run.name} as ${style}, ${share}`,
          ),
        ),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("over the fixtures", async () => {
    const folder = (name: string) => fileURLToPath(new URL(`../fixtures/${name}/`, import.meta.url));
    const wrong: string[] = [];
    for (const { path, declared } of cases) {
      const { series } = await readPaths([folder("doctor") + path]);
      for (const one of series) wrong.push(...contradictions(diagnose(one, declared), path));
    }
    for (const name of readdirSync(folder("samples"))) {
      const { series } = await readPaths([folder("samples") + name]);
      for (const one of series) wrong.push(...contradictions(diagnose(one), name));
    }
    expect(wrong).toEqual([]);
  });

  it("over random runs", () => {
    const setting = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      actionDim: fc.integer({ min: 1, max: 8 }),
      learningRate: fc.constantFrom(1e-6, 3e-5, 3e-4, 1e-3, 3e-3, 0.03, 0.1),
      initialAlpha: fc.constantFrom(1, 0.1, 50),
      sign: fc.constantFrom(1 as const, 1 as const, -1 as const),
      targetEntropy: fc.constantFrom(-1, -4, -40, 1, 4),
      unresponsive: fc.boolean(),
      updates: fc.constantFrom(600, 4000, 12_000),
      every: fc.constantFrom(20, 100, 250),
      style: fc.constantFrom("entropy" as const, "sb3" as const, "cleanrl" as const),
    });
    const said = fc.constantFrom<DeclaredSettings>(
      {},
      { alphaLearningRate: 3e-4 },
      { alphaLearningRate: 1e-3, targetEntropy: -1 },
    );
    fc.assert(
      fc.property(setting, said, fc.constantFrom(0.2, 0.6, 1), (simulation, declared, share) => {
        expect(contradictions(diagnose(cut(simulate(simulation), share), declared), "simulated")).toEqual([]);
      }),
      { numRuns: 150, seed: 11 },
    );
  });
});
