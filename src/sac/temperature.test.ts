// The temperature on its own: directions, sizes, speeds, bounds, schedules and refusals, with numbers from the formulas
// of docs and from Adam worked out by hand.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alphaOf,
  type ChosenFrom,
  init,
  MAX_ENTROPY_PER_DIMENSION,
  maxEntropy,
  TemperatureError,
  type TemperatureOptions,
  type TemperatureState,
  targetEntropyAt,
  temperatureSettings,
  update,
} from "./temperature.ts";

/** α after updates with the given gaps, d = 1 and the target at −1. */
function follow(options: TemperatureOptions, gaps: Iterable<number>): TemperatureState {
  const settings = temperatureSettings(options, 1);
  let state = init(settings);
  for (const gap of gaps) state = update(settings, state, gap - 1).state;
  return state;
}

describe("one step", () => {
  // Adam's first step is lr · sign(g), but for ε = 1e-8: lr · g / (|g| + 1e-8).
  it.each(["log-alpha", "alpha"] as const)(
    "moves against the sign of the gap, by the learning rate (%s)",
    (loss) => {
      for (const gap of [2, 0.1, -0.1, -2]) {
        const { logAlpha } = follow({ loss, learningRate: 1e-3 }, [gap]);
        expect(logAlpha).toBeCloseTo(-1e-3 * Math.sign(gap), 9);
      }
    },
  );

  it("is Adam's on the gradient g, worked out by hand, in the log-α form", () => {
    // t=1, g=2: m = 0.2, v = 0.004; m̂ = 2, v̂ = 4; step 0.01.
    // t=2, g=−1: m = 0.08, v = 0.004996; m̂ = 0.08/0.19, v̂ = 0.004996/0.001999.
    const second = (0.01 * (0.08 / 0.19)) / (Math.sqrt(0.004996 / 0.001999) + 1e-8);
    const { logAlpha } = follow({ learningRate: 0.01 }, [2, -1]);
    expect(logAlpha).toBeCloseTo(-0.01 - second, 9);
  });

  it("is Adam's on the gradient α·g in the α form", () => {
    // α = 0.5: gradient 1, step 0.1. Then α = 0.5·exp(−0.1), gradient s = −2α: m = 0.09 + 0.1s, v = 0.000999 + 0.001s².
    const start = Math.log(0.5) - 0.1;
    const s = -2 * Math.exp(start);
    const [m, v] = [(0.09 + 0.1 * s) / 0.19, (0.000999 + 0.001 * s * s) / 0.001999];
    const { logAlpha } = follow({ loss: "alpha", initialAlpha: 0.5, learningRate: 0.1 }, [2, -2]);
    expect(logAlpha).toBeCloseTo(start - (0.1 * m) / (Math.sqrt(v) + 1e-8), 7);
  });

  it("reports the loss before it, the gap and the target", () => {
    for (const [loss, expected] of [
      ["log-alpha", Math.log(0.5) * 1.5],
      ["alpha", 0.5 * 1.5],
    ] as const) {
      const settings = temperatureSettings({ loss, initialAlpha: 0.5, targetEntropy: -2 }, 2);
      const step = update(settings, init(settings), -0.5);
      expect(step.loss).toBeCloseTo(expected, 12);
      expect([step.gap, step.targetEntropy]).toEqual([1.5, -2]);
      expect(step.alpha).toBe(alphaOf(settings, step.state));
    }
  });

  it.each([Number.NaN, Infinity])("refuses an entropy of %s", (entropy) => {
    const settings = temperatureSettings({}, 1);
    expect(() => update(settings, init(settings), entropy, 7)).toThrow(
      `Expected a finite entropy and target entropy, got ${entropy} and -1 at step 7`,
    );
  });
});

describe("the speed of α under a steady gap", () => {
  const updatesTo = (end: number, options: TemperatureOptions) => {
    const settings = temperatureSettings(options, 1);
    let state = init(settings);
    let updates = 0;
    while (state.logAlpha > Math.log(end)) {
      state = update(settings, state, 0).state;
      updates += 1;
    }
    return updates;
  };

  it.each([
    ["log-alpha", 1e-4, 46_052],
    ["log-alpha", 3e-4, 15_351],
    ["log-alpha", 3e-5, 153_506],
  ] as const)("%s at %s takes ln 100 / lr = %s updates from 1 to 0.01", (loss, learningRate, expected) => {
    expect(Math.abs(updatesTo(0.01, { loss, learningRate }) - expected)).toBeLessThan(5);
  });

  it("is slower on α: 50,700 updates at 1e-4, 20,000 at 3e-4", () => {
    expect(updatesTo(0.01, { loss: "alpha", learningRate: 1e-4 }) / 50_700).toBeCloseTo(1, 2);
    expect(updatesTo(0.01, { loss: "alpha", learningRate: 3e-4 }) / 20_000).toBeCloseTo(1, 1);
  });

  it("leaves α at 0.37 or above after ten episodes of 1,000 steps at 1e-4", () => {
    for (const loss of ["log-alpha", "alpha"] as const) {
      const { logAlpha } = follow({ loss, learningRate: 1e-4 }, new Array(10_000).fill(3));
      expect(Math.exp(logAlpha)).toBeGreaterThan(0.3678);
    }
  });
});

