// The doctor beside the training: the same rules as for any log, over the rows so far.

import { diagnose } from "../../../src/doctor/diagnose.ts";
import { effectsOf } from "../faults.ts";
import type { LiveDiagnosis } from "../messages.ts";
import type { Setup } from "../setup.ts";
import { tasks } from "../tasks.ts";
import type { Trainer } from "./trainer.ts";

export function diagnoseLive({ record, diagnosedFrom }: Trainer, setup: Setup): LiveDiagnosis {
  const series = record.series(diagnosedFrom);
  const { actionSize } = tasks[setup.task];
  const { entropyOffset } = effectsOf(setup.faults, actionSize);
  const { verdict, findings, evidence } = diagnose(series, {
    actionDim: actionSize,
    // Whoever reckons in environment units knows the range of the actions, and so does the doctor then.
    ...(entropyOffset !== 0 && {
      actionHalfRange: new Array<number>(actionSize).fill(Math.exp(entropyOffset / actionSize)),
    }),
    alphaLearningRate: setup.alphaLearningRate,
    lossForm: setup.loss,
    updatesPerStep: 1,
    ...(diagnosedFrom < 0 && { initialAlpha: setup.initialAlpha }),
    ...(setup.alphaMin !== undefined && { alphaMin: setup.alphaMin }),
    ...(setup.alphaMax !== undefined && { alphaMax: setup.alphaMax }),
  });
  return { verdict, findings, updates: evidence.updates };
}
