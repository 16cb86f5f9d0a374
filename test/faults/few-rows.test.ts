// What stands in logs of few rows, rounded prints and unusual but sound settings: kinds that an examiner's own runs
// showed, each reduced to numbers. Rates, sizes and rhythms are those runs'.

import { describe, expect, it } from "vitest";
import { type Diagnosis, diagnose } from "../../src/doctor/index.ts";
import { quietSentence } from "../../src/doctor/report/summary.ts";
import type { DeclaredSettings, Quantity, Series } from "../../src/runs/series.ts";
import { type Simulation, simulate } from "./simulate.ts";

const loud = ({ findings }: Diagnosis) =>
  findings.filter(({ severity }) => severity !== "info").map(({ id }) => id);
const ids = ({ findings }: Diagnosis) => findings.map(({ id }) => id);

/** The series without some of its columns, and with others changed number by number. */
function edited(
  series: Series,
  drop: readonly Quantity[],
  change: Partial<Record<Quantity, (value: number, row: number) => number>> = {},
): Series {
  const columns = Object.fromEntries(
    Object.entries(series.columns)
      .filter(([name]) => !drop.includes(name as Quantity))
      .map(([name, values]) => [
        name,
        change[name as Quantity] ? values.map(change[name as Quantity]!) : values,
      ]),
  );
  return { ...series, columns };
}

const run = (simulation: Simulation, declared: DeclaredSettings = {}) =>
  diagnose(simulate(simulation), declared);
const threeDigits = (value: number) => Number(value.toPrecision(3));

describe("prints of three digits", () => {
  it.each([1e-6, 1e-7])("make no slow α fast (learning rate %s)", (learningRate) => {
    const series = edited(simulate({ style: "sb3", learningRate, updates: 6400 }), [], {
      alpha: threeDigits,
      alphaLoss: threeDigits,
    });
    expect(ids(diagnose(series, { alphaLearningRate: learningRate }))).not.toContain(
      "alpha-faster-than-declared",
    );
  });

  it("leave a learning rate that is what was declared", () => {
    const series = edited(simulate({ style: "sb3", learningRate: 1e-3 }), [], {
      alpha: threeDigits,
      alphaLoss: threeDigits,
    });
    const { evidence } = diagnose(series, { alphaLearningRate: 1e-3 });
    expect(evidence.replayed!.low).toBeLessThan(1e-3);
    expect(evidence.replayed!.high).toBeGreaterThan(1e-3);
  });
});

describe("a dozen rows", () => {
  it("show that α stands where it should move", () => {
    const frozen = { learningRate: 1e-3, freezeAt: 0.45, updates: 4000, every: 200, actionDim: 4 };
    expect(ids(run(frozen))[0]).toBe("alpha-frozen");
    expect(ids(run({ ...frozen, style: "sb3", every: 400 }))[0]).toBe("alpha-frozen");
  });

  it("show a bound that α has met", () => {
    const bound = { style: "sb3", learningRate: 1e-3, alphaMin: 0.5, updates: 6400, every: 400 } as const;
    expect(ids(run(bound))[0]).toBe("alpha-at-bound");
  });

  it("show a reset, where the learning rate is known", () => {
    const reset = { style: "sb3", learningRate: 1e-3, resetAt: 0.6, updates: 6400, every: 400 } as const;
    expect(ids(run(reset, { alphaLearningRate: 1e-3 }))[0]).toBe("alpha-reset");
  });

  it("show a sign that turned, where entropy and loss are logged", () => {
    const turned = { learningRate: 1e-3, sign: -1, signFrom: 0.5, updates: 4000, every: 200 } as const;
    expect(ids(run({ ...turned, actionDim: 4 }))[0]).toBe("sign-inverted");
  });
});

describe("a sign that turns in mid-run", () => {
  const turned = { learningRate: 1e-3, sign: -1, signFrom: 0.45, updates: 6000, actionDim: 3 } as const;

  it("is told from the gap's mirror image without entropy", () => {
    const series = simulate({ ...turned, signFrom: 0.15, style: "sb3" });
    const found = diagnose(edited(series, []), { targetEntropy: -3 });
    expect(ids(found)[0]).toBe("sign-inverted");
  });

  it("is told from entropy and target without a loss", () => {
    // Past its target the entropy goes on falling with α, which should rise.
    const series = edited(simulate({ ...turned, signFrom: 0.7, updates: 12_000 }), ["alphaLoss"]);
    expect(ids(diagnose(series))[0]).toBe("sign-inverted");
  });

  it("is nothing that a gap does that closes between two rows", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const healthy = { style: "sb3", learningRate: 3e-3, every: 500, settledAlpha: 0.3, seed } as const;
      expect(loud(run(healthy, { alphaLearningRate: 3e-3 })), `seed ${seed}`).toEqual([]);
    }
  });
});

