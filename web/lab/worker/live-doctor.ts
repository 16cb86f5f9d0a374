// The doctor beside the training: the same rules as for any log, over the rows so far.

import { diagnose } from "../../../src/doctor/diagnose.ts";
import type { LiveDiagnosis } from "../messages.ts";
import type { Setup } from "../setup.ts";
import { tasks } from "../tasks.ts";
import type { Trainer } from "./trainer.ts";

export function diagnoseLive({ record, diagnosedFrom }: Trainer, setup: Setup): LiveDiagnosis {
  const series = record.series(diagnosedFrom);
  const { verdict, findings, evidence } = diagnose(series, {
    actionDim: tasks[setup.task].actionSize,
    alphaLearningRate: setup.alphaLearningRate,
    lossForm: setup.loss,
    updatesPerStep: 1,
    ...(diagnosedFrom < 0 && { initialAlpha: setup.initialAlpha }),
    ...(setup.alphaMin !== undefined && { alphaMin: setup.alphaMin }),
    ...(setup.alphaMax !== undefined && { alphaMax: setup.alphaMax }),
  });
  return { verdict, findings, updates: evidence.updates };
}
