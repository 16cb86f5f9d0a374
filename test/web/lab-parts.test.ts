// The lab's pieces that need no browser: addresses, words, the live temperature, the curves, the record.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  init,
  type TemperatureState,
  temperatureSettings,
  update as updateTemperature,
} from "../../src/sac/temperature.ts";
import { explain } from "../../web/lab/explain.ts";
import { type Effects, effectsOf, faultIds } from "../../web/lab/faults.ts";
import { isSettingsName } from "../../web/lab/settings-files.ts";
import {
  defaultSetup,
  limits,
  readNumber,
  type Setup,
  setupFromHash,
  setupToHash,
} from "../../web/lab/setup.ts";
import { type TourView, tourProgress } from "../../web/lab/tour.ts";
import { boltzmannDensity, GRID, gridAction, tanhGaussianDensity } from "../../web/lab/worker/densities.ts";
import { LiveTemperature } from "../../web/lab/worker/live-temperature.ts";
import { type RecordedUpdate, RunRecord, recorded } from "../../web/lab/worker/record.ts";

describe("a setup in an address", () => {
  it("is empty for the defaults", () => {
    expect(setupToHash(defaultSetup)).toBe("");
    expect(setupFromHash("")).toEqual(defaultSetup);
  });

  it("comes back as it was", () => {
    const within = ({ low, high }: { low: number; high: number }) =>
      fc.double({ min: low, max: high, noNaN: true }).map((x) => (x === 0 ? 0 : x));
    const setups = fc.record({
      task: fc.constantFrom("pendulum" as const, "pointmass" as const, "mountaincar" as const),
      seed: fc.nat(),
      targetEntropy: fc.option(within(limits.targetEntropy), { nil: undefined }),
      alphaLearningRate: within(limits.alphaLearningRate),
      initialAlpha: within(limits.initialAlpha),
      alphaMin: fc.option(within({ low: 1e-12, high: 1 }), { nil: undefined }),
      alphaMax: fc.option(within({ low: 1, high: 1e6 }), { nil: undefined }),
      loss: fc.constantFrom("alpha" as const, "log-alpha" as const),
      faults: fc.subarray(faultIds),
    });
    fc.assert(
      fc.property(setups, (setup) => {
        expect(setupFromHash(`#${setupToHash(setup)}`)).toEqual(setup);
      }),
    );
  });

  it("falls back to the defaults where somebody wrote nonsense", () => {
    const hash = "#task=constructor&seed=1.5&lr=-1&alpha=NaN&min=2&max=1&loss=x&faults=sign.__proto__";
    expect(setupFromHash(hash)).toEqual({ ...defaultSetup, faults: ["sign"] });
    expect(readNumber("targetEntropy", "−2.5")).toBe(-2.5);
    expect(readNumber("alphaMin", " ")).toBeUndefined();
  });
});

/** What is told of the updates with `entropies`, from the start. */
function toldOf(setup: Setup, effects: Effects, ...entropies: number[]) {
  const temperature = new LiveTemperature(setup, effects);
  return entropies.map((entropy) => {
    temperature.update(entropy);
    return temperature.told!;
  });
}

