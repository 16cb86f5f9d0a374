// "My α drops to zero within ten episodes." A detective story in three parts, told by training.
//
//   npx tsx examples/alpha-collapse.ts [--engine wasm] [--seeds 3] [--out FILE.md]
//
// The question: a task with four action dimensions, target entropy H̄ = −4, learning rate of α 1e-4, the loss
// −α (log π + H̄), no bound on α; and α "drops to zero within ten episodes". The advice it got: a target of −2.5, a
// learning rate of 3e-5, log α clamped to [−10, 2], and the right sign. We train with exactly these settings first,
// then with one suspect at a time, then with the advice, and see what α does. Here an episode has 1,000 steps and
// every step one update: ten episodes are 10,000 updates.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PointMass, TimeLimit } from "../src/envs/index.ts";
import { type Agent, evaluate, SAC } from "../src/index.ts";
import {
  adamOnAlpha,
  descentOnAlpha,
  descentOnLogAlpha,
  flippedSign,
  type MakeTemperature,
  right,
  type Settings,
} from "./alpha-collapse/temperatures.ts";

/** The settings of the question. */
export const asked: Settings = { targetEntropy: -4, learningRate: 1e-4, loss: "alpha", initialAlpha: 1 };

export interface Experiment {
  readonly name: string;
  /** What differs from the settings of the question. */
  readonly change?: Partial<Settings>;
  readonly updatesPerStep?: number;
  /** How α is moved; by default rightly. */
  readonly temperature?: MakeTemperature;
  /** The row in one sentence. */
  readonly because: string;
}

// Part one. Adam moves log α by about its learning rate at each update, no more: 10,000 updates at 1e-4 are one nat,
// and exp(−1) = 0.37. Whoever sees 0 after ten episodes runs something else than these settings.

export const question: Experiment = {
  name: "exactly as asked",
  because: "Adam takes log α down by at most 1e-4 an update: one nat in ten episodes",
};

// Part two. What else could it be? One change at a time.

export const suspects: readonly Experiment[] = [
  {
    name: "loss on log α",
    change: { loss: "log-alpha" },
    because: "exactly 1e-4 an update, the fastest that these settings allow",
  },
  {
    name: "target −8",
    change: { targetEntropy: -8 },
    because: "a lower target makes g larger, and Adam takes no notice of its size",
  },
  {
    name: "α-lr 3e-4",
    change: { learningRate: 3e-4 },
    because: "the usual default: three times as fast, still not zero",
  },
  {
    name: "α-lr 3e-3",
    change: { learningRate: 3e-3 },
    because: "thirty times the rate: α is gone long before the policy can follow",
  },
  {
    name: "α-lr 3e-3, loss on log α",
    change: { learningRate: 3e-3, loss: "log-alpha" },
    because: "nothing slows the fall: α undershoots by orders of magnitude",
  },
  {
    name: "6 updates a step",
    updatesPerStep: 6,
    because: "60,000 updates in ten episodes: count updates, not steps",
  },
  {
    name: "Adam on α itself",
    temperature: adamOnAlpha,
    because: "α falls by 1e-4, not by 1e-4 of itself: 1 − 10,000 · 1e-4 = 0",
  },
  {
    name: "plain SGD on log α",
    change: { loss: "log-alpha" },
    temperature: descentOnLogAlpha,
    because: "without Adam a step is lr · g: a gap of 6.7 nats means 6.7 times the speed",
  },
  {
    name: "plain SGD on log α, loss on α",
    temperature: descentOnLogAlpha,
    because: "a step is lr · α · g: it slows down as α falls, and never arrives",
  },
  {
    name: "plain SGD on α itself",
    temperature: descentOnAlpha,
    because: "lr · g off α at each update: zero after 1,500, negative after that",
  },
  {
    name: "α starts at 0.02",
    change: { initialAlpha: 0.02 },
    because: "a right temperature that began next to zero",
  },
  {
    name: "sign flipped",
    temperature: flippedSign,
    because: "the wrong way, but upwards: entropy starts above its target, so α grows",
  },
];

// Part three. The advice, first on the settings of the question, then on the suspect that fits the question best.

const advice = {
  target: { name: "target −2.5", change: { targetEntropy: -2.5 } },
  rate: { name: "α-lr 3e-5", change: { learningRate: 3e-5 } },
  bound: { name: "log α in [−10, 2]", change: { min: Math.exp(-10), max: Math.exp(2) } },
} as const;
const allAdvice = Object.assign(
  {},
  ...Object.values(advice).map(({ change }) => change),
) as Partial<Settings>;

export const remediesAsAsked: readonly Experiment[] = [
  { ...advice.target, because: "the gap stays positive throughout: nothing changes" },
  { ...advice.rate, because: "slower by a factor of three, in a fall that was no collapse" },
  { ...advice.bound, because: "a bound at 0.000045 that α never comes near" },
  { name: "all three", change: allAdvice, because: "what the lower rate does alone" },
];

export const remediesOfAdamOnAlpha: readonly Experiment[] = [
  {
    ...advice.target,
    temperature: adamOnAlpha,
    because: "still 1e-4 an update: the target decides where α turns, not how fast it falls",
  },
  {
    ...advice.rate,
    temperature: adamOnAlpha,
    because: "puts it off: α reaches zero in episode 34 instead of 10",
  },
  { ...advice.bound, temperature: adamOnAlpha, because: "keeps α from turning negative, at 0.000045" },
  {
    name: "all three",
    change: allAdvice,
    temperature: adamOnAlpha,
    because: "what the lower rate does alone",
  },
  {
    name: "a bound that means something: α ≥ 0.1",
    change: { min: 0.1 },
    temperature: adamOnAlpha,
    because: "a floor in units of the reward holds, though the cause is still there",
  },
];

