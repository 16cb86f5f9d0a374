// Which runs the fault suite is made of. Rules are tuned on one half and reported on the other, and the halves share
// neither task nor setting (width, learning rate, batch): slide and follow at 3e-4 against hover and balance at 1e-3.

import { type Fault, faults } from "../../src/faults/index.ts";
import type { LossForm } from "../../src/runs/series.ts";
import { balance, follow, hover, slide, type Task } from "./tasks.ts";
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

/** Width 64, batch 64 and SB3's learning rate. */
const tuning = { hidden: 64, batchSize: 64, learningRate: 3e-4, alphaLearningRate: 3e-4, updates: 20_000 };
/** Width 48, batch 128 and CleanRL's learning rate of α. */
const report = { hidden: 48, batchSize: 128, learningRate: 1e-3, alphaLearningRate: 1e-3, updates: 14_000 };

export const suite: readonly Run[] = [...faultRuns(), ...healthyRuns()];

function faultRuns(): Run[] {
  const halves = [
    { half: "tuning", tasks: [slide, follow], setting: tuning },
    { half: "report", tasks: [balance, hover], setting: report },
  ] as const;
  return halves.flatMap(({ half, tasks, setting }) =>
    tasks.flatMap((task) =>
      LOSS_FORMS.flatMap((lossForm, i) =>
        faults
          .filter((fault) => !(fault.name === "mean-over-dimensions" && task.actionSize === 1))
          .map((fault) => run(half, fault, { ...setting, task, lossForm, seed: i + 1 })),
      ),
    ),
  );
}

/** Healthy runs of many kinds: other seeds, slow and fast α, large and small rewards, a long descent that turns. */
function healthyRuns(): Run[] {
  const variants: readonly (Partial<Training> & { tasks: readonly Task[]; half: Run["half"] })[] = [
    { half: "tuning", tasks: [slide, follow], ...tuning, alphaLearningRate: 1e-3, seed: 3 },
    { half: "tuning", tasks: [slide, follow], ...tuning, alphaLearningRate: 1e-4, seed: 4 },
    { half: "tuning", tasks: [slide, follow], ...tuning, rewardScale: 10, updates: 12_000, seed: 5 },
    { half: "report", tasks: [balance, hover], ...report, seed: 3 },
    { half: "report", tasks: [balance, hover], ...report, alphaLearningRate: 3e-4, seed: 4 },
    { half: "report", tasks: [balance, hover], ...report, rewardScale: 5, learningRate: 3e-4, seed: 5 },
    { half: "report", tasks: [balance, hover], ...report, rewardScale: 0.1, seed: 6 },
    { half: "report", tasks: [balance, hover], ...report, hidden: 64, batchSize: 64, seed: 7 },
  ];
  return variants.flatMap(({ half, tasks, ...setting }, i) =>
    tasks.flatMap((task) =>
      LOSS_FORMS.map((lossForm) =>
        run(half, healthy, { ...(setting as Training), task, lossForm }, `healthy-${i + 1}`),
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
