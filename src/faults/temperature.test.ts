import { describe, expect, it } from "vitest";
import { type FaultyTemperature, faultyTemperature } from "./temperature.ts";

const usual = { targetEntropy: -1, learningRate: 1e-3, lossForm: "log-alpha", initialAlpha: 1 } as const;

/** α after each of `updates` updates at a constant entropy. */
function path(faulty: Partial<FaultyTemperature>, updates: number, entropy = 0.65): number[] {
  const temperature = faultyTemperature({ ...usual, ...faulty }, updates);
  return Array.from({ length: updates }, () => {
    temperature.update(entropy, 0);
    return temperature.alpha;
  });
}

describe("a faulty temperature", () => {
  it("is the right one where nothing is broken: log α falls by the learning rate an update", () => {
    expect(path({}, 100).at(-1)).toBeCloseTo(Math.exp(-0.1), 4);
  });

  it("runs away with its sign inverted, and shows the gap's mirror image in its loss", () => {
    expect(path({ sign: -1 }, 100).at(-1)).toBeCloseTo(Math.exp(0.1), 4);
    const temperature = faultyTemperature({ ...usual, sign: -1, initialAlpha: 2 }, 1);
    expect(temperature.update(0.65, 0).loss).toBeCloseTo(-1.65 * Math.log(2), 6);
  });

  it("moves α itself by the learning rate when raw, below 0 too", () => {
    const alpha = path({ raw: true, learningRate: 1e-2 }, 150);
    expect(alpha[49]).toBeCloseTo(0.5, 3);
    expect(alpha.at(-1)).toBeCloseTo(-0.5, 3);
  });

  it("stops, starts anew and holds its floor where it is told to", () => {
    const frozen = path({ freezeAt: 0.5 }, 100);
    expect(frozen.at(-1)).toBe(frozen[49]);
    const reset = path({ resetAt: 0.5 }, 100);
    expect(reset[50]).toBeCloseTo(Math.exp(-1e-3), 5);
    expect(path({ alphaMin: 0.95 }, 100).at(-1)).toBeCloseTo(0.95, 6);
    expect(path({ fixed: true, initialAlpha: 0.2 }, 3)).toEqual(Array(3).fill(expect.closeTo(0.2, 12)));
  });
});
