// SAC's hyperparameters, told once: Stable-Baselines3's names in camelCase and its defaults, and which values each
// takes. They are checked before anything is built. What --help says of each stands in option-texts.ts.

import { TemperedError } from "../errors.ts";
import { activationNames } from "../sac/activations.ts";
import type { TemperatureOptions } from "../sac/temperature.ts";
import { observationDtypes } from "./observation-store.ts";
import { fits, inWords, type Setting, type ValueOf } from "./setting.ts";

export const hyperparameterSettings = {
  /** Adam's learning rate for actor and critics, or a schedule of it over the environment steps. Default 3e-4. */
  learningRate: {
    default: 3e-4,
    rule: { kind: "rate" },
  },
  /** Share of a weight, biases too, that a step of Adam takes away, over its learning rate (AdamW). Default 0. */
  weightDecay: {
    default: 0,
    rule: { kind: "number", min: 0 },
  },
  /** Transitions in an update, up to 65,536. Default 256. */
  batchSize: {
    default: 256,
    rule: { kind: "integer", min: 1, max: 65_536 },
  },
  /** Discount, in [0, 1]. Default 0.99. */
  gamma: {
    default: 0.99,
    rule: { kind: "number", min: 0, max: 1 },
  },
  /** Share of the critics that flows into their targets at each update, in (0, 1]. Default 0.005. */
  tau: {
    default: 0.005,
    rule: { kind: "number", above: 0, max: 1 },
  },
  /** Transitions the replay buffer holds. Default 1,000,000; memory grows only with what is stored. */
  bufferSize: {
    default: 1_000_000,
    rule: { kind: "integer", min: 1 },
  },
  /**
   * How the replay buffer stores observations. float16 halves their memory and rounds them to 3 digits; uint8 is for whole
   * numbers from 0 to 255. Default "float32": as they are.
   */
  bufferDtype: {
    default: "float32",
    rule: { kind: "choice", of: observationDtypes },
  },
  /** Environment steps with uniformly random actions before the first update. Default 100. */
  learningStarts: {
    default: 100,
    rule: { kind: "integer", min: 0 },
  },
  /**
   * Environment steps between two rounds of updates, steps of all environments counted. Default 1: as many updates as
   * steps, however many environments step at once (Stable-Baselines3 counts a step of all of them as one).
   */
  trainFreq: {
    default: 1,
    rule: { kind: "integer", min: 1 },
  },
  /** Updates in a round; −1 means as many as there were steps. Default 1. */
  gradientSteps: {
    default: 1,
    rule: { kind: "integer", min: 1, or: -1 },
  },
  /** Updates of the critics to one of actor and temperature. Default 1. */
  policyDelay: {
    default: 1,
    rule: { kind: "integer", min: 1 },
  },
  /**
   * Steps whose rewards the critics' target holds before it looks at their value; an episode's end cuts them short. Default 1.
   */
  nStep: {
    default: 1,
    rule: { kind: "integer", min: 1 },
  },
  /** Critics. Default 2. */
  critics: {
    default: 2,
    rule: { kind: "integer", min: 1, max: 100 },
  },
  /** Critics whose least value the target takes, drawn anew at each update (REDQ); −1 is all of them. Default −1. */
  targetCritics: {
    default: -1,
    rule: { kind: "integer", min: 1, or: -1 },
  },
  /** What the actor takes for Q: the least of all critics, or their mean (REDQ). Default "minimum". */
  actorValue: {
    default: "minimum",
    rule: { kind: "choice", of: ["minimum", "mean"] },
  },
  /** Quantiles of the return that each critic gives (TQC); 1 is its mean. Continuous actions only. Default 1. */
  quantiles: {
    default: 1,
    rule: { kind: "integer", min: 1, max: 200 },
  },
  /** Of each critic's quantiles, how many the target drops: of all critics' together the greatest (TQC). Default 0. */
  droppedQuantiles: {
    default: 0,
    rule: { kind: "integer", min: 0 },
  },
  /** A layer norm behind each hidden layer of the critics. Default false. */
  layerNorm: {
    default: false,
    rule: { kind: "boolean" },
  },
  /** Share of the critics' hidden units left out, drawn anew for each sample of each update, up to 0.9 (DroQ). Default 0. */
  dropout: {
    default: 0,
    rule: { kind: "number", min: 0, max: 0.9 },
  },
  /** Units of each hidden layer of actor and critics. Default [256, 256]. */
  hidden: {
    default: [256, 256],
    rule: { kind: "widths" },
  },
  /** Units of each hidden layer of the critics; none: those of `hidden`. Default none. */
  criticHidden: {
    default: [] as readonly number[],
    rule: { kind: "widths", none: "as --hidden" },
  },
  /**
   * Residual blocks in place of the hidden layers of actor and critics, as SimBa: `hidden` and `criticHidden` are then the
   * blocks' widths, each the same from block to block. Default false.
   */
  residual: {
    default: false,
    rule: { kind: "boolean" },
  },
  /** What hidden layers of actor and critics make of their sums; see src/sac/activations.ts. Default "relu". */
  activation: { default: "relu", rule: { kind: "choice", of: activationNames } },
  /**
   * Batch renorm of what comes into each layer, of actor and critics, and critics that are their own targets: CrossQ. Updates on
   * several threads then share each operation instead of the batch. Default false.
   */
  batchRenorm: {
    default: false,
    rule: { kind: "boolean" },
  },
  /** Updates of a network in which batch renorm is batch normalization. Default 100,000. */
  renormWarmup: {
    default: 100_000,
    rule: { kind: "integer", min: 0 },
  },
  /** Adam's β₁ for actor and critics, from 0 to 0.999. Default 0.9. */
  beta1: {
    default: 0.9,
    rule: { kind: "number", min: 0, max: 0.999 },
  },
  /**
   * Observations are shifted and scaled to mean 0 and variance 1 by running statistics, which are saved with the
   * agent. Default false.
   */
  normalizeObservation: {
    default: false,
    rule: { kind: "boolean" },
  },
  /**
   * Rewards are divided by the running standard deviation of the discounted return, which is saved with the agent; α is then
   * in these units. Default false.
   */
  normalizeReward: {
    default: false,
    rule: { kind: "boolean" },
  },
  /**
   * The environment steps while the updates run that belong to the step before, so an action is one step's updates
   * stale. A gain where environments step in a process of their own (`gymnasium:`); as deterministic as without.
   * Default false.
   */
  overlapActing: {
    default: false,
    rule: { kind: "boolean" },
  },
} as const satisfies Readonly<Record<string, Setting>>;