describe("a small start", () => {
  it("is made up for without a word about the rewards", () => {
    const small = { style: "cleanrl", learningRate: 1e-3, initialAlpha: 0.01, settledAlpha: 0.5 } as const;
    for (const updates of [2000, 3000, 5000]) {
      const series = edited(simulate({ ...small, updates }), [], { actorLoss: (x) => 20 * x });
      expect(loud(diagnose(series, { initialAlpha: 0.01, alphaLearningRate: 1e-3 })), `${updates}`).toEqual(
        [],
      );
    }
  });
});

describe("jumps", () => {
  /** Leaps between 0.03 and 2.8, as at a learning rate of 0.1 that nobody declared. */
  const leaping = (value: number, row: number) =>
    value * [1, 0.6, 0.9, 3, 12, 60, 1, 0.7, 1.5, 8, 30, 70][row % 12]! * (row < 40 ? 1 : 0.9);

  it("that α makes all the time are no reset", () => {
    const flat = simulate({ fixed: true, initialAlpha: 0.04, updates: 4000, every: 50 });
    const series = edited(flat, ["alphaLoss", "targetEntropy"], { alpha: leaping });
    expect(ids(diagnose(series))).not.toContain("alpha-reset");
  });
});

describe("an α that runs up", () => {
  const up = { targetEntropy: 2, learningRate: 1e-3, updates: 4000, every: 200 } as const;

  it("is not healthy where nobody knows what drives it", () => {
    const found = diagnose(edited(simulate(up), ["alphaLoss", "targetEntropy"]));
    expect(found.verdict).toBe("inconclusive");
    expect(quietSentence(found)).toMatch(/still climbs, 3\.\d e-folds so far.*--target-entropy/s);
  });

  it("is no unreachable target once the gap is closed", () => {
    const series = simulate({ targetEntropy: 0.3, learningRate: 1e-3, settledAlpha: 30, updates: 9000 });
    const { declared: _, ...rest } = series;
    expect(ids(diagnose({ ...rest, declared: {} }))).not.toContain("target-unreachable");
  });
});

describe("errors of the critic without Q", () => {
  it("tell rewards that drown the entropy", () => {
    const series = edited(
      simulate({ learningRate: 1e-3, updates: 4000, every: 200, actionDim: 4, offset: -14 }),
      ["alphaLoss", "actorLoss"],
      { criticLoss: (x) => 3e10 * x },
    );
    expect(ids(diagnose(series))[0]).toBe("reward-scale-large");
  });
});

describe("Stable-Baselines3's event files", () => {
  const events = (gradientSteps: number) => {
    const series = edited(
      simulate({ style: "sb3", learningRate: 3e-4, updates: 12_000, every: 400 }),
      ["updates"],
      {
        step: (n) => n / gradientSteps,
      },
    );
    const rates = new Float64Array(series.length).fill(3e-4);
    return {
      ...series,
      columns: { ...series.columns, learningRate: rates },
      declared: { ...series.declared, alphaLearningRate: 3e-4 },
    };
  };

  it.each([2, 4, 20])("with %s updates a step are no fault", (gradientSteps) => {
    const found = diagnose(events(gradientSteps));
    expect(loud(found)).toEqual([]);
    expect(found.findings[0]?.message).toMatch(/some \d+ times as fast .* gradient steps a step explain it/);
  });

  it("tell a high declared rate whose fall lies before a late first row", () => {
    const length = 40;
    const column = (value: (row: number) => number) => Float64Array.from({ length }, (_, row) => value(row));
    const series: Series = {
      path: "events",
      format: "tfevents",
      framework: "Stable-Baselines3",
      length,
      columns: {
        step: column((row) => 4000 * (row + 1)),
        alpha: column((row) => 3.5e-4 * (1 + 0.1 * Math.sin(row))),
        alphaLoss: column((row) => 8 * Math.sin(3 * row)),
        learningRate: column(() => 0.0097),
        return: column((row) => 1700 - 1000 / (row + 1)),
      },
      declared: { alphaLearningRate: 0.0097 },
      units: "unit",
      usualLossForm: "log-alpha",
      notes: [],
    };
    expect(ids(diagnose(series))[0]).toBe("alpha-lr-too-high");
  });
});

