// The inputs that the doctor once got wrong (test/fixtures/doctor, described in its README), and relatives of each: the
// same kind with other numbers. What is right stands here; what was said is in the README.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Diagnosis, diagnose, type FindingId, terminalReport } from "../../src/doctor/index.ts";
import { readPaths } from "../../src/runs/readers/find-logs.node.ts";
import type { DeclaredSettings, Quantity, Series } from "../../src/runs/series.ts";
import { cut, type Simulation, simulate } from "./simulate.ts";
import { fewRows, restarted } from "./styles.ts";

async function read(path: string): Promise<Series> {
  const { series } = await readPaths([fileURLToPath(new URL(`../fixtures/doctor/${path}`, import.meta.url))]);
  return series[0]!;
}

const ids = ({ findings }: Diagnosis) => findings.map(({ id }) => id);
const loud = ({ findings }: Diagnosis) => findings.filter(({ severity }) => severity !== "info");
const text = (d: Diagnosis) => terminalReport(d, { width: 110 }).replace(/\s+/g, " ");
const SPEED: FindingId = "alpha-faster-than-declared";

/** A log by formula: each column a function of the row. */
function byFormula(
  rows: number,
  columns: Partial<Record<Quantity, (row: number) => number>>,
  more: Partial<Series> = {},
): Series {
  return {
    path: "by formula",
    format: "csv",
    framework: "Stable-Baselines3",
    length: rows,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, f]) => [name, Float64Array.from({ length: rows }, (_, i) => f(i))]),
    ),
    declared: {},
    units: "unit",
    usualLossForm: "log-alpha",
    notes: [],
    ...more,
  };
}

describe("speed agrees with the estimate beside it", () => {
  const hopper: DeclaredSettings = { targetEntropy: -3, alphaLearningRate: 1e-3, actionDim: 3 };

  it.each([
    ["healthy-hopper-cleanrl-lr1e-3.csv", { ...hopper, lossForm: "alpha" }],
    ["healthy-hopper-own-lr1e-3.csv", hopper],
  ] as const)("%s is healthy", async (path, declared) => {
    expect(ids(diagnose(await read(path), declared))).toEqual([]);
  });

  it.each<Simulation>([
    { style: "cleanrl", learningRate: 1e-3, actionDim: 6, updates: 3000, targetEntropy: -6 },
    { style: "cleanrl", learningRate: 3e-3, actionDim: 1, updates: 6000 },
  ])("and so are young α-form runs at high rates: %j", (simulation) => {
    for (const share of [0.2, 0.5, 1]) {
      const declared = { alphaLearningRate: simulation.learningRate!, actionHalfRange: [1] };
      expect(loud(diagnose(cut(simulate(simulation), share), declared))).toEqual([]);
    }
  });

  it.each([
    ["mean-over-dims-hopper-own.csv", hopper, "log-prob-averaged"],
    [
      "no-tanh-correction-pendulum-cleanrl.csv",
      { targetEntropy: -1, alphaLearningRate: 1e-3, actionDim: 1, lossForm: "alpha" },
      "log-prob-uncorrected",
    ],
    [
      "target-low-pendulum-own.csv",
      { targetEntropy: -10, alphaLearningRate: 1e-3, actionDim: 1 },
      "target-too-low",
    ],
  ] as const)("%s names its cause first and says nothing about speed", async (path, declared, id) => {
    const found = ids(diagnose(await read(path), declared));
    expect(found[0]).toBe(id);
    expect(found).not.toContain(SPEED);
  });

  it.each<Simulation>([
    { targetEntropy: -30, actionDim: 2, learningRate: 1e-3, style: "cleanrl", updates: 6000 },
    { targetEntropy: -60, actionDim: 6, learningRate: 3e-3, style: "entropy", updates: 4000 },
  ])("nor does a low target at a high rate: %j", (simulation) => {
    const declared = {
      alphaLearningRate: simulation.learningRate!,
      targetEntropy: simulation.targetEntropy!,
    };
    const found = ids(diagnose(simulate(simulation), declared));
    expect(found[0]).toBe("target-too-low");
    expect(found).not.toContain(SPEED);
  });
});

