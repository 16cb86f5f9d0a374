// "My α drops to zero within ten episodes." A detective story in three parts, told by training.
//
//   npx tsx examples/alpha-collapse.ts [--seeds 1] [--out FILE.md] [--engine wasm]
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
import { evaluate, SAC } from "../src/index.ts";
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

// Part one. Adam moves log α by about its learning rate at each update, whatever the size of the gap g = H − H̄.
// 10,000 updates at 1e-4 are one nat, and exp(−1) = 0.37. Whoever sees 0 after ten episodes runs something else.

export const question: Experiment = {
  name: "exactly as asked",
  because: "Adam takes at most 1e-4 off log α at each update: one nat in ten episodes",
};

// Part two. What else could it be? One change at a time. "Zero" is what a log with one decimal shows: α < 0.05.

export const suspects: readonly Experiment[] = [
  {
    name: "loss on log α",
    change: { loss: "log-alpha" },
    because: "exactly 1e-4 an update, the fastest that this rate allows",
  },
  {
    name: "target −8",
    change: { targetEntropy: -8 },
    because: "a lower target makes the gap larger, and Adam takes no notice of its size",
  },
  {
    name: "α-lr 3e-4",
    change: { learningRate: 3e-4 },
    because: "the usual default falls three times as fast, which is not yet zero",
  },
  {
    name: "α-lr 1e-3",
    change: { learningRate: 1e-3 },
    because: "ten times the rate: gone before ten episodes are over",
  },
  {
    name: "α-lr 1e-3, loss on log α",
    change: { learningRate: 1e-3, loss: "log-alpha" },
    because: "the same, and this form does not slow down as α falls",
  },
  {
    name: "4 updates a step",
    updatesPerStep: 4,
    because: "40,000 updates in ten episodes: what counts is updates, not steps",
  },
  {
    name: "Adam on α itself",
    temperature: adamOnAlpha,
    because:
      "takes 1e-4 off α, not off log α: 1 − 10,000 · 1e-4 = 0 if the gap stays, and near it as the gap shrinks",
  },
  {
    name: "plain SGD on log α, loss on log α",
    change: { loss: "log-alpha" },
    temperature: descentOnLogAlpha,
    because: "a step is lr · g without Adam: a gap of 6.7 nats is 6.7 times the speed",
  },
  {
    name: "plain SGD on log α, loss on α",
    temperature: descentOnLogAlpha,
    because: "a step is lr · α · g: fast at first, slower as α falls",
  },
  {
    name: "plain SGD on α itself",
    temperature: descentOnAlpha,
    because: "takes lr · g off α: zero after 1,500 updates, and then below",
  },
  {
    name: "α starts at 0.1",
    change: { initialAlpha: 0.1 },
    because: "the same share of less: a right temperature that began near zero",
  },
  {
    name: "sign flipped",
    temperature: flippedSign,
    because: "the wrong way is upwards here: entropy starts above its target, and stays",
  },
];

// Part three. The advice: on the settings of the question, and on three of the suspects, each item alone and then all.

const advice = {
  target: { targetEntropy: -2.5 },
  rate: { learningRate: 3e-5 },
  bound: { min: Math.exp(-10), max: Math.exp(2) },
} as const;
const allAdvice = { ...advice.target, ...advice.rate, ...advice.bound };

export const adviceAsAsked: readonly Experiment[] = [
  { name: "target −2.5", change: advice.target, because: "the entropy is still above either target" },
  { name: "α-lr 3e-5", change: advice.rate, because: "a third of a fall that was no collapse" },
  { name: "log α in [−10, 2]", change: advice.bound, because: "α never comes near 0.000045 or 7.4" },
  { name: "all three", change: allAdvice, because: "what the lower rate does alone" },
];

const fast = { learningRate: 1e-3, loss: "log-alpha" } as const;
export const adviceOnFast: readonly Experiment[] = [
  {
    name: "target −2.5",
    change: { ...fast, ...advice.target },
    because: "the fall ends earlier and a little higher: the target sets where it ends, not its speed",
  },
  {
    name: "α-lr 3e-5",
    change: { ...fast, ...advice.rate },
    because: "the cure, as the rate was the cause",
  },
  {
    name: "log α in [−10, 2]",
    change: { ...fast, ...advice.bound },
    because: "a floor of 0.000045 is no floor",
  },
  { name: "all three", change: { ...fast, ...allAdvice }, because: "what the lower rate does alone" },
  {
    name: "α ≥ 0.05 instead",
    change: { ...fast, min: 0.05 },
    because: "a floor in units of the reward holds, and the entropy stays above its target for it",
  },
];

export const adviceOnAdamOnAlpha: readonly Experiment[] = [
  {
    name: "target −2.5",
    change: advice.target,
    temperature: adamOnAlpha,
    because: "the straight line towards zero ends a little earlier",
  },
  {
    name: "α-lr 3e-5",
    change: advice.rate,
    temperature: adamOnAlpha,
    because: "puts zero off to episode 34, if the gap stays",
  },
  {
    name: "log α in [−10, 2]",
    change: advice.bound,
    temperature: adamOnAlpha,
    because: "would keep α from turning negative, no more",
  },
  {
    name: "all three",
    change: allAdvice,
    temperature: adamOnAlpha,
    because: "what the lower rate does alone",
  },
  {
    name: "Adam on log α instead",
    because: "the cure: the settings of the question, and the share that falls is 1e-4",
  },
];