describe("the live temperature", () => {
  const sound = effectsOf([], 1);
  const settings = temperatureSettings({ learningRate: 1e-3 }, 1);
  const start = init(settings);
  const entropies = [0.6, 0.4, -0.2, -1.7, -2, -1.4];

  function run(setup: Setup, ids: Parameters<typeof effectsOf>[0]): TemperatureState {
    const effects = effectsOf(ids, 1);
    const temperature = new LiveTemperature(setup, effects);
    for (const h of entropies) temperature.update(h);
    return temperature.state();
  }

  it("is the library's own where nothing is broken", () => {
    const library = entropies.reduce((state, h) => updateTemperature(settings, state, h).state, start);
    expect(run(defaultSetup, [])).toEqual(library);
  });

  it("tells the first step in numbers: Adam's first direction is the sign of the gap", () => {
    const told = toldOf(defaultSetup, sound, 0.5)[0]!;
    expect(told).toMatchObject({ logProb: -0.5, targetEntropy: -1, gap: 1.5, gradient: 1.5, held: false });
    expect(told.direction).toBeCloseTo(1, 6);
    expect(told.newLogAlpha).toBeCloseTo(-1e-3, 9);
  });

  it("goes the other way by as much under a flipped sign, while the gap is told as it is", () => {
    const told = toldOf(defaultSetup, effectsOf(["sign"], 1), 0.5)[0]!;
    expect(told.gap).toBe(1.5);
    expect(told.gradient).toBe(-1.5);
    expect(told.newLogAlpha).toBeCloseTo(1e-3, 9);
    expect(run(defaultSetup, ["sign"]).logAlpha).toBeCloseTo(-run(defaultSetup, []).logAlpha, 12);
  });

  it("holds a bound, except where the clamp comes before the step", () => {
    const setup = { ...defaultSetup, alphaMin: 1, alphaLearningRate: 0.1 };
    expect(toldOf(setup, sound, 0.5)[0]).toMatchObject({ newLogAlpha: 0, held: true });
    const late = effectsOf(["clamp-before-step"], 1);
    const [beyond, again] = toldOf(setup, late, 0.5, 0.5);
    expect(beyond!.newLogAlpha).toBeCloseTo(-0.1, 6);
    // From beyond the bound, the next step starts at the bound again.
    expect(again!.newLogAlpha).toBeCloseTo(-0.1, 3);
  });

  it("stands still with a stale optimiser", () => {
    expect(run(defaultSetup, ["stale-optimiser"])).toEqual(start);
  });

  it("sees entropy in environment units with a tiny action range: log 0.05 is −2.9957 a dimension", () => {
    const told = toldOf(defaultSetup, effectsOf(["tiny-action-range"], 1), 0.5)[0]!;
    expect(told.gap).toBeCloseTo(1.5 - 2.995732, 5);
  });
});

describe("the words for a step", () => {
  const sound = effectsOf([], 1);
  const step = (ids: Parameters<typeof effectsOf>[0], entropy: number) => {
    const effects = effectsOf(ids, 1);
    return explain(toldOf(defaultSetup, effects, entropy)[0]!, effects);
  };

  it("say which way α should go", () => {
    expect(step([], 0.5).wanted).toContain(
      "more random than asked for, so randomness should get cheaper: α ↓",
    );
    expect(step([], -1.5).wanted).toContain(
      "less random than asked for, so randomness should get dearer: α ↑",
    );
    expect(step([], 0.5).instead).toBeUndefined();
  });

  it("say what happens instead", () => {
    expect(step(["sign"], 0.5)).toMatchObject({ wrong: true, instead: expect.stringContaining("α goes up") });
    expect(step(["stale-optimiser"], 0.5).instead).toContain("does not move");
  });

  it("tell momentum from a fault", () => {
    const [, turned] = toldOf(defaultSetup, sound, 0.5, -1.01);
    expect(explain(turned!, sound)).toMatchObject({
      wrong: false,
      instead: expect.stringContaining("momentum"),
    });
  });
});

describe("the curves over an action", () => {
  const area = (density: Float32Array) => density.reduce((a, b) => a + b, 0) * (2 / GRID);

  it("integrate to 1", () => {
    expect(area(tanhGaussianDensity(0.3, 0.4))).toBeCloseTo(1, 3);
    const q = Float32Array.from({ length: GRID }, (_, i) => -5 * gridAction(i) ** 2);
    expect(area(boltzmannDensity(q, 0.1))).toBeCloseTo(1, 5);
  });

  it("of exp(Q/α) are flat at a high temperature, and e^{ΔQ/α} apart at any", () => {
    const q = Float32Array.from({ length: GRID }, (_, i) => gridAction(i));
    const hot = boltzmannDensity(q, 1e6);
    for (const value of hot) expect(value).toBeCloseTo(0.5, 5);
    const warm = boltzmannDensity(q, 0.5);
    expect(warm.at(-1)! / warm[0]!).toBeCloseTo(Math.exp((q.at(-1)! - q[0]!) / 0.5), 2);
  });
});