describe("what speed is possible depends on the rate", () => {
  it.each([
    ["alpha-lr-0.1-pendulum-own.csv", { targetEntropy: -1, alphaLearningRate: 0.1, actionDim: 1 }],
    ["alpha-lr-0.1-cartpole-cleanrl.csv", { alphaLearningRate: 0.1, discreteActions: 2, lossForm: "alpha" }],
  ] as const)("%s: too high, and no reset", async (path, declared) => {
    const found = ids(diagnose(await read(path), declared));
    expect(["alpha-lr-too-high", "oscillating"]).toContain(found[0]);
    expect(found).not.toContain("alpha-reset");
    expect(found).not.toContain(SPEED);
  });

  it.each([0.05, 0.1])(
    "a leap to the start that a rate of %d makes by itself is no reset",
    (alphaLearningRate) => {
      const logAlpha = (row: number) => -2 - 1.9 * Math.cos(row / 3) - (row % 7 === 0 ? 0.05 : 0);
      const series = byFormula(80, {
        step: (i) => 100 * (i + 1),
        alpha: (i) => (i === 0 ? 1 : i === 40 ? 0.99 : Math.exp(logAlpha(i))),
      });
      expect(ids(diagnose(series, { alphaLearningRate }))).not.toContain("alpha-reset");
    },
  );

  it("and one that no rate in use makes is", () => {
    const found = ids(
      diagnose(simulate({ resetAt: 0.55, updates: 20_000, style: "sb3" }), { alphaLearningRate: 3e-4 }),
    );
    expect(found[0]).toBe("alpha-reset");
  });

  it.each(["public/quick_rise_is_not_a_reset.csv", "public/resumed_converged_run.csv"])(
    "%s is healthy",
    async (path) => {
      expect(loud(diagnose(await read(path)))).toEqual([]);
    },
  );

  it.each([0, 0.4])("a log that begins in mid-training has no initial α to return to (gap %d)", (gap) => {
    const alpha = (i: number) => 0.02 * Math.exp(0.6 * Math.sin(i / 5));
    const series = byFormula(60, {
      step: (i) => 1e6 + 4000 * i,
      alpha,
      alphaLoss: (i) => Math.log(alpha(i)) * (gap * Math.cos(i / 5) * -0.1),
      actorLoss: () => -3,
      criticLoss: () => 0.2,
      return: (i) => 290 + (i % 5),
    });
    expect(loud(diagnose(series))).toEqual([]);
  });

  it("public/alpha_lr_1e-2_before_first_row.csv fell before its first row", async () => {
    expect(ids(diagnose(await read("public/alpha_lr_1e-2_before_first_row.csv")))[0]).toBe(
      "alpha-lr-too-high",
    );
  });
});

describe("a bound from the first update on", () => {
  const said = { targetEntropy: -4, alphaMin: 5, initialAlpha: 5, actionDim: 4 };

  it("is told, and not taken for a choice", async () => {
    const found = diagnose(await read("bound-from-the-start-own.csv"), said);
    expect(ids(found)).toEqual(["alpha-at-bound"]);
    expect(found.verdict).toBe("fault");
  });

  it.each<Simulation & { declared: DeclaredSettings }>([
    { alphaMin: 1, initialAlpha: 1, declared: { alphaMin: 1 }, style: "sb3" },
    { alphaMax: 0.2, initialAlpha: 0.2, targetEntropy: 2, declared: { alphaMax: 0.2 }, style: "cleanrl" },
  ])("on either side: %j", (simulation) => {
    expect(ids(diagnose(simulate({ actionDim: 2, updates: 6000, ...simulation })))).toContain(
      "alpha-at-bound",
    );
  });

  it("is no bound where nobody declares one", async () => {
    const { alphaMin: _, ...rest } = said;
    expect(ids(diagnose(await read("bound-from-the-start-own.csv"), rest))).toContain("fixed-alpha");
  });
});

