// Every program's log, in the form it writes it, by hand: two rows each, read back as the quantities they mean.

import { describe, expect, it } from "vitest";
import type { LossForm, Quantity, Series } from "../series.ts";
import { encodeFileHeader, encodeScalars } from "../tfevents/index.ts";
import { PROGRAMS } from "./programs.ts";
import { readRuns, readSeries } from "./read-runs.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

type Rows = Partial<Record<Quantity, readonly number[]>>;

/** Without the times at which event files were written, which have a test of their own. */
function rowsOf(series: Series): Rows {
  const { time: _, ...columns } = series.columns;
  return Object.fromEntries(Object.entries(columns).map(([quantity, column]) => [quantity, [...column]]));
}

async function readText(path: string, text: string): Promise<Series> {
  const found = await readSeries({ path, bytes: bytes(text) });
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** Two events a tag, at steps 100 and 200. */
async function readEvents(tags: Readonly<Record<string, readonly [number, number]>>): Promise<Series> {
  const records = [100, 200].flatMap((step, i) =>
    Object.entries(tags).map(([tag, values]) => encodeScalars(step, step, { [tag]: values[i]! })),
  );
  const found = await readSeries({ path: "events", bytes: Buffer.concat([encodeFileHeader(1), ...records]) });
  expect(found).toHaveLength(1);
  return found[0]!;
}

interface Expected {
  readonly framework: string;
  readonly format: Series["format"];
  readonly form?: LossForm;
  readonly rows: Rows;
}

function expectSeries(series: Series, { framework, format, form, rows }: Expected): void {
  expect(series).toMatchObject({ framework, format });
  expect(series.usualLossForm).toBe(form);
  expect(rowsOf(series)).toEqual(rows);
}

const ALPHA = { alpha: [0.5, 0.25], alphaLoss: [-1, -2] } as const;
const LOSSES = { actorLoss: [3, 4], criticLoss: [5, 6] } as const;

describe("tables", () => {
  it("of Stable-Baselines3: progress.csv, columns in any order", async () => {
    const csv =
      "train/ent_coef_loss,train/critic_loss,time/total_timesteps,train/ent_coef,train/n_updates,rollout/ep_rew_mean,train/actor_loss,eval/mean_reward,train/learning_rate\n" +
      "-1.0,5,200,0.5,99,-10,3,,0.0003\n-2.0,6,400,0.25,299,-20,4,-15,0.0003\n";
    const series = await readText("progress.csv", csv);
    expectSeries(series, {
      framework: "Stable-Baselines3",
      format: "csv",
      form: "log-alpha",
      rows: {
        ...ALPHA,
        ...LOSSES,
        step: [200, 400],
        updates: [99, 299],
        return: [-10, -20],
        evalReturn: [Number.NaN, -15],
        learningRate: [0.0003, 0.0003],
      },
    });
    expect(series).toMatchObject({
      units: "unit",
      alphaLogged: "before",
      declared: { alphaLearningRate: 0.0003 },
    });
  });

  it("of Spinning Up: progress.txt with tabs, log π, α fixed in config.json", async () => {
    const log =
      "Epoch\tAverageEpRet\tAverageTestEpRet\tEpLen\tTotalEnvInteracts\tAverageLogPi\tLossPi\tLossQ\n" +
      "1\t-900\t-800\t200\t4000\t-1.5\t3\t5\n2\t-700\t-600\t200\t8000\t0.5\t4\t6\n";
    const { series } = await readRuns({
      logs: [{ path: "run/progress.txt", bytes: bytes(log) }],
      settings: [
        {
          path: "run/config.json",
          text: '{"alpha": 0.2, "gamma": 0.99, "max_ep_len": 1000, "env_fn": {"x": 1}}',
        },
      ],
    });
    expectSeries(series[0]!, {
      framework: "Spinning Up",
      format: "csv",
      rows: {
        ...LOSSES,
        alpha: [0.2, 0.2],
        step: [4000, 8000],
        entropy: [1.5, -0.5],
        return: [-900, -700],
        evalReturn: [-800, -600],
        episodeLength: [200, 200],
      },
    });
    expect(series[0]!.declared).toEqual({ initialAlpha: 0.2, gamma: 0.99, stepsPerEpisode: 1000 });
  });

  it("of rlkit: names with spaces", async () => {
    const csv =
      "trainer/Alpha,trainer/Alpha Loss,trainer/Log Pis Mean,trainer/Policy Loss,trainer/QF1 Loss,expl/num steps total,eval/Average Returns,trainer/Q1 Predictions Mean\n" +
      "0.5,-1,2,3,5,1000,-10,7\n0.25,-2,-3,4,6,2000,-20,8\n";
    expectSeries(await readText("progress.csv", csv), {
      framework: "rlkit",
      format: "csv",
      form: "log-alpha",
      rows: { ...ALPHA, ...LOSSES, entropy: [-2, 3], step: [1000, 2000], evalReturn: [-10, -20], q: [7, 8] },
    });
  });

  it("of softlearning: nested result.json, an object a line", async () => {
    const line = (t: number, alpha: number, loss: number, policy: number, q: number, r: number) =>
      JSON.stringify({
        total_timestep: t,
        update: { alpha, "alpha_loss-mean": loss, "policy_loss-mean": policy, "Q_loss-mean": q },
        "evaluation/episode-reward-mean": r,
        config: { env: "x" },
      });
    const text = `${line(1000, 0.5, -1, 3, 5, -10)}\n${line(2000, 0.25, -2, 4, 6, -20)}\n`;
    expectSeries(await readText("result.json", text), {
      framework: "softlearning",
      format: "jsonl",
      form: "alpha",
      rows: { ...ALPHA, ...LOSSES, step: [1000, 2000], evalReturn: [-10, -20] },
    });
  });

  it("of RLlib's new stack: result.json", async () => {
    const line = (
      t: number,
      alpha: number,
      loss: number,
      policy: number,
      q: number,
      logps: number,
      r: number,
    ) =>
      JSON.stringify({
        num_env_steps_sampled_lifetime: t,
        learners: {
          default_policy: {
            alpha_value: [alpha],
            alpha_loss: loss,
            policy_loss: policy,
            qf_loss: q,
            logps,
            target_entropy: -1,
          },
        },
        env_runners: { episode_return_mean: r },
      });
    const text = `${line(1000, 0.5, -1, 3, 5, 2, -10)}\n${line(2000, 0.25, -2, 4, 6, -3, -20)}\n`;
    const series = await readText("result.json", text);
    expectSeries(series, {
      framework: "RLlib",
      format: "jsonl",
      form: "log-alpha",
      rows: {
        ...ALPHA,
        ...LOSSES,
        step: [1000, 2000],
        entropy: [-2, 3],
        targetEntropy: [-1, -1],
        return: [-10, -20],
      },
    });
    expect(series.declared).toEqual({ targetEntropy: -1 });
  });

  it.each(["info/learner/default_policy/", "info/learner/default_policy/learner_stats/"])(
    "of RLlib's old stack: %s",
    async (prefix) => {
      const names = ["alpha_value", "alpha_loss", "actor_loss", "critic_loss", "target_entropy"];
      const csv =
        `${names.map((name) => prefix + name).join(",")},timesteps_total,episode_reward_mean\n` +
        "0.5,-1,3,5,-6,1000,-10\n[0.25],-2,4,6,[-6.],2000,-20\n";
      expectSeries(await readText("progress.csv", csv), {
        framework: "RLlib",
        format: "csv",
        form: "log-alpha",
        rows: { ...ALPHA, ...LOSSES, step: [1000, 2000], targetEntropy: [-6, -6], return: [-10, -20] },
      });
    },
  );

  it("of garage: progress.csv", async () => {
    const csv = "AlphaTemperature/mean,TotalEnvSteps,Evaluation/AverageReturn\n0.5,1000,-10\n0.25,2000,-20\n";
    expectSeries(await readText("progress.csv", csv), {
      framework: "garage",
      format: "csv",
      form: "log-alpha",
      rows: { alpha: [0.5, 0.25], step: [1000, 2000], evalReturn: [-10, -20] },
    });
  });

  it("of pytorch_sac: train.csv, whose columns lose their scope", async () => {
    const csv =
      "actor_entropy,actor_loss,actor_target_entropy,alpha_loss,alpha_value,batch_reward,critic_loss,duration,episode,episode_reward,step\n" +
      "2,3,-1,-1,0.5,0,5,1,1,-10,1000\n-3,4,-1,-2,0.25,0,6,1,2,-20,2000\n";
    expectSeries(await readText("train.csv", csv), {
      framework: "pytorch_sac",
      format: "csv",
      form: "alpha",
      rows: {
        ...ALPHA,
        ...LOSSES,
        step: [1000, 2000],
        entropy: [2, -3],
        targetEntropy: [-1, -1],
        return: [-10, -20],
      },
    });
  });

  it("of Acme: learner_steps beside plain names", async () => {
    const csv = "learner_steps,alpha,alpha_loss,actor_loss,critic_loss\n100,0.5,-1,3,5\n200,0.25,-2,4,6\n";
    expectSeries(await readText("logs.csv", csv), {
      framework: "Acme",
      format: "csv",
      form: "alpha",
      rows: { ...ALPHA, ...LOSSES, updates: [100, 200] },
    });
  });

  it("of our own runs: metrics.jsonl with run.json beside it", async () => {
    const text =
      '{"time/total_timesteps":200,"train/ent_coef":0.5,"train/ent_coef_loss":-1,"train/entropy":2,"train/target_entropy":-1,"train/log_alpha":-0.69,"train/n_updates":100}\n' +
      '{"time/total_timesteps":400,"train/ent_coef":0.25,"train/ent_coef_loss":"NaN","train/entropy":-3,"train/target_entropy":-1,"train/log_alpha":-1.39,"train/n_updates":300}\n';
    const manifest = {
      format: "tempered-run/1",
      env: "Pendulum-v1",
      seed: 1,
      engine: "wasm",
      config: {},
      declared: { alphaLearningRate: 0.001, actionDim: 1, lossForm: "log-alpha" },
    };
    const { series } = await readRuns({
      logs: [{ path: "runs/a/metrics.jsonl", bytes: bytes(text) }],
      settings: [{ path: "runs/a/run.json", text: JSON.stringify(manifest) }],
    });
    expectSeries(series[0]!, {
      framework: "tempered",
      format: "jsonl",
      rows: {
        alpha: [0.5, 0.25],
        alphaLoss: [-1, Number.NaN],
        entropy: [2, -3],
        targetEntropy: [-1, -1],
        step: [200, 400],
        updates: [100, 300],
      },
    });
    expect(series[0]!.notFinite).toEqual({ alphaLoss: 1 });
    expect(series[0]!.declared).toEqual({
      env: "Pendulum-v1",
      targetEntropy: -1,
      alphaLearningRate: 0.001,
      actionDim: 1,
      lossForm: "log-alpha",
    });
  });
});

describe("events", () => {
  const step = [100, 200];
  it.each<[string, LossForm | undefined, Record<string, readonly [number, number]>, Rows]>([
    [
      "CleanRL",
      "alpha",
      {
        "losses/alpha": [0.5, 0.25],
        "losses/alpha_loss": [-1, -2],
        "losses/actor_loss": [3, 4],
        "losses/qf_loss": [5, 6],
        "losses/qf1_loss": [50, 60],
        "losses/qf1_values": [7, 8],
        "charts/episodic_return": [-10, -20],
        "charts/SPS": [1, 1],
      },
      { ...ALPHA, ...LOSSES, q: [7, 8], return: [-10, -20], step },
    ],
    [
      "Tianshou",
      "log-alpha",
      {
        "training/env_step": [100, 200],
        "training/alpha": [0.5, 0.25],
        "training/alpha_loss": [-1, -2],
        "training/actor_loss": [3, 4],
        "training/critic1_loss": [5, 6],
        "training/returns_stat/mean": [-10, -20],
      },
      { ...ALPHA, ...LOSSES, return: [-10, -20], step },
    ],
    [
      "Tianshou",
      "log-alpha",
      {
        alpha: [0.5, 0.25],
        "loss/alpha": [-1, -2],
        "loss/actor": [3, 4],
        "loss/critic1": [5, 6],
        "test/reward": [-10, -20],
      },
      { ...ALPHA, ...LOSSES, evalReturn: [-10, -20], step },
    ],
    [
      "skrl",
      "log-alpha",
      {
        "Coefficient / Entropy coefficient": [0.5, 0.25],
        "Loss / Entropy loss": [-1, -2],
        "Loss / Policy loss": [3, 4],
        "Loss / Critic loss": [5, 6],
        "Reward / Total reward (mean)": [-10, -20],
      },
      { ...ALPHA, ...LOSSES, return: [-10, -20], step },
    ],
    [
      "TorchRL",
      "log-alpha",
      {
        "train/alpha": [0.5, 0.25],
        "train/alpha_loss": [-1, -2],
        "train/entropy": [2, -3],
        "train/actor_loss": [3, 4],
        "train/q_loss": [5, 6],
        "train/reward": [-10, -20],
        "eval/reward": [-30, -40],
      },
      { ...ALPHA, ...LOSSES, entropy: [2, -3], return: [-10, -20], evalReturn: [-30, -40], step },
    ],
    [
      "pytorch_sac",
      "alpha",
      {
        "train_alpha/value": [0.5, 0.25],
        "train_alpha/loss": [-1, -2],
        "train_actor/entropy": [2, -3],
        "train_actor/target_entropy": [-1, -1],
        "train_actor/loss": [3, 4],
        "train_critic/loss": [5, 6],
        "train/episode_reward": [-10, -20],
      },
      { ...ALPHA, ...LOSSES, entropy: [2, -3], targetEntropy: [-1, -1], return: [-10, -20], step },
    ],
    [
      "Brax",
      "alpha",
      {
        "training/alpha": [0.5, 0.25],
        "training/alpha_loss": [-1, -2],
        "training/actor_loss": [3, 4],
        "training/critic_loss": [5, 6],
        "eval/episode_reward": [-10, -20],
      },
      { ...ALPHA, ...LOSSES, evalReturn: [-10, -20], step },
    ],
    [
      "DI-engine",
      "log-alpha",
      {
        "learner_iter/alpha_avg": [0.5, 0.25],
        "learner_step/alpha_avg": [0.4, 0.2],
        "learner_iter/alpha_loss_avg": [-1, -2],
        "learner_iter/policy_loss_avg": [3, 4],
        "learner_iter/critic_loss_avg": [5, 6],
        "evaluator_iter/eval_episode_return_mean": [-10, -20],
        "evaluator_step/eval_episode_return_mean": [-1, -2],
      },
      { ...ALPHA, ...LOSSES, evalReturn: [-10, -20], step, updates: step },
    ],
    [
      "JaxRL",
      "alpha",
      {
        "training/temperature": [0.5, 0.25],
        "training/temp_loss": [-1, -2],
        "training/actor_loss": [3, 4],
        "training/critic_loss": [5, 6],
        "training/entropy": [2, -3],
        "training/q1": [7, 8],
        "training/return": [-10, -20],
      },
      { ...ALPHA, ...LOSSES, entropy: [2, -3], q: [7, 8], return: [-10, -20], step },
    ],
    [
      "JaxRL",
      "alpha",
      { "training/temperature": [0.5, 0.25], "training/temperature_loss": [-1, -2] },
      { ...ALPHA, step },
    ],
    [
      "ElegantRL",
      "log-alpha",
      {
        "info/critic_loss_sample": [5, 6],
        "info/actor_obj_sample": [-7, -8],
        "reward/avg_reward_sample": [-10, -20],
        "reward/exp_reward_sample": [1, 2],
        "info/critic_loss_time": [50, 60],
      },
      { criticLoss: [5, 6], q: [7, 8], evalReturn: [-10, -20], step },
    ],
    [
      "pranz24",
      "log-alpha",
      {
        "loss/critic_1": [5, 6],
        "loss/policy": [3, 4],
        "loss/entropy_loss": [-1, -2],
        "entropy_temprature/alpha": [0.5, 0.25],
      },
      { ...ALPHA, ...LOSSES, step, updates: step },
    ],
    [
      "ml-agents",
      undefined,
      {
        "Policy/Continuous Entropy Coeff": [0.5, 0.25],
        "Policy/Entropy": [2, -3],
        "Losses/Policy Loss": [3, 4],
        "Losses/Q1 Loss": [5, 6],
        "Environment/Cumulative Reward": [-10, -20],
      },
      { alpha: [0.5, 0.25], ...LOSSES, entropy: [2, -3], return: [-10, -20], step },
    ],
    [
      "RLlib",
      "log-alpha",
      {
        "ray/tune/info/learner/default_policy/alpha_value": [0.5, 0.25],
        "ray/tune/episode_reward_mean": [-10, -20],
      },
      { alpha: [0.5, 0.25], return: [-10, -20], step },
    ],
  ])("of %s", async (framework, form, tags, rows) => {
    const series = await readEvents(tags);
    expect(series).toMatchObject({ framework, format: "tfevents" });
    expect(series.usualLossForm).toBe(form);
    expect(rowsOf(series)).toEqual(rows);
  });

  it("have the times at which α was written", async () => {
    const records = [
      encodeScalars(100, 1000.5, { "losses/alpha": 0.5, "losses/alpha_loss": -1 }),
      encodeScalars(150, 1001, { "charts/episodic_return": -9 }),
      encodeScalars(200, 1003.5, { "losses/alpha": 0.25, "losses/alpha_loss": -2 }),
    ];
    const [series] = await readSeries({ path: "events", bytes: Buffer.concat(records) });
    expect([...series!.columns.time!]).toEqual([1000.5, Number.NaN, 1003.5]);
  });

  it("of pranz24 whose returns are counted in episodes stand where they were written", async () => {
    const records = [
      encodeScalars(1000, 1, { "entropy_temprature/alpha": 0.5 }),
      encodeScalars(1, 2, { "reward/train": -10 }),
      encodeScalars(2000, 3, { "entropy_temprature/alpha": 0.25 }),
      encodeScalars(2, 4, { "reward/train": -20 }),
    ];
    const [series] = await readSeries({ path: "events", bytes: Buffer.concat(records) });
    expect(rowsOf(series!)).toEqual({
      alpha: [0.5, 0.25],
      return: [-10, -20],
      step: [1000, 2000],
      updates: [1000, 2000],
    });
  });
});

describe("one file a metric", () => {
  it("of d3rlpy: epoch, step, value; settings in params.json", async () => {
    const metric = (name: string, text: string) => ({ path: `logs/SAC_1/${name}.csv`, bytes: bytes(text) });
    const { series, errors } = await readRuns({
      logs: [
        metric("temp", "1,1000,0.5\n2,2000,0.25\n"),
        metric("temp_loss", "1,1000,-1\n2,2000,-2\n"),
        metric("actor_loss", "1,1000,3\n2,2000,4\n"),
        metric("critic_loss", "1,1000,5\n2,2000,6\n"),
        metric("evaluation", "2,2000,-20\n"),
        metric("time_step", "1,1000,0.1\n2,2000,0.1\n"),
      ],
      settings: [
        { path: "logs/SAC_1/params.json", text: '{"config": {"temp_learning_rate": 0.0003, "gamma": 0.98}}' },
      ],
    });
    expect(errors).toEqual([]);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({
      path: "logs/SAC_1",
      framework: "d3rlpy",
      declared: { alphaLearningRate: 0.0003, gamma: 0.98 },
    });
    expect(rowsOf(series[0]!)).toEqual({
      ...ALPHA,
      ...LOSSES,
      evalReturn: [Number.NaN, -20],
      step: [1000, 2000],
    });
  });

  it("of TorchRL: scalars/NAME.csv, names with slashes as directories", async () => {
    const metric = (name: string, text: string) => ({ path: `exp/scalars/${name}.csv`, bytes: bytes(text) });
    const { series } = await readRuns({
      logs: [
        metric("train/alpha", "100,0.5\n200,0.25\n"),
        metric("train/alpha_loss", "100,-1\n200,-2\n"),
        metric("train/q_loss", "100,5\n200,6\n"),
        metric("eval/reward", "200,-20\n"),
      ],
    });
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({ path: "exp", framework: "TorchRL", usualLossForm: "log-alpha" });
    expect(rowsOf(series[0]!)).toEqual({
      ...ALPHA,
      criticLoss: [5, 6],
      evalReturn: [Number.NaN, -20],
      step: [100, 200],
    });
  });

  it("downloaded from TensorBoard", async () => {
    const [series] = await readSeries({
      path: "run-SAC_1-tag-train_ent_coef.csv",
      bytes: bytes("Wall time,Step,Value\n1.5,200,0.5\n2.5,400,0.25\n"),
    });
    expect(rowsOf(series!)).toEqual({ alpha: [0.5, 0.25], step: [200, 400] });
  });
});

describe("Weights & Biases exports", () => {
  it("give a series a run, each with its framework", async () => {
    const csv =
      '"Step","SAC-1 - train/ent_coef","SAC-1 - train/ent_coef__MIN","SAC-1 - train/ent_coef__MAX","clean - v2 - losses/alpha","SAC-1 - train/ent_coef_loss"\n' +
      '"200","0.5","0.5","0.5","0.9","-1"\n"300","","","","0.8",""\n"400","0.25","0.25","0.25","","-2"\n';
    const series = await readSeries({ path: "wandb.csv", bytes: bytes(csv) });
    expect(series.map(({ path, framework }) => [path, framework])).toEqual([
      ["wandb.csv#SAC-1", "Stable-Baselines3"],
      ["wandb.csv#clean - v2", "CleanRL"],
    ]);
    expect(rowsOf(series[0]!)).toEqual({
      alpha: [0.5, Number.NaN, 0.25],
      alphaLoss: [-1, Number.NaN, -2],
      step: [200, 300, 400],
    });
    expect(rowsOf(series[1]!)).toEqual({ alpha: [0.9, 0.8, Number.NaN], step: [200, 300, 400] });
  });
});

describe("printed lines", () => {
  it("of Stable-Baselines3's table, grouped and boxed", async () => {
    const box = (t: number, alpha: string, loss: string) =>
      `---------------------------------\n| rollout/           |          |\n|    ep_len_mean     | 200      |\n|    ep_rew_mean     | -1.1e+03 |\n| time/              |          |\n|    fps             | 96       |\n|    total_timesteps | ${t}      |\n| train/             |          |\n|    actor_loss      | 3        |\n|    ent_coef        | ${alpha}    |\n|    ent_coef_loss   | ${loss}    |\n|    n_updates       | ${t - 101}       |\n---------------------------------\n`;
    const text = `Using cpu device\nWrapping the env in a DummyVecEnv.\n${box(400, "0.5", "-1")}Eval num_timesteps=400\n${box(800, "0.25", "-2")}`;
    expectSeries(await readText("log.txt", text), {
      framework: "Stable-Baselines3",
      format: "text",
      form: "log-alpha",
      rows: {
        ...ALPHA,
        step: [400, 800],
        updates: [299, 699],
        actorLoss: [3, 3],
        return: [-1100, -1100],
        episodeLength: [200, 200],
      },
    });
  });

  it.each([
    ["Step 400 | Alpha: 0.5 | Return: -10\nStep 800 | Alpha: 0.25 | Return: -20\n"],
    ["step=400, alpha=0.5, return=-10\nstep=800, alpha=0.25, return=-20"],
    [
      "Step: 400/1000\nalpha: tensor(0.5000, grad_fn=<ExpBackward>)\nReturn -10\nStep: 800/1000\nalpha: 0.25\nReturn -20\n",
    ],
    ["{'step': 400, 'alpha': 0.5, 'return': -10.0}\n{'step': 800, 'alpha': 0.25, 'return': -20.0}\n"],
    [
      "[12:00:01] INFO step=400 mean alpha: 5e-1 return=-1e1 took 3.2s\n[12:00:02] INFO step=800 mean alpha: .25 return=-20 took 3.1s\n",
    ],
  ])("in words: %j", async (text) => {
    const series = await readText("-", text);
    expectSeries(series, {
      framework: "unknown",
      format: "text",
      rows: { alpha: [0.5, 0.25], step: [400, 800], return: [-10, -20] },
    });
  });

  it.each([
    [
      "ID     Step    Time |    avgR   stdR   avgS  stdS |    expR   objC   objA   etc.",
      [
        "0  2.05e+04     100 | -178.00   12.3    200     0 |   -0.98   1.23   45.60   0.50",
        "0  4.10e+04     200 | -150.00   12.3    200     0 |   -0.90   1.03   50.00   0.25",
      ],
    ],
    [
      "ID     Step    maxR |    avgR   stdR   avgS  stdS |    expR   objC   etc.",
      [
        "0  2.05e+04 -178.00 | -178.00   12.3    200     0 |   -0.98   1.23   45.60   0.50",
        "0  4.10e+04 -150.00 | -150.00   12.3    200     0 |   -0.90   1.03   50.00   0.25",
      ],
    ],
  ])("of ElegantRL's table: %s", async (head, rows) => {
    const series = await readText("log.txt", ["| Evaluator:", "#".repeat(80), head, ...rows].join("\n"));
    expect(series).toMatchObject({ framework: "ElegantRL", format: "text" });
    expect(rowsOf(series)).toEqual({
      step: [20_500, 41_000],
      alpha: [0.5, 0.25],
      criticLoss: [1.23, 1.03],
      q: [45.6, 50],
      evalReturn: [-178, -150],
      episodeLength: [200, 200],
    });
  });

  it("with log π, α loss and NaN; targets and bounds are not α", async () => {
    const text =
      "Alpha: 0.5, Alpha Loss: -1, log_prob: -2, target alpha: 9, max alpha = 7, alpha_max: 3\nAlpha: nan, Alpha Loss: inf, log_prob: 3\n";
    const series = await readText("-", text);
    expect(rowsOf(series)).toEqual({
      alpha: [0.5, Number.NaN],
      alphaLoss: [-1, Number.POSITIVE_INFINITY],
      entropy: [2, -3],
    });
    expect(series.notFinite).toEqual({ alpha: 1, alphaLoss: 1 });
  });
});

it("every program has a signature among its own tags or scopes, and no two programs share one", () => {
  const owner = new Map<string, string>();
  for (const { name, signature } of PROGRAMS) {
    expect(signature.length).toBeGreaterThan(0);
    for (const tag of signature) {
      expect(owner.get(tag) ?? name).toBe(name);
      owner.set(tag, name);
    }
  }
});