describe("α itself as Adam's parameter", () => {
  it("is told from five rows, where the fit finds just the declared rate", () => {
    const raw = { raw: true, learningRate: 1e-3, updates: 6400, every: 200, settledAlpha: 0.3 } as const;
    const series = edited(simulate(raw), ["alphaLoss"]);
    const found = diagnose(series, { alphaLearningRate: 1e-3 });
    expect(loud(found)[0]).toBe("alpha-negative");
    expect(loud(found)).not.toContain("alpha-faster-than-declared");
  });
});

describe("two discrete actions without a word about them", () => {
  it("have a first gap of a fifth of a nat at 0.7 log 2", () => {
    const log2 = Math.LN2;
    const length = 60;
    const column = (value: (row: number) => number) => Float64Array.from({ length }, (_, row) => value(row));
    const alpha = (row: number) => Math.exp(-0.4 * Math.sin(row / 20));
    const gap = (row: number) => 0.2 * Math.exp(-row / 8) + 0.01 * Math.sin(5 * row);
    const series: Series = {
      path: "discrete",
      format: "csv",
      framework: "unknown",
      length,
      columns: {
        step: column((row) => 100 * (row + 1)),
        alpha: column(alpha),
        alphaLoss: column((row) => alpha(row) * gap(row)),
        entropy: column((row) => 0.7 * log2 + gap(row)),
        return: column((row) => 20 + 4 * row),
      },
      declared: {},
      notes: [],
    };
    expect(loud(diagnose(series))).toEqual([]);
  });
});

describe("a bound from the first update on", () => {
  it("is told from entropy and target, without a loss", () => {
    const held = { initialAlpha: 1, alphaMin: 1, learningRate: 1e-3, updates: 6000, every: 200 } as const;
    const found = diagnose(edited(simulate(held), ["alphaLoss"]), { alphaMin: 1, initialAlpha: 1 });
    expect(ids(found)[0]).toBe("alpha-at-bound");
  });
});

describe("offline training whose Q runs away", () => {
  const length = 250;
  const column = (value: (row: number) => number) => Float64Array.from({ length }, (_, row) => value(row));
  const offline = (columns: Series["columns"]): Series => ({
    path: "offline",
    format: "csv",
    framework: "d3rlpy",
    length,
    columns: { step: column((row) => 2000 * (row + 1)), ...columns },
    declared: { alphaLearningRate: 3e-4, initialAlpha: 1, gamma: 0.99 },
    units: "unit",
    usualLossForm: "alpha",
    notes: [],
  });
  const wander = (row: number) => Math.sin(1.7 * row) + Math.sin(0.6 * row);

  it("is told from the critic's loss, with the entropy on target and returns that do not move", () => {
    // 500,000 updates in a locomotion task: Q to 95,000 and the loss to 3e7 where no episode earns more than 1,000.
    const alpha = (row: number) => 0.4 * Math.exp((4.7 * row) / length);
    const series = offline({
      alpha: column(alpha),
      alphaLoss: column((row) => 0.04 * alpha(row) * wander(row)),
      actorLoss: column((row) => -800 * Math.exp((4.8 * row) / length)),
      criticLoss: column((row) => 1500 * Math.exp((9.9 * row) / length)),
      evalReturn: column((row) => (row % 40 === 7 ? 1000 : 15 * wander(row))),
    });
    expect(ids(diagnose(series))[0]).toBe("critic-loss-growing");
  });

  it("is told from an α that is worth more a step than any episode", () => {
    const alpha = (row: number) => Math.exp((6.6 * row) / length);
    const series = offline({
      alpha: column(alpha),
      alphaLoss: column((row) => 0.02 * alpha(row) * wander(row)),
      actorLoss: column((row) => -1e5 * (1 + row / 50)),
      criticLoss: column((row) => 3e6 * (1 + row / 10)),
      evalReturn: column((row) => 10 + row / 6 + 5 * wander(row)),
    });
    expect(ids(diagnose(series, { actionDim: 3 }))).toContain("alpha-exploded");
  });
});

describe("a return that is repeated until the next episode is over", () => {
  it("scatters from episode to episode, and has not collapsed after a bad one", () => {
    const episodes = [
      -3600, -1700, -20_000, -1100, -870, -850, -400, -500, -460, -1100, -1700, -1450, -1340, -1300,
    ];
    const series = edited(simulate({ fixed: true, initialAlpha: 0.1, updates: 2800, every: 50 }), [], {
      return: (_, row) => episodes[row >> 2]!,
    });
    expect(loud(diagnose(series))).toEqual([]);
  });
});