export const remediesOfSign: readonly Experiment[] = [
  {
    name: "the right sign",
    because: "which is the settings of the question again",
  },
];

export const parts = [
  { title: "The question", experiments: [question] },
  { title: "The suspects, one at a time", experiments: suspects },
  { title: "The advice, on the settings of the question", experiments: remediesAsAsked },
  { title: "The advice, where Adam works on α itself", experiments: remediesOfAdamOnAlpha },
] as const;

// The training run: the library's agent, with its own temperature or with one from outside.

export interface Scale {
  readonly hidden: readonly number[];
  readonly batchSize: number;
  readonly engine: "wasm" | "onnxruntime" | "auto";
}

export interface Outcome {
  /** α after ten episodes. */
  readonly alpha: number;
  /** α after as many updates at the gap of the untrained policy. */
  readonly alphaAtSteadyGap: number;
  /** The first episode in which α < 0.01, counted from 1. */
  readonly vanished: number | undefined;
  /** Mean over the last episode's updates, nats. */
  readonly entropy: number;
  /** Mean over five deterministic episodes. */
  readonly meanReturn: number;
}

const EPISODES = 10;
const EPISODE_STEPS = 1000;
/** Below this we call α vanished. */
export const VANISHED = 0.01;
/** Entropy of the untrained policy, nats: about 0.68 a dimension. */
const UNTRAINED_ENTROPY = 2.7;

const makeTask = () => new TimeLimit(new PointMass({ dimensions: 4 }), EPISODE_STEPS);

export async function run(
  { change, updatesPerStep = 1, temperature }: Experiment,
  scale: Scale,
  seed: number,
): Promise<Outcome> {
  const settings: Settings = { ...asked, ...change };
  const own = temperature?.(settings);
  await using agent = await SAC.create(makeTask(), {
    ...scale,
    seed,
    learningStarts: 0,
    gradientSteps: updatesPerStep,
    temperature: own ? { alpha: own.alpha } : settings,
  });
  let [alpha, entropy, vanished] = [own?.alpha ?? 1, 0, undefined as number | undefined];
  for await (const now of agent.learn({ totalTimesteps: EPISODES * EPISODE_STEPS, logEvery: 1 })) {
    if (own) handOver(agent, own, now.entropy);
    alpha = own?.alpha ?? now.alpha;
    if (alpha < VANISHED) vanished ??= Math.ceil(now.step / EPISODE_STEPS);
    if (now.step > (EPISODES - 1) * EPISODE_STEPS) entropy += now.entropy / EPISODE_STEPS;
  }
  const { meanReturn } = await evaluate(agent, makeTask(), { episodes: 5, seed: 1000 + seed });

  const steady = (temperature ?? right)(settings);
  for (let i = 0; i < EPISODES * EPISODE_STEPS * updatesPerStep; i++) steady.update(UNTRAINED_ENTROPY);
  return { alpha, alphaAtSteadyGap: steady.alpha, vanished, entropy, meanReturn };
}

/** A temperature from outside: the agent believes that its α is fixed, and we change the fixed value. */
function handOver(agent: Agent, own: ReturnType<MakeTemperature>, entropy: number): void {
  own.update(entropy);
  Object.assign(agent.temperature, { alpha: own.alpha });
}

// The table.

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      engine: { type: "string", default: "wasm" },
      seeds: { type: "string", default: "3" },
      out: { type: "string" },
    },
  });
  const scale: Scale = { hidden: [64, 64], batchSize: 64, engine: values.engine as Scale["engine"] };
  const lines: string[] = [];
  const print = (line: string) => {
    lines.push(line);
    console.log(line);
  };
  for (const { title, experiments } of parts) {
    print(`\n**${title}**\n`);
    print(
      "| settings | α at a steady gap | α after ten episodes | below 0.01 in episode | entropy | return | because |",
    );
    print("|---|---:|---:|---:|---:|---:|---|");
    for (const experiment of experiments) {
      const outcomes: Outcome[] = [];
      for (let seed = 1; seed <= Number(values.seeds); seed++) {
        outcomes.push(await run(experiment, scale, seed));
      }
      print(row(experiment, outcomes));
    }
  }
  if (values.out) writeFileSync(values.out, `${lines.join("\n").trim()}\n`);
}

function row({ name, because }: Experiment, outcomes: readonly Outcome[]): string {
  const range = (of: (outcome: Outcome) => number, show: (x: number) => string) => {
    const shown = outcomes
      .map(of)
      .sort((a, b) => a - b)
      .map(show);
    return shown[0] === shown.at(-1) ? shown[0]! : `${shown[0]} … ${shown.at(-1)}`;
  };
  const alpha = (x: number) => `${Number(x.toPrecision(2))}`;
  const vanished = outcomes.map((outcome) => outcome.vanished);
  return `| ${[
    name,
    alpha(outcomes[0]!.alphaAtSteadyGap),
    range((outcome) => outcome.alpha, alpha),
    vanished.every((episode) => episode === undefined)
      ? "–"
      : [...new Set(vanished)].map((e) => e ?? "–").join(", "),
    range(
      (outcome) => outcome.entropy,
      (x) => x.toFixed(1),
    ),
    range(
      (outcome) => outcome.meanReturn,
      (x) => x.toFixed(0),
    ),
    because,
  ].join(" | ")} |`.replace(/-(?=\d)/g, "−");
}
