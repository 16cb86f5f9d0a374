// SAC's hyperparameters: Stable-Baselines3's names in camelCase and its defaults, checked before anything is built.

import { TemperedError } from "../errors.ts";
import type { TemperatureOptions } from "../sac/temperature.ts";

export interface Hyperparameters {
  /** Adam's learning rate for actor and critics. Default 3e-4. */
  readonly learningRate: number;
  /** Transitions the replay buffer holds. Default 1,000,000; memory grows only with what is stored. */
  readonly bufferSize: number;
  /** Environment steps with uniformly random actions before the first update. Default 100. */
  readonly learningStarts: number;
  /** Transitions in an update. Default 256. */
  readonly batchSize: number;
  /** Share of the critics that flows into their targets at each update, in (0, 1]. Default 0.005. */
  readonly tau: number;
  /** Discount, in [0, 1]. Default 0.99. */
  readonly gamma: number;
  /**
   * Environment steps between two rounds of updates, steps of all environments counted. Default 1: as many updates as
   * steps, however many environments step at once (Stable-Baselines3 counts a step of all of them as one).
   */
  readonly trainFreq: number;
  /** Updates in a round; −1 means as many as there were steps. Default 1. */
  readonly gradientSteps: number;
  /** Units of each hidden layer of actor and critics. Default [256, 256]. */
  readonly hidden: readonly number[];
  /**
   * Observations are shifted and scaled to mean 0 and variance 1 by running statistics, which are saved with the
   * agent. Default false.
   */
  readonly normalizeObservation: boolean;
  /**
   * The environment steps while the updates run that belong to the step before, so an action is one step's updates
   * stale. A gain where environments step in a process of their own (`gymnasium:`); as deterministic as without.
   * Default false.
   */
  readonly overlapActing: boolean;
}

export const defaultHyperparameters: Hyperparameters = {
  learningRate: 3e-4,
  bufferSize: 1_000_000,
  learningStarts: 100,
  batchSize: 256,
  tau: 0.005,
  gamma: 0.99,
  trainFreq: 1,
  gradientSteps: 1,
  hidden: [256, 256],
  normalizeObservation: false,
  overlapActing: false,
};

export interface SacOptions extends Partial<Hyperparameters> {
  /** Seeds weights, exploration, sampling and the environment. Default 0. */
  readonly seed?: number;
  readonly temperature?: TemperatureOptions;
}

/** A hyperparameter that cannot work. */
export class HyperparameterError extends TemperedError {
  constructor(message: string) {
    super("HYPERPARAMETER", message);
  }
}

/** The hyperparameters with defaults filled in. @throws HyperparameterError */
export function hyperparameters(options: Partial<Hyperparameters>): Hyperparameters {
  const unknown = Object.keys(options).find((name) => !(name in defaultHyperparameters));
  if (unknown !== undefined) {
    throw new HyperparameterError(
      `Expected one of the hyperparameters ${Object.keys(defaultHyperparameters).join(", ")}, got "${unknown}"; ` +
        "settings of α go into `temperature`",
    );
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const all: Hyperparameters = { ...defaultHyperparameters, ...given };
  positiveInteger("bufferSize", all.bufferSize);
  positiveInteger("batchSize", all.batchSize);
  positiveInteger("trainFreq", all.trainFreq);
  expect(
    "learningRate",
    all.learningRate,
    all.learningRate > 0 && Number.isFinite(all.learningRate),
    "a finite number above 0",
  );
  expect(
    "learningStarts",
    all.learningStarts,
    Number.isInteger(all.learningStarts) && all.learningStarts >= 0,
    "an integer from 0 up",
  );
  expect("tau", all.tau, all.tau > 0 && all.tau <= 1, "a number above 0 and up to 1");
  expect("gamma", all.gamma, all.gamma >= 0 && all.gamma <= 1, "a number from 0 to 1");
  expect(
    "gradientSteps",
    all.gradientSteps,
    all.gradientSteps === -1 || (Number.isInteger(all.gradientSteps) && all.gradientSteps > 0),
    "a positive integer, or -1 for as many as there were steps",
  );
  expect(
    "hidden",
    all.hidden,
    all.hidden.length > 0 && all.hidden.every((n) => Number.isInteger(n) && n > 0),
    "at least one layer width, each a positive integer",
  );
  for (const name of ["normalizeObservation", "overlapActing"] as const) {
    expect(name, all[name], typeof all[name] === "boolean", "true or false");
  }
  return all;
}

function positiveInteger(name: keyof Hyperparameters, value: number): void {
  expect(name, value, Number.isInteger(value) && value > 0, "a positive integer");
}

function expect(name: keyof Hyperparameters, value: unknown, holds: boolean, what: string): void {
  if (holds) return;
  const got = Array.isArray(value) ? `[${value}]` : `${value}`;
  throw new HyperparameterError(
    `Expected ${name} to be ${what}, got ${got} (${typeof value}); the default is ${JSON.stringify(defaultHyperparameters[name])}`,
  );
}
