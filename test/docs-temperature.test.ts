// The numbers of docs/temperature.md, computed again, and found in its text.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  atSteadyGap,
  bestProbability,
  crossing,
  steadySpeed,
  tanhGaussianEntropy,
  updatesUntil,
} from "../examples/temperature/facts.ts";
import { temperature } from "../src/index.ts";

const text = readFileSync(new URL("../docs/temperature.md", import.meta.url), "utf8");
const says = (quoted: string) => expect(text.replace(/\s+/g, " ")).toContain(quoted);
const thousands = (x: number) => x.toLocaleString("en");

describe("speed", () => {
  it.each([3e-5, 1e-4, 3e-4, 1e-3])("the row of %d", (learningRate) => {
    const speed = (direction: "fall" | "rise") =>
      `${(steadySpeed(learningRate, "alpha", direction) / learningRate).toFixed(2)} lr`;
    const updates = (loss: temperature.TemperatureLoss) =>
      `${thousands(updatesUntil(0.01, 6.7, { learningRate, loss }))} updates`;
    says(`| ${speed("fall")} | ${speed("rise")} | ${updates("log-alpha")} | ${updates("alpha")} |`);
  });

  it.each([1e-4, 3e-4, 1e-3])(
    "the formula is what the temperature does in the long run, at %d",
    (learningRate) => {
      for (const direction of ["fall", "rise"] as const) {
        let before = 0;
        for (const { update, logAlpha } of atSteadyGap(direction === "fall" ? 6.7 : -6.7, {
          learningRate,
          loss: "alpha",
        })) {
          if (update === 15_000) before = logAlpha;
          if (update === 16_000) {
            const speed = Math.abs(logAlpha - before) / 1000;
            expect(speed / steadySpeed(learningRate, "alpha", direction)).toBeCloseTo(1, 1);
            break;
          }
        }
      }
    },
  );

  it("ten episodes at 1e-4, the limit of falls, and float32's end", () => {
    const alphaAfter = (loss: temperature.TemperatureLoss) => {
      for (const { update, logAlpha } of atSteadyGap(6.7, { learningRate: 1e-4, loss })) {
        if (update === 10_000) return Math.exp(logAlpha).toFixed(2);
      }
    };
    says(`leave α at ${alphaAfter("log-alpha")} (loss on log α) or ${alphaAfter("alpha")} (loss on α)`);
    expect(steadySpeed(100, "alpha", "fall")).toBeCloseTo(0.0005, 8);
    const limit = Math.exp(88.7228);
    const updates = (loss: temperature.TemperatureLoss) =>
      thousands(updatesUntil(limit, -1, { learningRate: 3e-4, loss }));
    says(`after ${updates("log-alpha")} updates with the loss on log α, and after ${updates("alpha")}`);
  });
});

describe("the tanh-Gaussian", () => {
  it("has its ceiling at σ = 0.874", () => {
    says("has 0.684, at μ = 0 and σ = 0.874");
    expect(tanhGaussianEntropy(0, 0.8744)).toBeCloseTo(temperature.MAX_ENTROPY_PER_DIMENSION, 4);
    expect(tanhGaussianEntropy(0, 0.84)).toBeLessThan(tanhGaussianEntropy(0, 0.8744));
    expect(tanhGaussianEntropy(0, 0.91)).toBeLessThan(tanhGaussianEntropy(0, 0.8744));
  });

  it("has H = −1 twice", () => {
    const gap = (sigma: number) => tanhGaussianEntropy(0, sigma) + 1;
    says(`H = −1 at σ = ${crossing(gap, 0.01, 0.8).toFixed(3)}`);
    says(`σ = ${crossing(gap, 1, 10).toFixed(2)}, where tanh`);
  });

  it("is misreported by the ε-form", () => {
    says(`the entropy is −${Math.abs(tanhGaussianEntropy(10, 1)).toFixed(1)}`);
    says(`they report −${Math.abs(tanhGaussianEntropy(10, 1, 1e-6)).toFixed(1)}`);
    says(`by up to ${(-Math.log(1e-6)).toFixed(1)} nats a dimension`);
  });
});

it("units and targets", () => {
  says(`17 log 0.4 = −${Math.abs(17 * Math.log(0.4)).toFixed(1)}`);
  says(`a range below ±${Math.exp(-1 - temperature.MAX_ENTROPY_PER_DIMENSION).toFixed(3)}`);
  says(`for n = 4 the best action gets ${bestProbability(4, 0.98).toFixed(2)}`);
  says(`at 0.5 it gets ${bestProbability(4, 0.5).toFixed(2)}`);
});

it("the wrong loss form turns the sign of the gap", () => {
  says(`it gives g = −${Math.abs(1 / Math.log(0.5)).toFixed(2)}`);
});

describe("signs and bounds", () => {
  const step = (entropy: number, options: temperature.TemperatureOptions = {}) => {
    const settings = temperature.temperatureSettings({ targetEntropy: -4, ...options }, 4);
    return temperature.update(settings, temperature.init(settings), entropy);
  };

  it("log π = 5 at H̄ = −4 is a gap of −1, and α rises; a small log π makes it fall", () => {
    expect(step(-5).gap).toBe(-1);
    expect(step(-5).alpha).toBeGreaterThan(1);
    expect(step(3).alpha).toBeLessThan(1);
  });

  it("holds the bound of −10 at lr 0.1, where a step after the clamp goes to −10.1", () => {
    const start = { initialAlpha: Math.exp(-10), learningRate: 0.1 };
    expect(step(3, start).state.logAlpha).toBeCloseTo(-10.1, 6);
    expect(step(3, { ...start, min: Math.exp(-10) }).state.logAlpha).toBeCloseTo(-10, 12);
    says("clamp and step gives −10.1, step and clamp gives −10");
  });
});
