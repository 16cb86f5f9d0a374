// What a setting is, as plain data: its default, and which values it takes. The library checks by it as it stands; the command
// line makes its flags, config files and documents from it (src/training/settings.ts). It is no zod schema, because it goes
// into every page that trains, where zod would weigh more than the algorithm.

import { isLearningRate, type Schedule } from "../sac/schedule.ts";

/** Networks deeper or wider than that are no setting of anybody's, and would take all memory before they fail. */
export const MOST_LAYERS = 32;
export const WIDEST_LAYER = 16_384;

/** The values that a setting takes. */
export type Rule =
  | { readonly kind: "boolean" }
  /** One to `MOST_LAYERS` integers from 1 to `WIDEST_LAYER`; none too where `none` says what that is. */
  | { readonly kind: "widths"; readonly none?: string }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  | {
      readonly kind: "number" | "integer";
      /** Exclusive. */
      readonly above?: number;
      readonly min?: number;
      readonly max?: number;
      /** One more value, outside the range. */
      readonly or?: number;
    }
  /** A number above 0, or a schedule of numbers from 0 up over the environment steps. */
  | { readonly kind: "rate" };

export interface Setting {
  readonly default: number | boolean | string | readonly number[];
  readonly rule: Rule;
}

/** How a setting is told on the command line and in documents. */
export interface SettingText {
  /** One sentence for --help; units included. */
  readonly description: string;
  /** What stands for the value in --help; nothing for a switch. */
  readonly placeholder: string;
  /** Other names in config files; spelling with -, _ or capitals never matters. */
  readonly aliases?: readonly string[];
}

export type ValueOf<R extends Rule> = R["kind"] extends "boolean"
  ? boolean
  : R["kind"] extends "widths"
    ? readonly number[]
    : R extends { readonly kind: "choice"; readonly of: readonly (infer C)[] }
      ? C
      : R["kind"] extends "rate"
        ? number | Schedule
        : number;

export function fits(rule: Rule, value: unknown): boolean {
  switch (rule.kind) {
    case "boolean":
      return typeof value === "boolean";
    case "widths":
      return (
        Array.isArray(value) &&
        value.length >= (rule.none === undefined ? 1 : 0) &&
        value.length <= MOST_LAYERS &&
        value.every(isWidth)
      );
    case "choice":
      return rule.of.includes(value as string);
    case "rate":
      return isLearningRate(value);
    default: {
      const { kind, above = -Infinity, min = -Infinity, max = Infinity, or } = rule;
      const isNumber = kind === "integer" ? Number.isInteger(value) : Number.isFinite(value);
      const x = value as number;
      return isNumber && ((x > above && x >= min && x <= max) || x === or);
    }
  }
}

function isWidth(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= WIDEST_LAYER;
}

/** The values in words, such as "a number above 0 and up to 1". */
export function inWords(rule: Rule): string {
  switch (rule.kind) {
    case "boolean":
      return "true or false";
    case "widths":
      return `layer widths such as 256,256 (up to ${MOST_LAYERS}, each up to ${WIDEST_LAYER})`;
    case "choice":
      return rule.of
        .map((each) => `"${each}"`)
        .join(", ")
        .replace(/, (?=[^,]*$)/, " or ");
    case "rate":
      return 'a number above 0, or a schedule {shape: "linear"|"cosine", start, end, steps} of numbers from 0 up';
    default: {
      const { kind, above, min, max, or } = rule;
      const more = or === undefined ? "" : `, or ${or}`;
      if (kind === "integer" && min === 1 && max === undefined) return `a positive integer${more}`;
      const range =
        above !== undefined
          ? ` above ${above}${max === undefined ? "" : ` and up to ${max}`}`
          : min === undefined
            ? ""
            : ` from ${min} ${max === undefined ? "up" : `to ${max}`}`;
      return `${kind === "integer" ? "an integer" : "a number"}${range}${more}`;
    }
  }
}
