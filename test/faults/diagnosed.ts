// A run of the suite as one of three programs would have logged it, with what a user would say about it.

import { type Diagnosis, diagnose } from "../../src/doctor/index.ts";
import type { DeclaredSettings, Series } from "../../src/runs/series.ts";
import { readLog } from "./logs.ts";
import { type Style, styled } from "./styles.ts";
import type { Run } from "./suite.ts";

/** Stable-Baselines3 knows the log-α form only, CleanRL the α-form. */
export function stylesOf({ training }: Run): readonly Style[] {
  return training.lossForm === "alpha" ? ["entropy", "cleanrl"] : ["entropy", "sb3"];
}

/** The action dimensions, the half-range where the program uses environment units, updates a step where not 1. */
export function declaredOf({ fault, training }: Run, style: Style): DeclaredSettings {
  const { actionSize } = training.task;
  const inEnvironmentUnits = fault.entropyOffset !== undefined || style === "cleanrl";
  const halfRange = fault.entropyOffset ? Math.exp(fault.entropyOffset(1)) : 1;
  return {
    actionDim: actionSize,
    ...(training.updatesPerStep && { updatesPerStep: training.updatesPerStep }),
    ...(inEnvironmentUnits && { actionHalfRange: Array<number>(actionSize).fill(halfRange) }),
  };
}

/** @param declared what is said besides */
export function seriesOf(run: Run, style: Style, share = 1, declared: DeclaredSettings = {}): Series {
  const { alphaLearningRate, learningStarts, updatesPerStep } = run.training;
  return styled(
    readLog(run)!,
    style,
    {
      name: run.name,
      learningRate: alphaLearningRate,
      declared: { ...declaredOf(run, style), ...declared },
      ...(learningStarts && { learningStarts }),
      ...(updatesPerStep && { updatesPerStep }),
    },
    share,
  );
}

export function diagnosed(run: Run, style: Style, share = 1, declared: DeclaredSettings = {}): Diagnosis {
  return diagnose(seriesOf(run, style, share, declared));
}

/** What a user may say besides: the target and the learning rate of α, as they should be. */
export function settingsOf({ fault, training }: Run): DeclaredSettings {
  const d = training.task.actionSize;
  return {
    targetEntropy: fault.targetEntropy?.(d) ?? -d,
    alphaLearningRate: training.alphaLearningRate * (fault.alphaLearningRateFactor ?? 1),
  };
}