describe("bounds", () => {
  it("hold after every step, whatever the gaps", () => {
    const gaps = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.constantFrom("log-alpha" as const, "alpha" as const), (all, loss) => {
        const settings = temperatureSettings({ loss, learningRate: 0.3, min: 0.5, max: 2 }, 1);
        let state = init(settings);
        for (const gap of all) {
          state = update(settings, state, gap - 1).state;
          expect(state.logAlpha).toBeGreaterThanOrEqual(Math.log(0.5));
          expect(state.logAlpha).toBeLessThanOrEqual(Math.log(2));
        }
      }),
    );
  });

  it.each([
    ["lower", 5, -5],
    ["lower", 5, -0.1],
    ["lower", 0.1, -5],
    ["upper", -5, 5],
    ["upper", -5, 0.1],
  ] as const)(
    "at the %s one, held by a gap of %d for 10,000 updates, α leaves once it is %d",
    (side, gap, turned) => {
      for (const loss of ["log-alpha", "alpha"] as const) {
        const settings = temperatureSettings({ loss, min: 0.9, max: 1.1 }, 1);
        const bound = side === "lower" ? settings.minLogAlpha : settings.maxLogAlpha;
        let state = init(settings);
        for (let i = 0; i < 10_000; i++) state = update(settings, state, gap - 1).state;
        expect(state.logAlpha).toBe(bound);
        for (let i = 0; i < 20; i++) state = update(settings, state, turned - 1).state;
        expect(Math.sign(state.logAlpha - bound)).toBe(side === "lower" ? 1 : -1);
      }
    },
  );
});

describe("a fixed α", () => {
  it.each([0, 0.2, 3])("of %s stays exactly that", (alpha) => {
    const settings = temperatureSettings({ alpha }, 2);
    const before = init(settings);
    expect(alphaOf(settings, before)).toBe(alpha);
    const step = update(settings, before, 5);
    expect(step).toEqual({ state: before, alpha, loss: 0, targetEntropy: -2, gap: 7 });
  });
});

describe("the target", () => {
  it("is minus the action dimensions by default", () => {
    expect(temperatureSettings({}, 6).targetEntropy).toBe(-6);
    expect(temperatureSettings({ targetEntropy: -2.5 }, 4).targetEntropy).toBe(-2.5);
    expect(temperatureSettings({ targetEntropyPerDimension: -0.5 }, 6).targetEntropy).toBe(-3);
    expect(temperatureSettings({ targetEntropyPerDimension: -0.5, targetEntropy: -1 }, 6).targetEntropy).toBe(
      -1,
    );
    expect(temperatureSettings({ targetEntropyPerDimension: -0.5 }, [4]).targetEntropy).toBeCloseTo(
      0.5 * Math.log(4),
      12,
    );
  });

  it("moves by the learning rate of its step: with gaps of one sign, Adam's ratio is 1 and log α goes by the rates' sum", () => {
    const learningRate = { shape: "linear", start: 0.01, end: 0, steps: 4 } as const;
    const settings = temperatureSettings({ learningRate }, 1);
    let state = init(settings);
    const moves = [0, 1, 2, 3, 4, 9].map((step) => {
      const before = state.logAlpha;
      state = update(settings, state, 1, step).state;
      return before - state.logAlpha;
    });
    [0.01, 0.0075, 0.005, 0.0025, 0, 0].forEach((rate, i) => {
      expect(moves[i]).toBeCloseTo(rate, 9);
    });
  });

  it("moves on a line or a cosine, then stays", () => {
    const linear = { shape: "linear", start: 0, end: -4, steps: 100 } as const;
    const cosine = { ...linear, shape: "cosine" } as const;
    expect([0, 25, 50, 100, 500].map((step) => targetEntropyAt(linear, step))).toEqual([0, -1, -2, -4, -4]);
    // (1 − cos(π/4)) / 2 = 0.14644660940672624
    const eighths = [0, 25, 50, 100, 500].map((step) => targetEntropyAt(cosine, step));
    [0, -0.585786437626905, -2, -4, -4].forEach((value, i) => {
      expect(eighths[i]).toBeCloseTo(value, 12);
    });
  });

  it("is any function of the step, and the step says which", () => {
    const settings = temperatureSettings({ targetEntropy: (step) => -step }, 2);
    expect(update(settings, init(settings), 1, 3)).toMatchObject({ targetEntropy: -3, gap: 4 });
    const later = temperatureSettings({ targetEntropy: (step) => (step < 5 ? -1 : Number.NaN) }, 2);
    expect(() => update(later, init(later), 0, 5)).toThrow("got 0 and NaN at step 5");
  });
});

