// A config file holds the settings of `train` in TOML or JSON, under their own names or those that other programs use:
// `learning_rate`, `lr`, `ent_coef = "auto_0.1"`, `[policy_kwargs] net_arch = …`. A run.json of ours repeats its run.

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { parse as parseToml } from "smol-toml";
import { isRunManifest } from "../../runs/run-manifest.ts";
import { nearestName } from "../../text/nearest-name.ts";
import {
  type FieldName,
  fieldNames,
  metaOf,
  type TrainConfig,
  type TrainSettings,
  trainConfig,
  trainSchema,
} from "../../training/settings.ts";
import { BadInput } from "../bad-input.ts";
import { firstMessage } from "./first-message.ts";

/** The settings in a file. @throws BadInput (CONFIG) that names file, key and, for an unknown key, the nearest one */
export function readConfigFile(path: string): TrainSettings {
  try {
    return settingsOf(parse(path, readFileSync(path, "utf8")));
  } catch (error) {
    const { message } = error as Error;
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : message;
    throw new BadInput("CONFIG", `${path}: ${reason}`, { cause: error });
  }
}

/** Settings by their own names. @throws BadInput (CONFIG) */
export function settingsOf(content: unknown): TrainSettings {
  if (!isTable(content))
    throw new BadInput("CONFIG", `expected keys and values, got ${JSON.stringify(content)}`);
  const settings: Partial<Record<FieldName, unknown>> = {};
  const keys = new Map<FieldName, string>();
  const set = (name: FieldName, key: string, value: unknown) => {
    if (keys.has(name)) {
      throw new BadInput(
        "CONFIG",
        `${key} and ${keys.get(name)} are the same setting; leave one of them out`,
      );
    }
    keys.set(name, key);
    settings[name] = value;
  };
  for (const [key, value] of entries(content)) {
    const name = fieldOf(key);
    const start = name === "alpha" && typeof value === "string" ? /^auto_(.+)$/.exec(value) : null;
    set(name, key, start ? "auto" : value);
    if (start) set("initialAlpha", key, Number(start[1]));
  }
  for (const [name, value] of Object.entries(settings)) {
    const { success, error } = trainSchema.shape[name as FieldName].safeParse(value);
    if (!success) throw new BadInput("CONFIG", `${keys.get(name as FieldName)}: ${firstMessage(error)}`);
  }
  return settings as TrainSettings;
}

/** Flags over the file's settings over the defaults. @throws BadInput (CONFIG) */
export function completeConfig(file: TrainSettings, flags: TrainSettings): TrainConfig {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  try {
    return trainConfig({ ...file, ...Object.fromEntries(given) } as Parameters<typeof trainConfig>[0]);
  } catch (error) {
    throw new BadInput("CONFIG", (error as Error).message, { cause: error });
  }
}

function parse(path: string, text: string): unknown {
  if (extname(path) === ".toml") return parseToml(text);
  if (extname(path) !== ".json") throw new Error("expected a file that ends in .toml or .json");
  const content: unknown = JSON.parse(text);
  return isRunManifest(content) ? content.config : content;
}

/** Keys of nested tables as `table.key`; a schedule of the target entropy is a value, not a table. */
function* entries(table: Table, prefix = ""): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(table)) {
    const path = `${prefix}${key}`;
    if (isTable(value) && names.get(spelling(path)) === undefined) yield* entries(value, `${path}.`);
    else yield [path, value];
  }
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Every accepted name, as `spelling` writes it. */
const names: ReadonlyMap<string, FieldName> = new Map(
  fieldNames.flatMap((name) =>
    [name, ...(metaOf(name).aliases ?? [])].map((n) => [spelling(n), name] as const),
  ),
);

function spelling(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}

function fieldOf(key: string): FieldName {
  const name = names.get(spelling(key));
  if (name !== undefined) return name;
  const known = fieldNames.flatMap((field) => [field, ...(metaOf(field).aliases ?? [])]);
  const nearest = nearestName(
    key,
    known.filter((candidate) => candidate.includes(".") === key.includes(".")),
  );
  throw new BadInput(
    "CONFIG",
    `there is no setting "${key}"; ` +
      (nearest === undefined ? `there are ${fieldNames.join(", ")}` : `did you mean "${nearest}"?`),
  );
}