describe("what α alone can carry", () => {
  it("the founding question, asked the natural way", async () => {
    const found = diagnose(await read("founding-question.txt"), { alphaLearningRate: 1e-4 });
    expect(ids(found)).toEqual([SPEED]);
    expect(found.verdict).toBe("fault");
    expect(text(found)).toMatch(/10 to 5,000 steps an episode/);
    expect(text(found)).toContain("--steps-per-episode");
  });

  it.each([
    [8, 3e-5, "fault"],
    [12, 3e-4, "suspect"],
    [12, 1e-3, "inconclusive"],
  ] as const)("%d episodes at %d: %s", (rows, alphaLearningRate, verdict) => {
    const series = byFormula(
      rows,
      { alpha: (i) => 1e-3 ** (i / (rows - 1)) },
      { framework: "unknown", format: "text" },
    );
    expect(diagnose(series, { alphaLearningRate }).verdict).toBe(verdict);
  });

  it("claims no cause without a gap, and says what would tell", async () => {
    for (const series of [
      await read("alpha-and-reward-only.txt"),
      byFormula(40, { alpha: (i) => Math.exp(-0.2 * i), return: (i) => -1000 + i }, { framework: "unknown" }),
      byFormula(30, { step: (i) => 1000 * i, alpha: (i) => Math.exp(-0.1 * i) }),
    ]) {
      const found = diagnose(series);
      expect(found.verdict).toBe("inconclusive");
      expect(text(found)).toContain("NOTHING WRONG SO FAR");
      expect(text(found)).toContain("the α loss or the entropy would");
      expect(text(found)).not.toMatch(/because|as healthy runs do/);
    }
  });

  it("weighs evidence and not rows", async () => {
    const found = diagnose(await read("few-rows-healthy-sb3.csv"));
    expect(ids(found)).toEqual([]);
    expect(text(found)).toMatch(/NOTHING WRONG SO FAR.*turns in about [\d,]+ updates/);
    for (const every of [12, 20]) {
      const thin = diagnose(fewRows(simulate({ style: "sb3", updates: 20_000 }), every));
      expect(ids(thin)).toEqual([]);
    }
  });
});

describe("a gap that no entropy can explain", () => {
  it.each([
    "restarted-counter-saturated-sb3.csv",
    "saturated-sb3-stdout.txt",
    "public/finrl_saturated_policy.csv",
    "public/learn_called_again_axis_restarts",
  ])("%s: certain, not random", async (path) => {
    const found = diagnose(await read(path));
    expect(["reward-scale-large", "entropy-unresponsive", "q-diverged"]).toContain(ids(found)[0]);
    expect(ids(found)).not.toContain("target-unreachable");
    expect(ids(found)).not.toContain(SPEED);
    expect(text(found)).not.toContain("as random as it can be");
  });

  const climb = (gap: number, lr: number, more: Partial<Series> = {}) =>
    byFormula(
      40,
      {
        step: (i) => 1000 * (i + 1),
        alpha: (i) => Math.exp(lr * 1000 * (i + 1)),
        alphaLoss: (i) => lr * 1000 * (i + 1) * (gap + 0.3 * Math.sin(i * i)),
      },
      more,
    );

  it.each([-30, -200])("%d nats with nothing said", (gap) => {
    const found = diagnose(climb(gap, 1e-4));
    expect(ids(found)[0]).toBe("entropy-unresponsive");
    expect(text(found)).toContain("--action-dim");
  });

  it("and the sign slip +d still is a target out of reach", () => {
    expect(ids(diagnose(climb(-0.316 * 6, 1e-4), { actionDim: 6 }))[0]).toBe("target-unreachable");
  });

  it("steps that start again within a log are no speed", () => {
    for (const style of ["cleanrl", "sb3"] as const) {
      const declared = { alphaLearningRate: 3e-4, actionHalfRange: [1] };
      const series = restarted(simulate({ style, updates: 12_000, learningRate: 3e-4 }));
      expect(ids(diagnose(series, declared))).not.toContain(SPEED);
    }
  });
});

describe("discrete policies", () => {
  it("near the maximum ask for too much, and do respond", async () => {
    const declared = { targetEntropy: 0.69, discreteActions: 2, lossForm: "log-alpha" } as const;
    const found = ids(diagnose(await read("target-0.995-logn-cartpole-sb3.csv"), declared));
    expect(["target-too-high", "target-unreachable"]).toContain(found[0]);
    expect(found).not.toContain("entropy-unresponsive");
  });

  it.each([3, 6])("of %d actions at 0.99 log n likewise", (n) => {
    const target = 0.99 * Math.log(n);
    const alpha = (i: number) => Math.exp(3e-4 * 100 * (i + 1));
    const series = byFormula(80, {
      step: (i) => 100 * (i + 1),
      alpha,
      alphaLoss: (i) => Math.log(alpha(i)) * -(0.004 + 0.002 * (i / 80) + 0.0005 * Math.sin(i)),
    });
    const found = ids(diagnose(series, { discreteActions: n, targetEntropy: target }));
    expect(found[0]).toBe("target-too-high");
  });

  it("get a fix for either kind where nobody says which it is", async () => {
    const [first] = diagnose(await read("discrete-0.98-log5.csv")).findings;
    expect(first?.id).toBe("target-unreachable");
    expect(first?.fix).toContain("math.log(n_actions)");
    const [known] = diagnose(await read("discrete-0.98-log5.csv"), { discreteActions: 5 }).findings;
    expect(known?.fix).toMatch(/0\.805/);
    expect(known?.fix).not.toContain("action_dim");
  });
});

