// A study as its file says it: tasks × settings × seeds, in TOML. Everything is checked before anything runs, and what is
// wrong is told with its line.
//
//   name = "targets"                 [settings]                [grid]
//   env = ["Pendulum-v1"]            learningRate = 1e-3       targetEntropy = [-0.5, -1, -2]
//   steps = 10000
//   seeds = 5                        [random]                                        [[list]]
//   samples = 20                     alphaLearningRate = { low = 1e-5, high = 1e-2 } name = "slow"
//                                    alphaMin = [0.001, 0.01]                        alphaLearningRate = 1e-4

import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { TemperedError } from "../errors.ts";
import { nearestName } from "../text/nearest-name.ts";
import { grouped } from "../text/numbers.ts";
import { expecting } from "../training/expecting.ts";
import { integer } from "../training/fields.ts";
import { settingsOf } from "../training/setting-names.ts";
import type { TrainSettings } from "../training/settings.ts";
import type { Halving } from "./halving.ts";
import { halvingOf } from "./halving-settings.ts";
import { MOST_RUNS, tooManyRuns } from "./study-size.ts";
import { lineOf, type TomlPath } from "./toml-lines.ts";

/** Something of the study's file that cannot work. Code: STUDY. */
export class StudyError extends TemperedError {}

/** One of its values is drawn for each sample: of a list, or between two numbers. */
export type Range =
  | { readonly key: string; readonly choices: readonly TrainSettings[] }
  | { readonly key: string; readonly low: number; readonly high: number; readonly scale: "log" | "linear" };

/** Settings under a name. */
export interface NamedSettings {
  /** Default: what its settings say. */
  readonly name: string | undefined;
  readonly settings: TrainSettings;
}

/** Many runs, as one file says. */
export interface Study {
  readonly name: string;
  readonly env: readonly string[];
  /** Environment steps of a run. */
  readonly steps: number;
  readonly seeds: readonly number[];
  /** Environment steps of a piece of work, after which a run may go on anywhere. */
  readonly segment: number;
  /** Settings of every run. */
  readonly settings: TrainSettings;
  /** Every combination is run. */
  readonly grid: readonly { readonly key: string; readonly values: readonly TrainSettings[] }[];
  /** Settings that are drawn together, `samples` times. */
  readonly random: readonly Range[];
  readonly samples: number;
  /** Seeds the draws. */
  readonly searchSeed: number;
  readonly list: readonly NamedSettings[];
  readonly halving: Halving | undefined;
  /** Whether a run that the doctor finds decisively broken ends there. */
  readonly stopWhenBroken: boolean;
}

const seedCount = integer(1).max(MOST_RUNS, expecting(`at most ${grouped(MOST_RUNS)} seeds`));
const seedList = z.array(integer(0)).min(1, expecting("at least one seed"));
const top = {
  name: z.string(expecting("a name")).min(1, expecting("a name")),
  env: z.union(
    [
      z
        .string()
        .min(1)
        .transform((env) => [env]),
      z.array(z.string().min(1)).min(1),
    ],
    expecting("an environment, or a list of them"),
  ),
  steps: integer(1),
  seeds: z.union([seedCount, seedList], expecting("a number of seeds from 1 up, or a list of seeds")),
  segment: integer(1),
  samples: integer(1),
  searchSeed: integer(0),
  stopWhenBroken: z.boolean(expecting("true or false")),
} as const;
const fallbacks = {
  ...{ steps: 10_000, seeds: 1, segment: 10_000, samples: 1, searchSeed: 0 },
  stopWhenBroken: false,
};
const tables = ["settings", "grid", "random", "list", "halving"] as const;
/** Settings that the study gives to its runs itself. */
const RESERVED: readonly string[] = ["env", "steps", "seed"];

type Table = Readonly<Record<string, unknown>>;

/**
 * @param text TOML
 * @param path names the file in complaints
 * @throws StudyError with file, line and a remedy
 */