type Settings = typeof hyperparameterSettings;
export type HyperparameterName = keyof Settings;
/** Every hyperparameter, Stable-Baselines3's names in camelCase. */
export type Hyperparameters = { readonly [N in keyof Settings]: ValueOf<Settings[N]["rule"]> };

export const hyperparameterNames = Object.keys(hyperparameterSettings) as readonly HyperparameterName[];

/** The defaults, which are Stable-Baselines3's. */
export const defaultHyperparameters = Object.fromEntries(
  hyperparameterNames.map((name) => [name, hyperparameterSettings[name].default]),
) as unknown as Hyperparameters;

/** Hyperparameters and the temperature's settings, each with a default. */
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
  const unknown = unknownIn(options);
  if (unknown !== undefined) throw unknownHyperparameter(unknown);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const all: Hyperparameters = { ...defaultHyperparameters, ...given };
  for (const name of hyperparameterNames) {
    const { rule, default: fallback } = hyperparameterSettings[name];
    const value = all[name];
    if (fits(rule, value)) continue;
    throw new HyperparameterError(
      `Expected ${name} to be ${inWords(rule)}, got ${told(value)} (${typeof value}); the default is ${JSON.stringify(fallback)}`,
    );
  }
  if (all.targetCritics > all.critics) {
    throw new HyperparameterError(
      `Expected targetCritics to be at most the ${all.critics} critics that there are, got ${all.targetCritics}; ` +
        "give -1 for all of them, or more critics",
    );
  }
  if (all.droppedQuantiles >= all.quantiles && all.droppedQuantiles > 0) {
    throw new HyperparameterError(
      `Expected droppedQuantiles to be less than the ${all.quantiles} that each critic gives, got ${all.droppedQuantiles}; ` +
        "the tqc preset drops 2 of 25",
    );
  }
  for (const name of ["hidden", "criticHidden"] as const) {
    const widths = all[name];
    if (!all.residual || widths.every((width) => width === widths[0])) continue;
    throw new HyperparameterError(
      `Expected residual blocks of one width in ${name}, got ${widths.join(",")}: what goes round a block is added to what ` +
        `comes out of it; try ${widths.map(() => Math.max(...widths)).join(",")}, or leave residual out`,
    );
  }
  if (all.quantiles > 1 && all.targetCritics !== -1 && all.targetCritics < all.critics) {
    throw new HyperparameterError(
      `Expected all critics in the target where they give quantiles, got targetCritics ${all.targetCritics} of ` +
        `${all.critics}; leave it out, or quantiles`,
    );
  }
  return all;
}

/** The first name that is no hyperparameter's. */
export function unknownIn(options: object): string | undefined {
  return Object.keys(options).find((name) => !(name in hyperparameterSettings));
}

export function unknownHyperparameter(
  name: string,
  advice = "settings of α go into `temperature`",
): HyperparameterError {
  return new HyperparameterError(
    `Expected one of the hyperparameters ${hyperparameterNames.join(", ")}, got "${name}"; ${advice}`,
  );
}

/** In a few words, whatever it is. */
function told(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return "an object";
  const text = Array.isArray(value)
    ? `[${value.slice(0, 8).map(told)}${value.length > 8 ? ",…" : ""}]`
    : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
