// Which runs the fault suite is made of. Rules are tuned on one half and reported on the other, and the halves share
// neither task nor setting (width, learning rate, batch). No rule was changed after the report half was first looked at.

import { type Fault, faults } from "../../src/faults/index.ts";
import type { LossForm } from "../../src/runs/series.ts";
import { balance, follow, hover, slide, springs, type Task, throttle } from "./tasks.ts";
import type { Training } from "./train.ts";

export interface Run {
  /** Also the name of its log. */
  readonly name: string;
  readonly half: "tuning" | "report";
  readonly fault: Fault;
  readonly training: Training;
}

const LOSS_FORMS: readonly LossForm[] = ["log-alpha", "alpha"];
const healthy = faults[0]!;

/** Habits of other programs, all of them healthy: a fast α, a delayed actor, several updates a step, a late start. */
const habits = [
  { name: "lr-3e-3", alphaLearningRate: 3e-3 },
  { name: "delayed-actor", actorEvery: 2 },
  { name: "update-to-data-4", updatesPerStep: 4 },
  { name: "update-to-data-20", updatesPerStep: 20 },
  { name: "learning-starts-5000", learningStarts: 5000 },
  { name: "learning-starts-25000", learningStarts: 25_000 },
];

/** Width 64, batch 64 and Stable-Baselines3's learning rate. */
const gentle = { hidden: 64, batchSize: 64, learningRate: 3e-4, alphaLearningRate: 3e-4, updates: 20_000 };
/** Width 48, batch 128 and CleanRL's learning rate of α. */
const brisk = { hidden: 48, batchSize: 128, learningRate: 1e-3, alphaLearningRate: 1e-3, updates: 14_000 };
/** The report half's own. */
const unseen = { hidden: 32, batchSize: 96, learningRate: 5e-4, alphaLearningRate: 5e-4, updates: 16_000 };

export const suite: readonly Run[] = [
  ...faultRuns("tuning", [slide, follow], gentle),
  ...faultRuns("tuning", [balance, hover], brisk),
  ...faultRuns("report", [throttle, springs], unseen),
  ...healthyRuns(
    "tuning",
    [slide, follow],
    [
      { ...gentle, alphaLearningRate: 1e-3, seed: 3 },
      { ...gentle, alphaLearningRate: 1e-4, seed: 4 },
      { ...gentle, rewardScale: 10, updates: 12_000, seed: 5 },
    ],
  ),
  ...healthyRuns(
    "tuning",
    [balance, hover],
    [
      { ...brisk, seed: 3 },
      { ...brisk, alphaLearningRate: 3e-4, seed: 4 },
      { ...brisk, rewardScale: 5, learningRate: 3e-4, seed: 5 },
      { ...brisk, rewardScale: 0.1, seed: 6 },
      { ...brisk, hidden: 64, batchSize: 64, seed: 7 },
    ],
  ),
  ...healthyRuns(
    "report",
    [throttle, springs],
    [
      { ...unseen, seed: 3 },
      { ...unseen, alphaLearningRate: 1e-3, seed: 4 },
      { ...unseen, alphaLearningRate: 1e-4, seed: 5 },
      { ...unseen, rewardScale: 8, seed: 6 },
      { ...unseen, rewardScale: 0.1, alphaLearningRate: 1e-3, updates: 24_000, seed: 7 },
      { ...unseen, alphaLearningRate: 2e-3, seed: 8 },
      { ...unseen, learningRate: 2e-4, batchSize: 64, seed: 9 },
      { ...unseen, rewardScale: 30, seed: 10 },
    ],
  ),
  ...habitRuns("tuning", [slide], gentle),
  ...habitRuns("tuning", [hover], brisk),
  ...habitRuns("report", [throttle, springs], unseen),
];

type Setting = Omit<Training, "task" | "lossForm" | "seed">;

function faultRuns(half: Run["half"], tasks: readonly Task[], setting: Setting): Run[] {
  return tasks.flatMap((task) =>
    LOSS_FORMS.flatMap((lossForm, i) =>
      faults
        .filter(({ name }) => !(name === "mean-over-dimensions" && task.actionSize === 1))
        .map((fault) => run(half, fault, { ...setting, task, lossForm, seed: i + 1 })),
    ),
  );
}

/** Healthy runs of many kinds: other seeds, slow and fast α, large and small rewards, a long descent that turns. */
function healthyRuns(
  half: Run["half"],
  tasks: readonly Task[],
  variants: readonly (Setting & { readonly seed: number })[],
): Run[] {
  return variants.flatMap((setting, i) =>
    tasks.flatMap((task) =>
      LOSS_FORMS.map((lossForm) => run(half, healthy, { ...setting, task, lossForm }, `healthy-${i + 1}`)),
    ),
  );
}

function habitRuns(half: Run["half"], tasks: readonly Task[], setting: Setting): Run[] {
  return habits.flatMap(({ name, ...habit }) =>
    tasks.flatMap((task) =>
      LOSS_FORMS.map((lossForm, i) =>
        run(half, healthy, { ...setting, ...habit, task, lossForm, seed: 11 + i }, `healthy-${name}`),
      ),
    ),
  );
}

function run(half: Run["half"], fault: Fault, training: Training, name = fault.name): Run {
  return {
    name: `${half}-${training.task.name}-${training.lossForm}-${name}`,
    half,
    fault,
    training: { rewardScale: fault.rewardScale ?? 1, ...training },
  };
}