describe("printed precision", () => {
  it.each([{ alphaLearningRate: 0.003, actionDim: 4 }, {}])(
    "α printed as 0 is below its last digit: %j",
    async (declared) => {
      const found = diagnose(await read("printed-alpha-to-zero.txt"), declared);
      expect(ids(found)).toEqual([]);
      expect(found.verdict).toBe("inconclusive");
      expect(text(found)).not.toContain("NaN");
      expect(text(found)).toContain("below its last digit");
    },
  );

  it.each([3, 4])("with %d decimals no finding touches what rounding made", (decimals) => {
    const rounded = (x: number) => Number(x.toFixed(decimals));
    const alpha = (i: number) => Math.exp(-0.3 * (i + 1));
    const series = byFormula(
      40,
      {
        alpha: (i) => rounded(alpha(i)),
        alphaLoss: (i) => rounded(alpha(i) * 4.2),
        return: (i) => -200 + (i % 4),
      },
      { framework: "unknown", format: "text", usualLossForm: "alpha" },
    );
    const found = diagnose(series, { actionDim: 3 });
    expect(loud(found)).toEqual([]);
    expect(found.verdict).not.toBe("healthy");
  });
});

describe("returns", () => {
  it.each(["public/eval_noise_beside_rising_rollout.csv", "public/collapsed_with_entropy_on_target.csv"])(
    "%s: a few evaluations outweigh nothing",
    async (path) => {
      expect(loud(diagnose(await read(path)))).toEqual([]);
    },
  );

  it.each([8, 12])("%d noisy evaluations beside a rising return", (every) => {
    const alpha = (i: number) => Math.exp(-Math.min(6, 0.1 * i) + 0.1 * Math.sin(i / 4));
    const series = byFormula(120, {
      step: (i) => 400 * (i + 1),
      alpha,
      alphaLoss: (i) => Math.log(alpha(i)) * Math.max(0.02, 2 - 0.03 * i),
      return: (i) => 10 * i,
      evalReturn: (i) => (i % every === 0 ? 500 * Math.cos(i) : Number.NaN),
    });
    expect(loud(diagnose(series))).toEqual([]);
  });

  it("d3rlpy's offline divergence is an outcome, and no start for the next run", async () => {
    const found = diagnose(await read("public/d3rlpy_offline"));
    expect(ids(found)).toEqual(["alpha-exploded"]);
    expect(found.findings[0]?.fix).not.toMatch(/e[89]/);
  });
});

describe("environments side by side", () => {
  it.each([
    ["public/collapsed_with_entropy_on_target.csv", 8],
    ["public/eval_noise_beside_rising_rollout.csv", 4],
  ] as const)("%s: updates are a fraction of the steps", async (path, environments) => {
    const series = await read(path);
    const { evidence } = diagnose(series);
    const steps = series.columns.step!.at(-1)! - series.columns.step![0]!;
    expect(evidence.updates).toBeGreaterThan((0.9 * steps) / environments);
    expect(evidence.updates).toBeLessThan((1.01 * steps) / environments);
    expect(evidence.replayed!.value).toBeGreaterThan(0.9 * series.declared.alphaLearningRate!);
  });

  it.each([1, 4, 16])("%d, by formula", (environments) => {
    const one = simulate({ style: "sb3", learningRate: 3e-4, updates: 20_000 });
    const step = one.columns.step!.map((u) => u * environments);
    const learningRate = step.map(() => 3e-4);
    const found = diagnose({
      ...one,
      columns: { ...one.columns, step, learningRate },
      declared: { alphaLearningRate: 3e-4 },
    });
    expect(found.evidence.rows.axis.perStep.value).toBeCloseTo(1 / environments, 9);
    expect(loud(found)).toEqual([]);
  });

  it("a rate that somebody gives is not taken for theirs", async () => {
    const series = await read("public/collapsed_with_entropy_on_target.csv");
    expect(diagnose(series, { updatesPerStep: 1 }).evidence.rows.axis.perStep.value).toBe(1);
  });
});

