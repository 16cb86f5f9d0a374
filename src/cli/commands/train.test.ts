import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRun } from "../../training/run-directory.ts";
import { cli, inProcess, startCli } from "../child.fixture.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-train-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const small = ["--hidden", "16", "--batch-size", "16"];
const tiny = [...small, "--learning-starts", "50"];
const lines = (text: string) => text.trimEnd().split("\n");
const rowsOf = (run: string) => readRun(join(scratch, run)).metrics;

/** A world that goes bad (or goes to sleep) at its step `at`. */
function brokenWorld(name: string, at: number, bad: string): string {
  writeFileSync(
    join(scratch, name),
    `export default function ({ box }) {
      let steps = 0;
      const sleep = () => (console.log("now asleep"), new Promise((resolve) => setTimeout(resolve, 1e6)));
      const result = (x) => ({ observation: Float32Array.of(x), info: {}, reward: 0, terminated: false, truncated: steps % 20 === 0 });
      return {
        id: "broken",
        observationSpace: box(-1, 1, [1]),
        actionSpace: box(-1, 1, [1]),
        reset: () => result(0),
        step: () => (++steps < ${at} ? result(0.5) : ${bad}),
      };
    }`,
  );
  return `./${name}`;
}

describe("tempered train", () => {
  it("writes the same metrics for the same seed, but for the clock's", async () => {
    const train = (run: string, seed: string) =>
      cli(
        [
          "train",
          "Pendulum-v1",
          "--steps",
          "600",
          "--seed",
          seed,
          "--run",
          run,
          "--eval-every",
          "300",
          ...tiny,
        ],
        scratch,
      );
    const [first, second, other] = await Promise.all([train("a", "7"), train("b", "7"), train("c", "8")]);
    for (const { code, stderr } of [first, second, other]) expect([code, stderr]).toEqual([0, ""]);

    const timeless = (run: string) =>
      readFileSync(join(scratch, run, "metrics.jsonl"), "utf8").replaceAll(
        /"time\/(fps|time_elapsed)":[\d.]+/g,
        "",
      );
    expect(timeless("a")).toBe(timeless("b"));
    expect(timeless("a")).not.toBe(timeless("c"));
  });

  it("leaves a run with its settings, metrics, last and best agent", async () => {
    expect(readdirSync(join(scratch, "a")).sort()).toEqual([
      "agent",
      "best",
      "checkpoint",
      expect.stringMatching(/^events\.out\.tfevents\.\d+\.tempered$/),
      "metrics.jsonl",
      "run.json",
    ]);
    const { manifest } = readRun(join(scratch, "a"));
    expect(manifest).toMatchObject({
      env: "Pendulum-v1",
      seed: 7,
      config: { steps: 600, hidden: [16], evalEvery: 300, targetEntropy: "auto", gamma: 0.99 },
      declared: {
        targetEntropy: -1,
        actionDim: 1,
        updatesPerStep: 1,
        alphaLearningRate: 3e-4,
        lossForm: "log-alpha",
      },
      versions: { tempered: expect.any(String), node: process.versions.node },
      result: { outcome: "finished", steps: 600, updates: 550, eval: { episodes: 10 } },
    });

    const rows = rowsOf("a");
    expect(rows.map((row) => row["time/total_timesteps"])).toEqual([100, 200, 300, 400, 500, 600]);
    for (const row of rows) for (const value of Object.values(row)) expect(value).not.toBeNaN();
    expect(Object.keys(rows[5]!)).toEqual(
      expect.arrayContaining([
        "eval/mean_reward",
        "rollout/ep_len_mean",
        "rollout/ep_rew_mean",
        "time/episodes",
        "time/fps",
        "time/time_elapsed",
        "time/total_timesteps",
        "train/action_saturation",
        "train/actor_loss",
        "train/critic_loss",
        "train/ent_coef",
        "train/ent_coef_loss",
        "train/entropy",
        "train/entropy_gap",
        "train/learning_rate",
        "train/log_alpha",
        "train/n_updates",
        "train/q_mean",
        "train/target_entropy",
      ]),
    );
    const row = rows[3]!;
    expect(row["train/entropy_gap"]).toBeCloseTo(row["train/entropy"]! - row["train/target_entropy"]!, 6);
    // The α of this row's losses lies between the one after the row before and the one after this row.
    expect(row["train/ent_coef"]).toBeGreaterThan(Math.exp(row["train/log_alpha"]!));
    expect(row["train/ent_coef"]).toBeLessThan(Math.exp(rows[2]!["train/log_alpha"]!));
  });

  it("trains in several environments at once, on normalized observations, deterministically, and eval knows", async () => {
    const flags = ["--envs", "3", "--overlap-acting", "--normalize-observation", "--seed", "5", ...tiny];
    const train = (run: string, ...more: string[]) =>
      cli(["train", "Pendulum-v1", "--steps", "700", "--json", "--run", run, ...flags, ...more], scratch);
    const [first, second] = await Promise.all([
      train("many", "--engine", "wasm"),
      train("many2", "--engine", "wasm"),
    ]);
    for (const { code, stderr } of [first, second]) expect([code, stderr]).toEqual([0, ""]);
    const done = JSON.parse(lines(first.stdout).at(-1)!);
    expect(done).toMatchObject({ event: "done", eval: { meanReturn: expect.any(Number) } });
    // Three a round: up to two more than asked for; and as many updates as steps after the first fifty.
    expect(done.steps).toBeGreaterThanOrEqual(700);
    expect(done.steps).toBeLessThan(703);
    // Those of the last step of three environments are due when learning goes on.
    expect(done.updates).toBe(done.steps - 50 - 3);
    const timeless = (run: string) =>
      rowsOf(run).map(({ "time/fps": _, "time/time_elapsed": __, ...row }) => row);
    expect(timeless("many2")).toEqual(timeless("many"));

    const { manifest } = readRun(join(scratch, "many"));
    expect(manifest.config).toMatchObject({ envs: 3, overlapActing: true, normalizeObservation: true });
    const saved = JSON.parse(readFileSync(join(scratch, "many", "agent", "agent.json"), "utf8"));
    expect(saved.observationStatistics.mean).toHaveLength(3);
    // Every step's observation, and the first of every episode.
    expect(saved.observationStatistics.count).toBeGreaterThan(done.steps + 3);
    const evaluated = await inProcess(["eval", join(scratch, "many"), "--json"]);
    expect(JSON.parse(evaluated.stdout).returns).toEqual(done.eval.returns);
  });

  it("takes back a switch of the config file", async () => {
    writeFileSync(join(scratch, "norm.toml"), 'env = "Pendulum-v1"\nnorm_obs = true\nn_envs = 2');
    const { code } = await cli(
      [
        "train",
        "--config",
        "norm.toml",
        "--no-normalize-observation",
        "--steps",
        "100",
        "--run",
        "back",
        ...tiny,
      ],
      scratch,
    );
    expect(code).toBe(0);
    expect(readRun(join(scratch, "back")).manifest.config).toMatchObject({
      normalizeObservation: false,
      envs: 2,
    });
  });

  it("logs nothing of an update before the first one", async () => {
    const { code } = await cli(
      [
        "train",
        "Pendulum-v1",
        "--steps",
        "150",
        "--run",
        "warm",
        "--log-every",
        "50",
        ...small,
        "--learning-starts",
        "100",
      ],
      scratch,
    );
    expect(code).toBe(0);
    const [first, second, third] = rowsOf("warm");
    expect(Object.keys(first!).sort()).toEqual(["time/fps", "time/time_elapsed", "time/total_timesteps"]);
    expect(second).not.toHaveProperty("train/ent_coef");
    expect(third).toHaveProperty("train/ent_coef");
  });

  it("prints JSON lines, the last with the result", async () => {
    writeFileSync(
      join(scratch, "sac.toml"),
      'env = "tempered/PointMass-v0"\nseed = 3\nent_coef = 0.2\nlr = 1e-3',
    );
    const { code, stdout } = await cli(
      ["train", "--config", "sac.toml", "--seed", "4", "--steps", "200", "--json", "--run", "json", ...tiny],
      scratch,
    );
    expect(code).toBe(0);
    const events = lines(stdout).map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(["start", "metrics", "metrics", "evaluation", "done"]);
    expect(events[0]).toMatchObject({ seed: 4, config: { alpha: 0.2, learningRate: 1e-3 } });
    expect(events[2]).toMatchObject({
      "time/total_timesteps": 200,
      "train/ent_coef": 0.2,
      "train/n_updates": 150,
    });
    expect(events[2]).not.toHaveProperty("train/ent_coef_loss");
    const done = events.at(-1);
    expect(done).toMatchObject({
      steps: 200,
      updates: 150,
      run: "json",
      eval: { meanReturn: expect.any(Number) },
    });
    // The seconds are rounded to thousandths.
    expect((done.stepsPerSecond * done.seconds) / 200).toBeCloseTo(1, 1);
  });

  it("prints plain lines where there is no terminal, and the result alone where it shall be quiet", async () => {
    const run = (...more: string[]) =>
      cli(["train", "Pendulum-v1", "--steps", "200", ...tiny, ...more], scratch);
    const [plain, quiet] = await Promise.all([run("--run", "plain"), run("--quiet")]);
    expect(plain.stdout).toMatch(
      /step 200 {2}return −[\d,]+ {2}α 0\.9\d+ {2}entropy .* \(target −1\.00, gap \+1\.\d+\)/,
    );
    expect(plain.stdout).not.toContain("\u001b");
    expect(lines(quiet.stdout)).toHaveLength(3);
    expect(quiet.stdout).toMatch(/saved in runs\/Pendulum-v1-seed0-\d{8}-\d{6}\n$/);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("saves what was learned on %s", async (signal) => {
    const { child, shows, ended } = startCli(
      ["train", "Pendulum-v1", "--steps", "1000000", "--json", "--run", signal, ...tiny],
      scratch,
    );
    await shows('"train/ent_coef"');
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(lines(stdout).at(-1)!)).toMatchObject({
      event: "done",
      interruptedBy: signal,
      eval: null,
    });
    expect(readRun(join(scratch, signal)).manifest.result).toMatchObject({ outcome: "interrupted" });
    expect(existsSync(join(scratch, signal, "agent", "agent.json"))).toBe(true);
  });

  it("ends at once on the second Ctrl-C", async () => {
    const world = brokenWorld("asleep.mjs", 100, "sleep()");
    const { child, shows, ended } = startCli(
      ["train", world, "--steps", "500", "--log-every", "50", "--json", "--run", "asleep", ...tiny],
      scratch,
    );
    await shows("now asleep");
    child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(child.exitCode).toBeNull();
    child.kill("SIGINT");
    expect((await ended).code).toBe(1);
  });

  it("ends with the error of a bad environment, and keeps the run's data", async () => {
    const world = brokenWorld("nan.mjs", 250, "result(NaN)");
    const { code, stderr } = await cli(["train", world, "--steps", "500", "--run", "nan", ...tiny], scratch);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: broken, step 250 .*expected observation\[0\] to be a number from -1 to 1, got NaN/,
    );
    expect(lines(stderr)).toHaveLength(1);
    expect(rowsOf("nan")).toHaveLength(2);
    expect(readRun(join(scratch, "nan")).manifest.result).toMatchObject({
      outcome: "failed",
      error: { code: "ENV_VALUE" },
    });
    expect(existsSync(join(scratch, "nan", "agent", "agent.json"))).toBe(true);
  });

  it.each([
    [
      ["Pendulum-v1", "--targt-entropy", "-2"],
      "there is no flag --targt-entropy; did you mean --target-entropy?",
    ],
    [
      ["Pendulum-v1", "--batch-size", "many"],
      '--batch-size: expected an integer from 1 to 65536, got "many"',
    ],
    [["Pendulum-v1", "--target-entropy", "1"], "Expected a target entropy below 0.684 nats"],
    [["Pendulum-v1", "--alpha-min", "2", "--alpha-max", "1"], "swap them: min 1 and max 2"],
    [["Pendulun-v1"], 'did you mean "Pendulum-v1"?'],
    [["./nowhere.js"], "got no file at"],
    [["Pendulum-v1", "--config", "nowhere.toml"], "nowhere.toml: there is no such file"],
    [["Pendulum-v1", "--run", join(scratch, "a")], "already holds one"],
    [[], "expected an environment"],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await inProcess(["train", ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
