import { describe, expect, it } from "vitest";
import { simulate } from "../../../test/faults/simulate.ts";
import { evidenceOf } from "../evidence.ts";
import { median, quantile, rowNoise } from "../statistics/quantiles.ts";
import { runningMedian, stretches } from "../statistics/stretch.ts";
import { theilSen } from "../statistics/theil-sen.ts";
import { alphaSpeed } from "./alpha-speed.ts";
import { impliedActionDim } from "./effective-target.ts";
import { firstGap, gapFromLoss } from "./gap.ts";
import { identityFits } from "./identity.ts";
import { lastLeg } from "./leg.ts";
import { lossForm } from "./loss-form.ts";
import { plateaus } from "./plateaus.ts";
import { resets } from "./resets.ts";
import { updateAxis } from "./update-axis.ts";
import { swings } from "./zigzag.ts";

const NaN_ = Number.NaN;

describe("robust statistics", () => {
  it("take medians of what is there", () => {
    expect(median([3, NaN_, 1, 2])).toBe(2);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("fit a line that a wild point does not move", () => {
    const line = theilSen([0, 1, 2, 3, 4, 5], [1, 3, 5, 7, 900, 11])!;
    expect(line.slope).toBeCloseTo(2, 10);
    expect(line.intercept).toBeCloseTo(1, 10);
    expect(theilSen([1, 1, 1], [1, 2, 3])).toBeUndefined();
  });

  it("see no noise in a straight line", () => {
    expect(rowNoise([1, 2, 3, 4, 5])).toBe(0);
  });

  it("smooth with a median that skips missing rows, and find stretches", () => {
    expect([...runningMedian([1, 100, 3, NaN_, 5], 3)]).toEqual([50.5, 3, 51.5, 4, 5]);
    expect(stretches(6, (i) => [1, 2, 4].includes(i), 2)).toEqual([{ from: 1, to: 2 }]);
  });
});

describe("loss form", () => {
  // α falls from 0.97 while g = 1.65: log α·g is negative, α·g positive.
  const alpha = [0.97, 0.91, 0.86, 0.81, 0.77];
  const logAlpha = alpha.map(Math.log);

  it("follows from the way α moves", () => {
    const log = lossForm({ alpha, logAlpha, loss: logAlpha.map((x) => 1.65 * x) });
    expect(log).toMatchObject({ form: "log-alpha", agreement: 1 });
    expect(lossForm({ alpha, logAlpha, loss: alpha.map((x) => 1.65 * x) })?.form).toBe("alpha");
  });

  it("follows from the logged entropy even with the sign inverted", () => {
    const entropy = [0.6, 0.4, 0.5, 0.3, 0.45];
    const loss = alpha.map((a, i) => -a * (entropy[i]! + 1));
    expect(lossForm({ alpha, logAlpha, loss, entropy })?.form).toBe("alpha");
  });

  it("leaves the expected form where α runs against it and not against the other", () => {
    const loss = alpha.map((x) => 1.65 * x);
    expect(lossForm({ alpha, logAlpha, loss, declared: "log-alpha" })?.form).toBe("alpha");
  });
});

describe("gap", () => {
  it("is loss / log α in the log-α form, from Stable-Baselines3's first rows", () => {
    const alpha = Float64Array.of(0.9709577560424805, 0.9145305156707764, 0.8617026209831238);
    const loss = [-0.04871448874473572, -0.14695501327514648, -0.24888968467712402];
    const gap = gapFromLoss("log-alpha", loss, alpha, alpha.map(Math.log))!;
    // −0.048714 / ln 0.970958 = 1.6529…
    expect(gap.values[0]).toBeCloseTo(1.653, 3);
    expect(firstGap(gap, [99, 299, 499])?.value).toBeCloseTo(1.653, 3);
  });

  it("is undefined where α is 1", () => {
    expect(
      gapFromLoss("log-alpha", [0, -0.3312345], [1, 0.8123456], [0, Math.log(0.8123456)])?.values[0],
    ).toBeNaN();
  });
});

describe("identity test", () => {
  const entropy = Float64Array.from({ length: 60 }, (_, i) => 0.5 - 0.02 * i + 0.1 * ((i * 7) % 5));

  it("gives the target in use", () => {
    const [fit, ...rest] = identityFits(
      entropy.map((h) => h + 2.5),
      entropy,
    );
    expect(rest).toEqual([]);
    expect(fit).toMatchObject({ sign: 1, from: 0, to: 59 });
    expect(fit?.target.value).toBeCloseTo(-2.5, 10);
  });

  it("finds a sign that turns in mid-run", () => {
    const fits = identityFits(
      entropy.map((h, i) => (i < 36 ? 1 : -1) * (h + 1)),
      entropy,
    );
    expect(fits.map(({ sign, from }) => [sign, from])).toEqual([
      [1, 0],
      [-1, 36],
    ]);
  });
});

describe("effective learning rate", () => {
  it.each([
    ["log-alpha", 3e-4, 100],
    ["log-alpha", 1e-3, 400],
    ["alpha", 3e-4, 100],
    ["alpha", 1e-3, 20],
  ] as const)(
    "comes out of a replay in the %s form at %d, a row every %d updates",
    (lossForm, learningRate, every) => {
      const style = lossForm === "alpha" ? "cleanrl" : "sb3";
      const { replayed } = evidenceOf(simulate({ learningRate, every, style, settledAlpha: 0.01 }));
      expect(replayed!.value / learningRate).toBeGreaterThan(0.95);
      expect(replayed!.value / learningRate).toBeLessThan(1.05);
      expect(replayed!.low).toBeLessThan(learningRate);
      expect(replayed!.high).toBeGreaterThan(learningRate);
    },
  );

  it("comes from α alone where nothing else is logged", () => {
    const updates = Float64Array.from({ length: 50 }, (_, i) => 100 * i);
    const speed = alphaSpeed(
      updates,
      updates.map((u) => -3e-4 * u),
      "log-alpha",
    )!;
    expect(speed.slope).toBeCloseTo(-3e-4, 12);
    expect(speed.learningRate.value).toBeCloseTo(3e-4, 12);
    expect(speed.updates).toBe(2000);
  });
});

describe("α's course", () => {
  it("has a last leg that ripples do not end", () => {
    const logAlpha = [0, -1, -2, -1.95, -3, -4];
    expect(lastLeg([0, 1, 2, 3, 4, 5], logAlpha)).toMatchObject({ direction: "falling", from: 0, efolds: 4 });
    expect(lastLeg([0, 1, 2, 3], [0, -1, 0, 1])).toMatchObject({ direction: "rising", from: 1, efolds: 2 });
  });

  it("has swings between its turning points", () => {
    const sizes = swings([0, 2, 0.1, 2, 0, 0.2], 1).map(({ size }) => Number(size.toFixed(1)));
    expect(sizes).toEqual([2, -1.9, 1.9, -2]);
  });

  it("has a reset where it jumps back to its start", () => {
    const logAlpha = Float64Array.from({ length: 40 }, (_, i) => -0.03 * (i < 20 ? i + 1 : i - 19));
    const input = {
      updates: logAlpha.map((_, i) => 100 * (i + 1)),
      logAlpha,
      initialAlpha: undefined,
      breaks: new Set<number>(),
      fromStart: true,
    };
    const [reset, ...rest] = resets({ ...input, reach: (updates) => 3e-4 * updates });
    expect(rest).toEqual([]);
    expect(reset).toMatchObject({ row: 20, initial: 0 });
    expect(resets({ ...input, reach: (updates) => 0.1 * updates })).toEqual([]);
  });

  it("has plateaus, with what they rest on", () => {
    const updates = Array.from({ length: 60 }, (_, i) => 100 * i);
    const until = (floor: number) => updates.map((u) => Math.max(floor, Math.fround(Math.exp(-3e-4 * u))));
    expect(plateaus(until(0.5), updates, 3e-4, {})).toMatchObject([{ alpha: 0.5, bound: "round" }]);
    expect(plateaus(until(Math.exp(-1)), updates, 3e-4, {})).toMatchObject([{ bound: "round-log" }]);
    expect(plateaus(until(0.4567891), updates, 3e-4, {})[0]?.bound).toBeUndefined();
    expect(plateaus(until(0.4567891), updates, 3e-4, { alphaMin: 0.4567891 })).toMatchObject([
      { bound: "declared" },
    ]);
  });

  it("is not at rest where the log merely prints few digits", () => {
    const updates = Array.from({ length: 60 }, (_, i) => 10 * i);
    const printed = updates.map((u) => Number((0.2 * Math.exp(-1e-5 * u)).toFixed(2)));
    expect(plateaus([0.4, 0.3, ...printed], [...updates, 600, 610], 1e-5, {})).toEqual([]);
  });
});

describe("update axis", () => {
  it("goes on where a resumed run counts anew", () => {
    const step = Float64Array.of(100, 200, 300, 100, 200);
    const axes = { step, updates: step, episodeLength: undefined };
    const { updates, source } = updateAxis(axes, 5, {}, "steps");
    // Of an actor that moves with every second update of the critics.
    expect(updateAxis(axes, 5, { policyDelay: 2 }, "steps").updates).toEqual(
      updates.map((count) => count / 2),
    );
    expect([...updates]).toEqual([100, 200, 300, 400, 500]);
    expect(source).toBe("logged");
  });

  it("of a program that steps many environments at once counts no updates until somebody says", () => {
    const axes = { step: Float64Array.of(1e5, 2e5, 3e5), updates: undefined, episodeLength: undefined };
    expect(updateAxis(axes, 3, {}, "nothing").source).toBe("unknown");
    const said = updateAxis(axes, 3, { updatesPerStep: 1 / 16 }, "nothing");
    expect([said.source, said.updates[2]! - said.updates[0]!]).toEqual(["declared", 12_500]);
  });

  it("turns episodes into updates where their length is said", () => {
    const step = Float64Array.of(1, 2, 3);
    const axis = updateAxis(
      { step, updates: undefined, episodeLength: undefined },
      3,
      { stepsPerEpisode: 1000, updatesPerStep: 2 },
      "anything",
    );
    expect([...axis.updates]).toEqual([2000, 4000, 6000]);
  });
});

it("infers action dimensions from 1.65 nats a dimension", () => {
  const gap = (value: number) => ({ value, low: value, high: value, assumption: "" });
  expect(impliedActionDim(gap(1.65), undefined)).toBe(1);
  expect(impliedActionDim(gap(9.95), undefined)).toBe(6);
  expect(impliedActionDim(gap(4.2), undefined)).toBeUndefined();
  expect(impliedActionDim(gap(10.65), 0.66)).toBe(1);
});

describe("optimised parameter", () => {
  const fitOf = (raw: boolean) => {
    const { raw: fit } = evidenceOf(simulate({ raw, updates: 4000, learningRate: 3e-4, style: "entropy" }));
    return fit;
  };

  it("is α itself where its path is Adam's on the gap and log α's is not", () => {
    const fit = fitOf(true)!;
    expect(fit.raw).toBeLessThan(0.02);
    expect(fit.log).toBeGreaterThan(5 * fit.raw);
    expect(fit.learningRate).toBeCloseTo(3e-4, 5);
  });

  it("is not looked for where log α explains its path", () => {
    expect(fitOf(false)).toBeUndefined();
  });
});

describe("printed precision", () => {
  it("makes a gap of a few digits none, and leaves what is printed in full", () => {
    const gap = gapFromLoss(
      "alpha",
      [4.2, 0.42, 0.04, 0.0],
      [1, 0.1, 0.01, 0.0],
      [0, -2.3, -4.6, Number.NaN],
    )!;
    expect([...gap.values].map((g) => Math.round(100 * g) / 100)).toEqual([4.2, 4.2, NaN_, NaN_]);
  });
});
