// The agent's options: hyperparameters with their defaults filled in and checked before anything is built, and the
// temperature's settings.

import { TemperedError } from "../errors.ts";
import type { TemperatureOptions } from "../sac/temperature.ts";
import {
  defaultHyperparameters,
  type Hyperparameters,
  hyperparameterNames,
  hyperparameterSettings,
} from "./hyperparameters.ts";
import { fits, inWords } from "./setting.ts";

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