export function readStudy(text: string, path: string): Study {
  const complain = (keys: TomlPath, message: string): never => {
    const line = keys.length > 0 ? lineOf(text, keys) : undefined;
    throw new StudyError("STUDY", `${path}${line === undefined ? "" : `, line ${line}`}: ${message}`);
  };
  const content = parsed(text, path);
  const known = [...Object.keys(top), ...tables];
  for (const key of Object.keys(content)) {
    if (!known.includes(key)) complain([key], unknownKey(key, known));
  }
  const value = <K extends keyof typeof top>(key: K): z.output<(typeof top)[K]> => {
    const given = content[key] ?? (fallbacks as Table)[key];
    if (given === undefined)
      complain([], `there is no ${key}; add a line such as ${EXAMPLES[key] ?? `${key} = …`}`);
    const { success, data, error } = top[key].safeParse(given);
    if (!success) complain([key], `${key}: ${error.issues[0]!.message}`);
    return data as z.output<(typeof top)[K]>;
  };
  const table = (name: string): Table => {
    const given = content[name] ?? {};
    if (!isTable(given))
      complain([name], `${name}: expected a table [${name}], got ${JSON.stringify(given)}`);
    return given as Table;
  };
  const settings = (keys: TomlPath, content: Table): TrainSettings => {
    let read: TrainSettings;
    try {
      read = settingsOf(content);
    } catch (error) {
      return complain(keys, (error as Error).message);
    }
    const reserved = Object.keys(read).find((name) => RESERVED.includes(name));
    if (reserved !== undefined) {
      const key = reserved === "seed" ? "seeds" : reserved;
      complain(keys, `${reserved} is said for the whole study: put ${key} at the top of the file`);
    }
    return read;
  };
  const settingsIn = (keys: TomlPath, content: Table): TrainSettings => {
    for (const [key, value] of Object.entries(content)) settings([...keys, key], { [key]: value });
    return settings(keys, content);
  };
  const choices = (name: string, key: string, values: readonly unknown[]) => {
    if (values.length === 0)
      complain([name, key], `${key}: expected at least one value to try, got an empty list`);
    return values.map((value) => settings([name, key], { [key]: value }));
  };

  const grid = Object.entries(table("grid")).map(([key, values]) => {
    if (!Array.isArray(values))
      complain(["grid", key], `${key}: expected a list of values to try, got ${JSON.stringify(values)}`);
    return { key, values: choices("grid", key, values as unknown[]) };
  });
  if (content.grid !== undefined && grid.length === 0)
    complain(
      ["grid"],
      "the grid is empty; give it a line such as targetEntropy = [-1, -2], or leave [grid] out",
    );
  const random = Object.entries(table("random")).map(([key, range]): Range => {
    if (Array.isArray(range)) return { key, choices: choices("random", key, range) };
    const { success, data, error } = rangeSchema.safeParse(range);
    if (!success)
      return complain(
        ["random", key],
        `${key}: expected a list, or {low = …, high = …, scale = "log" or "linear"}: ${error.issues[0]!.message}`,
      );
    if (!(data.low < data.high))
      complain(["random", key], `${key}: expected low below high, got ${data.low} and ${data.high}`);
    const scale = data.scale ?? "log";
    if (scale === "log" && data.low <= 0)
      complain(
        ["random", key],
        `${key}: expected low above 0 where it is drawn log-uniformly, got ${data.low}; say scale = "linear"`,
      );
    for (const end of [data.low, data.high]) settings(["random", key], { [key]: end });
    return { key, low: data.low, high: data.high, scale };
  });
  if (content.samples !== undefined && random.length === 0)
    complain(
      ["samples"],
      "samples are drawn from [random], which is not there; add it, or leave samples out",
    );
  const list = Array.isArray(content.list)
    ? content.list
    : content.list === undefined
      ? []
      : complain(["list"], "expected tables [[list]]");
  const seeds = value("seeds");
  const halving =
    content.halving === undefined
      ? undefined
      : halvingOf(table("halving"), value("steps"), (key, message) => complain(["halving", key], message));
  const study: Study = {
    name: value("name"),
    env: value("env"),
    steps: value("steps"),
    seeds: typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds,
    segment: value("segment"),
    samples: value("samples"),
    searchSeed: value("searchSeed"),
    settings: settingsIn(["settings"], table("settings")),
    grid,
    random,
    halving,
    stopWhenBroken: value("stopWhenBroken"),
    list: (list as Table[]).map(({ name, ...rest }, i) => ({
      name: name === undefined ? undefined : String(name),
      settings: settingsIn(["list", i], rest),
    })),
  };
  for (const key of ["env", "seeds"] as const) {
    const twice = study[key].find((each, i) => study[key].indexOf(each as never) < i);
    if (twice !== undefined) complain([key], `${key}: ${twice} stands there twice; leave one of them out`);
  }
  const tooMany = tooManyRuns(study);
  if (tooMany) complain(tooMany.keys, tooMany.message);
  return study;
}

const EXAMPLES: Table = { name: 'name = "targets"', env: 'env = ["Pendulum-v1"]' };

const rangeSchema = z.strictObject({
  low: z.number(),
  high: z.number(),
  scale: z.enum(["log", "linear"]).optional(),
});

function parsed(text: string, path: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first] = error.message.split("\n");
    throw new StudyError("STUDY", `${path}, line ${error.line}: ${first}`, { cause: error });
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  const belongs = nearest === undefined && isSetting(key);
  const remedy = belongs
    ? "it is a setting of the runs: put it below [settings]"
    : nearest === undefined
      ? `there are ${known.join(", ")}`
      : `did you mean ${nearest}?`;
  return `there is no "${key}" in a study; ${remedy}`;
}

function isSetting(key: string): boolean {
  try {
    settingsOf({ [key]: undefined });
    return true;
  } catch (error) {
    return !/there is no setting/.test((error as Error).message);
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
