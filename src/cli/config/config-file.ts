// A config file holds the settings of `train` in TOML or JSON, under their own names or those that other programs use. A
// run.json of ours repeats its run.

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { parse as parseToml } from "smol-toml";
import { isRunManifest } from "../../runs/run-manifest.ts";
import { settingsOf } from "../../training/setting-names.ts";
import { type TrainConfig, type TrainSettings, trainConfig } from "../../training/settings.ts";
import { BadInput } from "../bad-input.ts";

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
