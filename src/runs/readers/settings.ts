// Settings that a log, or a config file beside it, declares: raw names and texts in, `DeclaredSettings` out. Every
// program names them its own way; the names are data, here the usual ones and in programs.ts the program's own.

import type { DeclaredSettings, LossForm } from "../series.ts";
import type { NumericSetting, Program } from "./programs.ts";
import { wordsOf } from "./tags.ts";

/** Flattened names ("temperature/targetEntropy") and their values as text. */
export type RawSettings = Map<string, string>;

const USUAL_NAMES: Readonly<Record<NumericSetting, readonly string[]>> = {
  alphaLearningRate: [
    "alpha_learning_rate",
    "alpha_lr",
    "lr_alpha",
    "ent_coef_lr",
    "entropy_learning_rate",
    "entropy_lr",
    "temperature_learning_rate",
    "temperature_lr",
    "temp_learning_rate",
    "temp_lr",
  ],
  targetEntropy: ["target_entropy", "entropy_target"],
  initialAlpha: [
    "initial_alpha",
    "alpha_init",
    "init_alpha",
    "init_temperature",
    "initial_temperature",
    "init_temp",
  ],
  alphaMin: ["alpha_min", "min_alpha"],
  alphaMax: ["alpha_max", "max_alpha"],
  actionDim: ["action_dim", "act_dim", "action_dimension", "n_actions_continuous"],
  discreteActions: ["discrete_actions", "n_discrete_actions", "num_discrete_actions"],
  updatesPerStep: [
    "updates_per_step",
    "update_per_step",
    "utd_ratio",
    "utd",
    "update_to_data",
    "gradient_updates_per_step",
  ],
  stepsPerEpisode: [
    "steps_per_episode",
    "max_episode_steps",
    "max_path_length",
    "max_ep_len",
    "episode_length",
  ],
  gamma: ["gamma", "discount", "discount_factor"],
};
const ENV_NAMES = ["env_id", "env_name", "environment_id", "env", "environment", "task", "gym_id"];
const LOSS_FORM_NAMES = ["loss_form", "alpha_loss_form", "alpha_loss"];

/** A program's table of arguments in a TensorBoard text: lines of `|name|value|`. */
export function settingsFromTable(text: string, settings: RawSettings): void {
  for (const line of text.split("\n", 1000)) {
    const cells = line.split("|");
    const [, name, value] = cells;
    if (cells.length >= 4 && name && value !== undefined && !/^-*$/.test(name)) {
      settings.set(name.trim(), value.trim());
    }
  }
}

/** Nested objects, flattened; Weights & Biases wraps each value as `{value}`. */
export function settingsFromJson(value: unknown, settings: RawSettings, path = "", depth = 0): void {
  if (typeof value === "object" && value !== null && depth < 8) {
    for (const [key, inner] of Object.entries(value)) {
      const unwrapped = key === "value" && path !== "" ? path : path ? `${path}/${key}` : key;
      settingsFromJson(inner, settings, unwrapped, depth + 1);
    }
  } else if (path && settings.size < 10_000 && typeof value !== "object") settings.set(path, String(value));
}

