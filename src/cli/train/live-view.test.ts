import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { type LearnMetrics, MetricsWindow } from "../../agent/metrics-window.ts";
import { completeConfig } from "../config/config-file.ts";
import { widthOf } from "../terminal/line-width.ts";
import { type LiveState, liveView } from "./live-view.ts";

/** A report before the first update. */
const warmUp = new MetricsWindow().peek({ step: 100, updates: 0, alpha: 1, logAlpha: 0 });
const learned: LearnMetrics = {
  ...warmUp,
  step: 500,
  updates: 400,
  episodes: 2,
  episodeReturn: -1200,
  lastReturn: -1100,
  alpha: 0.9,
  logAlpha: -0.105,
  entropy: 0.5,
  targetEntropy: -1,
  entropyGap: 1.5,
  alphaLoss: 0.1,
  actorLoss: 12,
  criticLoss: 0.3,
  qMean: -10,
  actionSaturation: 0.12,
};

function state(history: readonly LearnMetrics[], settings: object = {}): LiveState {
  const config = completeConfig({ env: "Pendulum-v1", steps: 1000, ...settings }, {});
  const step = history.at(-1)?.step ?? 0;
  const start = {
    path: "runs/x",
    config,
    engine: "wasm",
    threads: 2,
    actionSize: 1,
    maxEntropy: 0.684,
    isDiscrete: false,
    targetEntropyAt: () => -1,
    resumedAt: 0,
    stepsSoFar: () => step,
  };
  return { start, history, step, elapsed: 2, stepsPerSecond: 250 };
}

const view = (shown: LiveState, columns = 100, colors = pc.createColors(false)) =>
  liveView(shown, columns, colors);

describe("the live view", () => {
  it("tells what there is, from the first moment", () => {
    const text = view(state([])).join("\n");
    expect(text).toContain("Pendulum-v1");
    expect(text).toContain("wasm, 2 threads");
    expect(text).not.toContain("NaN");
    expect(view(state([warmUp])).join("\n")).toContain("before the first update");
  });

  it("shows return, α, entropy against target and what follows", () => {
    const text = view(state([warmUp, learned])).join("\n");
    for (const part of [
      "50%  500/1,000",
      "250 steps/s  0:02 left",
      "return −1,200",
      "α 0.900",
      "entropy 0.500",
      "target −1.00",
      "0.684",
      "entropy 1.50 nats above target, the policy is too random: α falls",
      "saturated 12%",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("says how many environments step together, and ends at its edge where they overshoot", () => {
    const shown = view(state([learned, { ...learned, step: 1002 }], { envs: 3 })).join("\n");
    expect(shown).toContain("Pendulum-v1 × 3");
    expect(shown).toContain("100%  1,002/1,000");
  });

  it.each([
    [{ entropy: -2, entropyGap: -1 }, {}, "too certain: α rises"],
    [{ entropy: -1.02, entropyGap: -0.02 }, {}, "entropy on target, gap −0.020: α holds it there"],
    [{}, { alpha: 0.9 }, "α stays fixed"],
    [{}, { alphaMin: 0.9 }, "α is held at its bound"],
  ])("says where α goes: %j %j", (metrics, settings, words) => {
    expect(view(state([{ ...learned, ...metrics }], settings)).join("\n")).toContain(words);
  });

  it.each([60, 61, 80, 112, 300])("fits %i columns, in colours too", (columns) => {
    for (const colors of [pc.createColors(true), pc.createColors(false)]) {
      const lines = view(state([warmUp, learned]), columns, colors);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });
});
