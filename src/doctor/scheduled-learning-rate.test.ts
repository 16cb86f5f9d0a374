// A learning rate of α that moves by a schedule: α may go as fast as the schedule's fastest end.

import { expect, it } from "vitest";
import type { DeclaredSettings, Series } from "../runs/series.ts";
import { diagnose } from "./diagnose.ts";

/** α's fall where Adam moves it at its limit, with a rate that rises from 3e-4 to 3e-3 over 5,000 updates. */
function falling(declared: DeclaredSettings): Series {
  const rows = 100;
  const of = (value: (updates: number) => number) =>
    Float64Array.from({ length: rows }, (_, i) => value(50 * (i + 1)));
  const scatter = (i: number) => 0.003 * Math.sin(12.9898 * i);
  const logAlpha = (t: number) => -(3e-4 * t + ((2.7e-3 / 5000) * t * t) / 2);
  const entropy = (t: number) => 3 + scatter(t);
  return {
    path: "x",
    format: "jsonl",
    framework: "tempered",
    length: rows,
    columns: {
      step: of((t) => t),
      updates: of((t) => t),
      alpha: of((t) => Math.exp(logAlpha(t))),
      entropy: of(entropy),
      targetEntropy: of(() => -6),
      alphaLoss: of((t) => logAlpha(t) * (entropy(t) + 6)),
    },
    declared: { actionDim: 6, lossForm: "log-alpha", initialAlpha: 1, ...declared },
    units: "unit",
    alphaLogged: "after",
    notes: [],
  };
}

const found = (declared: DeclaredSettings) =>
  diagnose(falling(declared)).findings.map(({ id }) => id as string);

it("is no α that is faster than declared, whichever end is the faster one", () => {
  expect(found({ alphaLearningRate: 3e-4 })).toContain("alpha-faster-than-declared");
  expect(found({ alphaLearningRate: 3e-4, alphaLearningRateEnd: 3e-3 })).toEqual([]);
  expect(found({ alphaLearningRate: 3e-3, alphaLearningRateEnd: 0 })).toEqual([]);
});