describe("the record of a run", () => {
  const update = (step: number): RecordedUpdate => ({
    ...(Object.fromEntries(recorded.map((name) => [name, step])) as RecordedUpdate),
    entropy: step % 2,
  });

  it("averages what varies and keeps the latest of what grows", () => {
    const record = new RunRecord();
    for (let step = 1; step <= 40; step++) record.add(update(step));
    expect(Array.from(record.column("step"))).toEqual([20, 40]);
    expect(Array.from(record.column("entropy"))).toEqual([0.5, 0.5]);
    expect(Array.from(record.column("q"))).toEqual([10.5, 30.5]);
    expect(record.series(20).length).toBe(1);
  });

  it("stays bounded however long the run, and loses no time from its axis", () => {
    const record = new RunRecord();
    for (let step = 1; step <= 100_000; step++) record.add(update(step));
    expect(record.length).toBeLessThan(800);
    expect(record.length).toBeGreaterThan(390);
    const steps = record.column("step");
    expect(steps.every((step, i) => i === 0 || step > steps[i - 1]!)).toBe(true);
    expect(steps.at(-1)).toBeGreaterThan(99_000);
  });
});

it("files of settings are told from logs by name", () => {
  expect(["run/config.yaml", "args.json", "HalfCheetah/.hydra/overrides.yml"].every(isSettingsName)).toBe(
    true,
  );
  expect(["metrics.jsonl", "progress.csv", "my-config.json.txt"].some(isSettingsName)).toBe(false);
});

describe("the tour", () => {
  const rows = (step: number, entropy: number, target = -1, events: TourView["history"]["events"] = []) => ({
    step: Float64Array.from({ length: 6 }, (_, i) => step + i),
    alpha: new Float64Array(6).fill(1),
    entropy: new Float64Array(6).fill(entropy),
    targetEntropy: new Float64Array(6).fill(target),
    episodeStep: new Float64Array(0),
    episodeReturn: new Float64Array(0),
    events,
  });
  const view = (history: TourView["history"], setup: Partial<Setup> = {}, finding?: TourView["finding"]) => ({
    setup: { ...defaultSetup, ...setup },
    history,
    finding,
  });
  const mended = [
    { step: 100, text: "Flipped sign", faulty: true },
    { step: 200, text: "Flipped sign mended", faulty: false },
  ];

  it("goes on when the run shows what a step is about, and not before", () => {
    expect(tourProgress(0, view(rows(50, 0.6)))).toBe(0);
    expect(tourProgress(0, view(rows(50, -0.9)))).toBe(1);
    expect(tourProgress(1, view(rows(150, -0.9), { faults: ["sign"] }))).toBe(1);
    expect(tourProgress(1, view(rows(150, 0.6), { faults: ["sign"] }, "sign-inverted"))).toBe(2);
    expect(tourProgress(2, view(rows(150, -1, -1, mended)))).toBe(2);
    expect(tourProgress(2, view(rows(250, 0.5, -1, mended)))).toBe(2);
    expect(tourProgress(2, view(rows(250, -1.1, -1, mended)))).toBe(3);
    // Rows still of the old target, then of the new one.
    expect(tourProgress(3, view(rows(300, -1), { targetEntropy: -2 }))).toBe(3);
    expect(tourProgress(3, view(rows(300, -1.9, -2), { targetEntropy: -2 }))).toBe(4);
    expect(tourProgress(4, view(rows(300, 0)))).toBe(4);
  });
});