describe("what the log means by its columns", () => {
  it.each([
    ["public/spinup_fixed_alpha", ["fixed-alpha"]],
    ["public/tianshou_info_axis", []],
    ["public/last_step_reward_read_as_return.csv", []],
  ] as const)("%s is healthy", async (path, found) => {
    const diagnosis = diagnose(await read(path));
    expect(ids(diagnosis)).toEqual(found);
    expect(diagnosis.verdict).toBe("healthy");
  });

  it("rllib_yaml.txt names CartPole, where a target of -2 never binds", async () => {
    expect(ids(diagnose(await read("public/rllib_yaml.txt")))[0]).toBe("target-never-binds");
  });

  it.each(["restarted-counter-saturated-sb3.csv", "public/learn_called_again_axis_restarts"])(
    "%s: the restart is said",
    async (path) => {
      expect(text(diagnose(await read(path)))).toMatch(/step counter starts again \d times/);
    },
  );
});

describe("numbers that are none", () => {
  it("cells left empty are not NaN", async () => {
    expect(ids(diagnose(await read("public/alpha_missing_at_end.csv")))).not.toContain("not-finite");
  });

  it("all series in one row: nobody knows which went first", async () => {
    const [first] = diagnose(await read("public/sb3_table_nan.txt")).findings;
    expect(first?.id).toBe("not-finite");
    expect(first?.message).toContain("the same row");
    expect(first?.message).toContain("Q diverged first");
    expect(first?.fix).not.toContain("optimise log α");
  });

  it("a column that is not α is told for what it is", async () => {
    const mislabelled = diagnose(await read("public/sbx_mislabelled.csv"));
    expect(ids(mislabelled)).toEqual(["alpha-mislabelled"]);
    expect(mislabelled.verdict).toBe("inconclusive");
    expect(text(mislabelled)).toContain("THE COLUMN IS NOT α");
    expect(text(mislabelled)).not.toContain("NOTHING WRONG");
    const leaping = byFormula(40, { step: (i) => 100 * i, alpha: (i) => 3 * Math.sin(7 * i) });
    expect(ids(diagnose(leaping))).toContain("alpha-mislabelled");
    const raw = byFormula(40, { step: (i) => 100 * i, alpha: (i) => 1 - 0.03 * i });
    expect(ids(diagnose(raw))).toContain("alpha-negative");
  });
});

describe("rows that are means over thousands of updates", () => {
  /** Each row the mean of a block of rows, as loggers of epochs write. */
  function averaged(series: Series, block: number): Series {
    const length = Math.floor(series.length / block);
    const columns = Object.fromEntries(
      Object.entries(series.columns).map(([name, values]) => {
        const mean = (row: number) => {
          const part = values.subarray(row * block, (row + 1) * block).filter(Number.isFinite);
          return part.reduce((sum, x) => sum + x, 0) / part.length;
        };
        return [name, Float64Array.from({ length }, (_, row) => mean(row))];
      }),
    );
    return { ...series, length, columns };
  }

  it.each([3e-4, 1e-3])("show no slower rate, no raw α and no chase: α-lr %d", (learningRate) => {
    const log = simulate({ actionDim: 6, learningRate, updates: 300_000, every: 50, noise: 0.3, seed: 4 });
    const found = diagnose(averaged(log, 100));
    expect(loud(found)).toEqual([]);
    const { replayed } = found.evidence;
    if (replayed) expect(replayed.high).toBeGreaterThan(0.6 * learningRate);
  });

  it("let α go home in a row without a reset", () => {
    const logAlpha = (row: number) => (row === 60 ? -0.05 : -0.8 + 0.02 * Math.sin(row));
    const series = byFormula(120, {
      step: (i) => 5000 * (i + 1),
      alpha: (i) => Math.exp(i === 0 ? 0 : logAlpha(i)),
      alphaLoss: (i) => 0.01 * Math.cos(i),
    });
    expect(ids(diagnose(series))).not.toContain("alpha-reset");
  });
});

it("a critic that feeds on itself is told before α is beyond use", () => {
  const series = byFormula(
    200,
    {
      step: (i) => 1000 * (i + 1),
      alpha: (i) => 0.4 * Math.exp(0.03 * i),
      alphaLoss: (i) => 0.4 * Math.exp(0.03 * i) * 0.01 * Math.cos(i),
      actorLoss: (i) => -400 * Math.exp(0.035 * i),
      criticLoss: (i) => 100 * Math.exp(0.07 * i),
      evalReturn: (i) => (i < 30 ? 1000 : 5) + Math.cos(3 * i),
    },
    { framework: "d3rlpy", usualLossForm: "alpha" },
  );
  expect(ids(diagnose(series))[0]).toBe("critic-loss-growing");
});
