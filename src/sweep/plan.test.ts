// From a study's text to its runs, and what is said of texts that cannot work.

import { describe, expect, it } from "vitest";
import { planOf } from "./plan.ts";
import { readStudy } from "./study.ts";

const HEAD = `name = "targets"
env = ["Pendulum-v1"]
steps = 3000
seeds = 5
`;
const plan = (text: string) => planOf(readStudy(text, "study.toml"));

describe("a plan", () => {
  it("has every combination of grid and seeds, with names as in config files", () => {
    const { runs, name } = plan(`${HEAD}
[settings]
lr = 1e-3
[grid]
target_entropy = [-0.5, -1, -2, {shape = "linear", start = 0, end = -1, steps = 1000}]
alpha = ["auto_0.1"]`);
    expect(name).toBe("targets");
    expect(runs.length).toBe(20);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(20);
    expect(runs[0]).toMatchObject({
      setting: "targetEntropy=-0.5 alpha=auto initialAlpha=0.1",
      seed: 1,
      env: "Pendulum-v1",
    });
    expect(runs[0]!.config).toMatchObject({
      learningRate: 1e-3,
      targetEntropy: -0.5,
      initialAlpha: 0.1,
      steps: 3000,
      seed: 1,
    });
    expect(runs.at(-1)).toMatchObject({
      setting: "targetEntropy=linear:0→-1/1000 alpha=auto initialAlpha=0.1",
      seed: 5,
    });
  });

  it("names its runs by what they compute", () => {
    const [run] = plan(HEAD).runs;
    expect(run!.id).toMatch(/^[0-9a-f]{16}$/);
    expect(plan(`${HEAD}segment = 500\n[settings]\nthreads = 2`).runs[0]!.id).toBe(run!.id);
    expect(plan(`${HEAD}[settings]\ngamma = 0.98`).runs[0]!.id).not.toBe(run!.id);
    expect(plan(HEAD).runs[0]!.setting).toBe("defaults");
  });

  it("draws samples that are the same every time, log-uniformly, within their range", () => {
    const text = `${HEAD}samples = 40
[random]
alphaLearningRate = {low = 1e-5, high = 1e-3}
alphaMin = [0.01, 0.1]`;
    const { runs } = plan(text);
    expect(runs.length).toBe(200);
    expect(plan(text).runs.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
    const rates = runs.filter(({ seed }) => seed === 1).map(({ config }) => config.alphaLearningRate as number);
    for (const rate of rates) expect(rate >= 1e-5 && rate <= 1e-3).toBe(true);
    // Half of them lie below the geometric middle, 1e-4: 20 ± 4 standard deviations of 3.2.
    const below = rates.filter((rate) => rate < 1e-4).length;
    expect(below).toBeGreaterThan(7);
    expect(below).toBeLessThan(33);
    expect(new Set(runs.map(({ config }) => config.alphaMin))).toEqual(new Set([0.01, 0.1]));
  });

  it("takes settings one by one, by name, and lists of seeds and environments", () => {
    const { runs } = plan(`name = "x"
env = ["Pendulum-v1", "tempered/PointMass-v0"]
seeds = [7, 3]
[[list]]
name = "slow"
alphaLearningRate = 1e-4
[[list]]
targetEntropy = -2`);
    expect(runs.map(({ env, setting, seed }) => [env, setting, seed])).toEqual([
      ["Pendulum-v1", "slow", 7],
      ["Pendulum-v1", "slow", 3],
      ["tempered/PointMass-v0", "slow", 7],
      ["tempered/PointMass-v0", "slow", 3],
      ["Pendulum-v1", "targetEntropy=-2", 7],
      ["Pendulum-v1", "targetEntropy=-2", 3],
      ["tempered/PointMass-v0", "targetEntropy=-2", 7],
      ["tempered/PointMass-v0", "targetEntropy=-2", 3],
    ]);
  });
});

describe("a study that cannot work", () => {
  const refused = (text: string) => {
    try {
      plan(text);
    } catch (error) {
      return `${(error as { code?: string }).code} ${(error as Error).message}`;
    }
    return "accepted";
  };

  it.each([
    [
      "an unknown key",
      `${HEAD}stesp = 2`,
      /STUDY study.toml, line 5: there is no "stesp" in a study; did you mean steps\?/,
    ],
    ["a setting at the top", `${HEAD}gamma = 0.9`, /line 5: .*put it below \[settings\]/],
    [
      "an unknown setting",
      `${HEAD}[settings]\nlearnin_rate = 1`,
      /line 6: there is no setting "learnin_rate"; did you mean "learningRate"\?/,
    ],
    [
      "an unknown setting in the grid",
      `${HEAD}[grid]\n# why\ntargetEntorpy = [1]`,
      /line 7: there is no setting "targetEntorpy"; did you mean "targetEntropy"\?/,
    ],
    ["a wrong value", `${HEAD}[grid]\ngamma = [0.9, 2]`, /line 6: gamma: expected .*, got 2/],
    ["an empty list", `${HEAD}[grid]\ngamma = []`, /line 6: gamma: expected at least one value/],
    ["an empty grid", `${HEAD}[grid]\n`, /line 5: the grid is empty/],
    ["no list", `${HEAD}[grid]\ngamma = 0.9`, /line 6: gamma: expected a list of values to try, got 0.9/],
    ["no name", `env = "Pendulum-v1"`, /study.toml: there is no name; add a line such as name = /],
    ["no environment", `name = "x"`, /there is no env; add a line such as env = \["Pendulum-v1"\]/],
    [
      "no seeds",
      `name = "x"\nenv = "Pendulum-v1"\nseeds = 0`,
      /line 3: seeds: expected a positive integer, got 0/,
    ],
    [
      "a seed among the settings",
      `${HEAD}[settings]\nseed = 3`,
      /line 6: seed is said for the whole study: put seeds at the top/,
    ],
    [
      "the same twice",
      `${HEAD}[grid]\ngamma = [0.9, 0.90]`,
      /differ, got "gamma=0.9" and "gamma=0.9" with seed 1/,
    ],
    ["samples of nothing", `${HEAD}samples = 3`, /line 5: samples are drawn from \[random\]/],
    [
      "a range of none",
      `${HEAD}[random]\ngamma = {low = 0.9, high = 0.5}`,
      /line 6: gamma: expected low below high/,
    ],
    [
      "a log range from 0",
      `${HEAD}[random]\ntau = {low = 0, high = 0.5}`,
      /line 6: tau: expected low above 0/,
    ],
    ["a line that is no TOML", `${HEAD}[grid\ngamma = [1]`, /study.toml, line 5: /],
    [
      "10⁹ combinations",
      `${HEAD}[grid]\n${["gamma", "tau", "alphaMin"].map((key) => `${key} = [${Array.from({ length: 1000 }, (_, i) => (i + 1) / 1001).join(",")}]`).join("\n")}`,
      /study.toml, line 6: Expected at most 100,000 runs, got 5,000,000,000 = 1,000 of gamma × 1,000 of tau × 1,000 of alphaMin × 5 seeds; draw/,
    ],
    [
      "10⁹ samples",
      `${HEAD}samples = 1_000_000_000\n[random]\ngamma = {low = 0.9, high = 0.99}`,
      /line 5: Expected .* got 5,000,000,000 = 1,000,000,000 samples × 5 seeds; ask for fewer/,
    ],
    [
      "10⁹ seeds",
      'name = "x"\nenv = "Pendulum-v1"\nseeds = 1_000_000_000',
      /line 3: seeds: expected at most 100,000 seeds, got 1000000000/,
    ],
    [
      "a seed twice",
      'name = "x"\nenv = "Pendulum-v1"\nseeds = [1, 2, 1]',
      /line 3: seeds: 1 stands there twice/,
    ],
    [
      "a wrong value in the second of a list",
      `${HEAD}[[list]]\ngamma = 0.9\n[[list]]\nname = "b"\ngamma = 2`,
      /line 9: gamma: expected .*, got 2/,
    ],
  ])("%s", (_, text, said) => {
    expect(refused(text)).toMatch(said);
  });
});