/** `key: value` lines with indentation, as in YAML files of settings; lists and tags are passed over. */
export function settingsFromYaml(text: string, settings: RawSettings): void {
  const open: { readonly indent: number; readonly key: string }[] = [];
  let listKey: string | undefined;
  for (const line of text.split("\n", 10_000)) {
    // `- - name` and on the next line `  - value`: how an ordered mapping is dumped.
    const pair = /^\s{0,40}(?:- ){2,8}([\w.-]{1,80})\s*$/.exec(line);
    const listValue = listKey === undefined ? null : /^\s+- (\S.{0,200})$/.exec(line);
    if (listKey !== undefined && listValue?.[1]) settings.set(listKey, unquoted(listValue[1]));
    listKey = pair?.[1];
    const entry = /^(\s{0,40})(["']?[\w./-]{1,80}["']?):(?:\s+(.{0,500}))?$/.exec(line.trimEnd());
    if (!entry) continue;
    const indent = entry[1]!.length;
    while (open.length > 0 && open[open.length - 1]!.indent >= indent) open.pop();
    const key = unquoted(entry[2]!);
    const value = (entry[3] ?? "").replace(/\s#.*$/, "").trim();
    const path = [...open.map((parent) => parent.key), key].join("/");
    if (value !== "") settings.set(path.replace(/\/value$/, ""), unquoted(value));
    else if (open.length < 8) open.push({ indent, key });
  }
}

/** What the raw settings say, in the words of a `Series`. */
export function declaredSettings(raw: RawSettings, program: Program | undefined): DeclaredSettings {
  const byName = new Map<string, string>();
  const byLastName = new Map<string, string>();
  for (const [path, value] of raw) {
    const parts = path.split(/[/.]/);
    byName.set(wordsOf(path).join("_"), value);
    const last = wordsOf(parts[parts.length - 1]!).join("_");
    byLastName.set(last, value);
  }
  const find = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = byName.get(name) ?? byLastName.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const declared: { -readonly [K in keyof DeclaredSettings]: DeclaredSettings[K] } = {};
  for (const setting of Object.keys(USUAL_NAMES) as NumericSetting[]) {
    const names = [...(program?.settings?.[setting] ?? []), ...USUAL_NAMES[setting]];
    const value = number(find(names));
    if (value !== undefined) declared[setting] = value;
  }
  const bounds = ["log_alpha_min", "log_alpha_max"].map((name) => number(find([name])));
  if (bounds[0] !== undefined) declared.alphaMin ??= Math.exp(bounds[0]);
  if (bounds[1] !== undefined) declared.alphaMax ??= Math.exp(bounds[1]);
  const lossForm = find(LOSS_FORM_NAMES);
  if (isLossForm(lossForm)) declared.lossForm = lossForm;
  const env = find(ENV_NAMES);
  if (env && /^[\w.:/-]{1,100}$/.test(env)) declared.env = env;
  addEntropyCoefficient(find(["ent_coef"]), declared);
  addAutotune(find(["autotune", "automatic_entropy_tuning"]), find(["alpha"]), declared);
  const [gradientSteps, trainFreq] = [number(find(["gradient_steps"])), number(find(["train_freq"]))];
  if (gradientSteps !== undefined && gradientSteps > 0 && trainFreq !== undefined && trainFreq > 0) {
    declared.updatesPerStep ??= gradientSteps / trainFreq;
  }
  return declared;
}

/** A number among the raw settings, by the last part of its name. */
export function numericSetting(raw: RawSettings, name: string): number | undefined {
  for (const [path, value] of raw) if (path === name || path.endsWith(`/${name}`)) return number(value);
  return undefined;
}

/** Stable-Baselines' `ent_coef`: "auto", "auto_0.1" (start there), or a fixed number. */
function addEntropyCoefficient(
  text: string | undefined,
  declared: { -readonly [K in keyof DeclaredSettings]: DeclaredSettings[K] },
): void {
  const value = number(text?.startsWith("auto") ? text.slice("auto_".length) : text);
  if (value !== undefined) declared.initialAlpha ??= value;
  else if (text === "auto") declared.initialAlpha ??= 1;
}

/** Programs with an `autotune` switch start log α at 0 when it is on, and keep `alpha` when it is off. */
function addAutotune(
  autotune: string | undefined,
  alpha: string | undefined,
  declared: { -readonly [K in keyof DeclaredSettings]: DeclaredSettings[K] },
): void {
  if (autotune === undefined) return;
  const initial = /^true$/i.test(autotune) ? 1 : number(alpha);
  if (initial !== undefined) declared.initialAlpha ??= initial;
}

function isLossForm(text: string | undefined): text is LossForm {
  return text === "alpha" || text === "log-alpha";
}

function number(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