export const adviceOnSign: readonly Experiment[] = [
  {
    name: "target −2.5, α-lr 3e-5 and log α in [−10, 2]",
    change: allAdvice,
    temperature: flippedSign,
    because: "the wrong way, more slowly",
  },
  { name: "the right sign", because: "the cure: the settings of the question" },
];

export const parts = [
  { title: "The question", experiments: [question] },
  { title: "The suspects, one at a time", experiments: suspects },
  { title: "The advice, on the settings of the question", experiments: adviceAsAsked },
  { title: "The advice, where α-lr is 1e-3 with the loss on log α", experiments: adviceOnFast },
  { title: "The advice, where Adam works on α itself", experiments: adviceOnAdamOnAlpha },
  { title: "The advice, where the sign is flipped", experiments: adviceOnSign },
] as const;

// The training run: the library's agent, which is handed the temperature.

export interface Scale {
  readonly hidden: readonly number[];
  readonly batchSize: number;
  readonly engine: "wasm" | "onnxruntime" | "auto";
}

export interface Outcome {
  /** α after the last episode. */
  readonly alpha: number;
  /** The smallest α on the way. */
  readonly lowestAlpha: number;
  /** α after as many updates at the gap of the untrained policy. */
  readonly alphaAtSteadyGap: number;
  /** The first episode in which α < 0.05, counted from 1. */
  readonly vanished: number | undefined;
  /** Mean over the last episode's updates, nats. */
  readonly entropy: number;
  /** Mean over five deterministic episodes. */
  readonly meanReturn: number;
}

const EPISODES = 10;
const EPISODE_STEPS = 1000;
/** Below this, α is 0.0 in a log with one decimal. */
export const VANISHED = 0.05;
/** Entropy of the untrained policy, nats: about 0.68 a dimension. */
const UNTRAINED_ENTROPY = 2.7;

const makeTask = () => new TimeLimit(new PointMass({ dimensions: 4 }), EPISODE_STEPS);

export async function run(
  { change, updatesPerStep = 1, temperature }: Experiment,
  scale: Scale,
  seed: number,
  watch?: (step: number, alpha: number) => void,
): Promise<Outcome> {
  const settings: Settings = { ...asked, ...change };
  const own = (temperature ?? right)(settings);
  await using agent = await SAC.create(makeTask(), {
    ...scale,
    seed,
    learningStarts: 0,
    gradientSteps: updatesPerStep,
    temperature: own,
  });
  const steps = EPISODES * EPISODE_STEPS;
  let [alpha, lowestAlpha, entropy, vanished] = [1, Infinity, 0, undefined as number | undefined];
  for await (const now of agent.learn({ totalTimesteps: steps, logEvery: 1 })) {
    alpha = now.alpha;
    watch?.(now.step, alpha);
    lowestAlpha = Math.min(lowestAlpha, alpha);
    if (alpha < VANISHED) vanished ??= Math.ceil(now.step / EPISODE_STEPS);
    if (now.step > steps - EPISODE_STEPS) entropy += now.entropy / EPISODE_STEPS;
  }
  const { meanReturn } = await evaluate(agent, makeTask(), { episodes: 5, seed: 1000 + seed });

  const steady = (temperature ?? right)(settings);
  for (let i = 0; i < steps * updatesPerStep; i++) steady.update(UNTRAINED_ENTROPY, 0);
  return { alpha, lowestAlpha, alphaAtSteadyGap: steady.alpha, vanished, entropy, meanReturn };
}

// The table.

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      engine: { type: "string", default: "wasm" },
      seeds: { type: "string", default: "1" },
      out: { type: "string" },
    },
  });
  const scale: Scale = { hidden: [64, 64], batchSize: 64, engine: values.engine as Scale["engine"] };
  const lines: string[] = [];
  const print = (line: string) => {
    lines.push(line);
    console.log(line);
  };
  print(
    `\`npx tsx examples/alpha-collapse.ts --seeds ${values.seeds}\`, engine ${values.engine}: ten episodes of 1,000 ` +
      "steps of tempered/PointMass-v0 with four action dimensions, two hidden layers of 64 units, batches of 64. " +
      "“If g stayed”: α after as many updates at the untrained policy's entropy of 2.7 nats. Zero: below 0.05. " +
      "Entropy: mean over the last episode. Return: mean of five deterministic episodes.",
  );
  for (const { title, experiments } of parts) {
    print(`\n**${title}**\n`);
    print("| settings | if g stayed | α | lowest α | zero in episode | entropy | return | because |");
    print("|---|---:|---:|---:|---:|---:|---:|---|");
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

/** Means over the seeds. */
function row({ name, because }: Experiment, outcomes: readonly Outcome[]): string {
  const mean = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0) / outcomes.length;
  const vanished = outcomes.map((outcome) => outcome.vanished ?? "–");
  return `| ${[
    name,
    short(mean((outcome) => outcome.alphaAtSteadyGap)),
    short(mean((outcome) => outcome.alpha)),
    short(mean((outcome) => outcome.lowestAlpha)),
    [...new Set(vanished)].join(", "),
    mean((outcome) => outcome.entropy).toFixed(1),
    mean((outcome) => outcome.meanReturn).toFixed(0),
    because,
  ].join(" | ")} |`.replace(/(?<=^|[ e])-(?=\d)/g, "−");
}

/** Two digits that matter. */
function short(x: number): string {
  if (Math.abs(x) < 1e-6) return "0";
  return Math.abs(x) < 1e-3 ? x.toExponential(1) : `${Number(x.toPrecision(2))}`;
}
