// A target that moves by a schedule moves the gap against the entropy: H falls by half of what H̄ falls, so that the gap
// rises as H falls, which is no loss of the wrong sign.

import { expect, it } from "vitest";
import type { Series } from "../runs/series.ts";
import { diagnose } from "./diagnose.ts";

/** @param sign of the loss */
function scheduled(sign: 1 | -1): Series {
  const rows = 50;
  const of = (value: (row: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i + 1));
  const scatter = (i: number) => 0.003 * Math.sin(12.9898 * i);
  const target = (i: number) => -0.02 * i;
  const entropy = (i: number) => 0.6 - 0.01 * i + scatter(i);
  // Falls at 3e-4 an update, as the gap is above 0.
  const logAlpha = (i: number) => -0.03 * i;
  return {
    path: "x",
    format: "jsonl",
    framework: "tempered",
    length: rows,
    columns: {
      step: of((i) => 100 * i),
      updates: of((i) => 100 * i),
      alpha: of((i) => Math.exp(logAlpha(i))),
      entropy: of(entropy),
      targetEntropy: of(target),
      alphaLoss: of((i) => sign * logAlpha(i) * (entropy(i) - target(i))),
    },
    declared: { alphaLearningRate: 3e-4, actionDim: 1, lossForm: "log-alpha", initialAlpha: 1 },
    units: "unit",
    alphaLogged: "after",
    notes: [],
  };
}

it("a scheduled target is no wrong sign, and a wrong sign is one under a schedule too", () => {
  expect(diagnose(scheduled(1)).findings.map(({ id }) => id)).not.toContain("sign-inverted");
  expect(diagnose(scheduled(-1)).findings[0]?.id).toBe("sign-inverted");
});