describe("refused, with what would work", () => {
  const refusals: [string, TemperatureOptions, ChosenFrom, string][] = [
    [
      "a target with the sign missing",
      { targetEntropy: 4 },
      4,
      "got 4: α would grow without end; try -4 (the sign is missing)",
    ],
    [
      "a target nobody reaches",
      { targetEntropy: 0.7 },
      1,
      "below 0.684 nats, the most that a tanh-Gaussian reaches in 1 unit action dimension, got 0.7",
    ],
    [
      "a target exactly at the maximum",
      { targetEntropy: 2 * MAX_ENTROPY_PER_DIMENSION },
      2,
      "in 2 unit action dimensions",
    ],
    [
      "a schedule that begins there",
      { targetEntropy: { shape: "linear", start: 3, end: -1, steps: 9 } },
      2,
      "got 3",
    ],
    [
      "a schedule that ends there",
      { targetEntropy: { shape: "cosine", start: -1, end: 3, steps: 9 } },
      2,
      "got 3",
    ],
    ["a function that begins there", { targetEntropy: () => 9 }, 2, "got 9"],
    [
      "a target that is NaN",
      { targetEntropy: Number.NaN },
      3,
      "Expected a finite target entropy, got NaN; try -3",
    ],
    [
      "a schedule over no steps",
      { targetEntropy: { shape: "linear", start: 0, end: -1, steps: 0 } },
      2,
      "at least 1 step, got 0",
    ],
    [
      "a schedule of an unknown shape",
      { targetEntropy: { shape: "step" as "linear", start: 0, end: -1, steps: 5 } },
      2,
      '"linear" or "cosine", got "step"',
    ],
    [
      "a learning rate of 0",
      { learningRate: 0 },
      1,
      "a finite number above 0, or a schedule of such, got 0; try 3e-4",
    ],
    ["a negative learning rate", { learningRate: -1e-4 }, 1, "got -0.0001"],
    ["a learning rate of NaN", { learningRate: Number.NaN }, 1, "got NaN"],
    [
      "a learning rate that falls below 0",
      { learningRate: { shape: "linear", start: 1e-3, end: -1e-3, steps: 5 } },
      1,
      'got {"shape":"linear","start":0.001,"end":-0.001,"steps":5}',
    ],
    ["no number of nats a dimension", { targetEntropyPerDimension: Number.NaN }, 1, "got NaN; try -1"],
    [
      "min above max",
      { min: 2, max: 0.5 },
      1,
      "0 ≤ min ≤ max, got min 2 and max 0.5; swap them: min 0.5 and max 2",
    ],
    ["a negative min", { min: -1 }, 1, "got min -1 and max Infinity; leave a bound out to have none"],
    ["a max of 0", { max: 0 }, 1, "got min 0 and max 0"],
    ["an initial α of 0", { initialAlpha: 0 }, 1, "initialAlpha to be a finite number above 0, got 0; try 1"],
    ["an initial α out of bounds", { initialAlpha: 3, max: 2 }, 1, "within the bounds [0, 2], got 3; try 2"],
    [
      "a negative fixed α",
      { alpha: -0.1 },
      1,
      'Expected alpha to be "auto" or a finite number from 0 up, got -0.1',
    ],
    ["a share of log n for continuous actions", { targetEntropyShare: 0.5 }, 2, "for example -2"],
    [
      "a negative target for discrete actions",
      { targetEntropy: -4 },
      [4],
      "between 0 and 1.386 nats, the entropy of a uniform choice from 4 discrete actions, got -4: their entropy is never below 0",
    ],
    ["log n of discrete actions", { targetEntropy: 2 }, [3, 2], "α would grow without end; try 0.896"],
    ["a share above 1", { targetEntropyShare: 1 }, [4], "above 0 and below 1, got 1; try 0.5"],
    [
      "a share beside a target",
      { targetEntropyShare: 0.5, targetEntropy: 1 },
      [4],
      "a targetEntropyShare or a targetEntropy, got both (0.5 and 1)",
    ],
    ["a choice of one", {}, [1], "Expected something to choose from, got 1 discrete actions"],
    ["an unknown loss", { loss: "both" as "alpha" }, 1, '"log-alpha" or "alpha", got "both"'],
  ];
  it.each(refusals)("%s", (_, options, actionSize, message) => {
    expect(() => temperatureSettings(options, actionSize)).toThrow(TemperatureError);
    expect(() => temperatureSettings(options, actionSize)).toThrow(message);
    expect(() => temperatureSettings(options, actionSize)).toThrow(
      expect.objectContaining({ code: "TEMPERATURE" }),
    );
  });

  it("but not shares and targets of discrete actions within (0, log n)", () => {
    expect(temperatureSettings({}, [4]).targetEntropy).toBeCloseTo(0.5 * Math.log(4), 12);
    expect(temperatureSettings({ targetEntropyShare: 0.98 }, [5]).targetEntropy).toBeCloseTo(
      0.98 * Math.log(5),
      12,
    );
    expect(temperatureSettings({ targetEntropy: 0.1 }, [2, 2]).targetEntropy).toBe(0.1);
    expect(maxEntropy([3, 2])).toBeCloseTo(Math.log(6), 12);
    expect(maxEntropy(2)).toBe(2 * MAX_ENTROPY_PER_DIMENSION);
  });

  it("but not a target just below the maximum", () => {
    expect(temperatureSettings({ targetEntropy: 0.68 }, 1).targetEntropy).toBe(0.68);
  });
});
