// The settings of `tempered train` as one schema: flags, config files, their JSON Schema and the text of --help all come
// from it. The agent's hyperparameters come into it from src/agent/hyperparameters.ts; what only a run has stands here. Names
// and defaults are Stable-Baselines3's where it has them, in camelCase.

import { z } from "zod";
import type { SacOptions } from "../agent/options.ts";
import { type PresetName, presetNames, presets } from "../agent/presets.ts";
import { TemperedError } from "../errors.ts";
import { DEFAULT_TARGET_ENTROPY_SHARE, defaultTemperature } from "../sac/temperature.ts";
import { expecting } from "./expecting.ts";
import { type FieldMeta, field, integer, positive, rate, schedule } from "./fields.ts";
import { hyperparameterFields } from "./hyperparameter-fields.ts";

const atLeastZero = expecting("a number from 0 up");
const share = expecting("a number above 0 and below 1");
const alphaValue = expecting('"auto" or a number from 0 up');
const threadCount = expecting('"auto" or a positive integer');
const targetValue = expecting(
  '"auto", a number of nats, or a schedule {shape: "linear"|"cosine", start, end, steps}, as a flag linear:0:-6:10000',
);

const { overlapActing, ...learning } = hyperparameterFields;

/** The schema of a run's settings: checks them and fills in defaults. */
export const trainSchema = z.strictObject({
  env: field(z.string(expecting("an environment")).min(1, expecting("an environment")), {
    description:
      "Environment: an id of `tempered envs`, gymnasium:ID, or the path of a module that makes one.",
    placeholder: "ENV",
    aliases: ["env_id", "environment"],
  }),
  steps: field(integer(1).default(10_000), {
    description: "Environment steps to take, all environments together.",
    placeholder: "N",
    aliases: ["total_timesteps", "timesteps", "n_timesteps"],
  }),
  seed: field(integer(0).default(0), {
    description: "Seeds weights, exploration, sampling and the environment; same seed, same metrics.",
    placeholder: "S",
  }),
  engine: field(
    z.enum(["auto", "onnxruntime", "wasm"], expecting('"auto", "onnxruntime" or "wasm"')).default("auto"),
    {
      description: "What runs the updates; auto is onnxruntime where it is installed, else wasm.",
      placeholder: "auto|onnxruntime|wasm",
    },
  ),
  threads: field(z.union([z.literal("auto"), integer(1)], threadCount).default("auto"), {
    description:
      "Threads that an update may use; auto is as many as pay for its batch and networks on this machine's cores.",
    placeholder: "auto|N",
    aliases: ["n_threads", "num_threads"],
  }),
  arithmetic: field(
    z.enum(["auto", "portable", "fused"], expecting('"auto", "portable" or "fused"')).default("auto"),
    {
      description:
        "How the wasm engine adds up products: fused multiply-add is faster, portable is the same to the bit on every " +
        "machine; auto is fused where the runtime and the processor have it.",
      placeholder: "auto|portable|fused",
    },
  ),

  envs: field(integer(1).default(1), {
    description:
      "Environments that step together, seeded S, S+1, …; there are as many updates an environment step as with one.",
    placeholder: "N",
    aliases: ["n_envs", "num_envs", "n_environments"],
  }),
  overlapActing,

  targetEntropy: field(
    z
      .union([z.literal("auto"), z.number(targetValue), schedule()], targetValue)
      .default(defaultTemperature.targetEntropy),
    {
      description:
        "Entropy that α aims at, in nats over all action dimensions of [-1, 1]; auto is minus the action dimensions, or " +
        "--target-entropy-share of log n. linear:0:-6:10000 moves it over so many steps.",
      placeholder: "auto|X",
      aliases: ["target_ent", "temperature.target_entropy"],
    },
  ),
  targetEntropyShare: field(z.number(share).gt(0, share).lt(1, share).optional(), {
    description: "The target entropy of discrete actions as a share of log n, the most that n of them have.",
    placeholder: "X",
    aliases: ["target_entropy_ratio", "target_entropy_scale", "temperature.target_entropy_share"],
    without: `${DEFAULT_TARGET_ENTROPY_SHARE} where actions are discrete`,
  }),
  targetEntropyPerDimension: field(z.number(expecting("a number of nats")).optional(), {
    description: "The target entropy of continuous actions in nats for each of their dimensions.",
    placeholder: "X",
    aliases: ["temp_target_entropy_coef", "temperature.target_entropy_per_dimension"],
    without: "-1",
  }),
  alpha: field(
    z
      .union([z.literal("auto"), z.number(alphaValue).min(0, alphaValue)], alphaValue)
      .default(defaultTemperature.alpha),
    {
      description: "Entropy temperature α: auto tunes it, a number keeps it fixed.",
      placeholder: "auto|X",
      aliases: ["ent_coef", "entropy_coef", "temperature.alpha"],
    },
  ),
  initialAlpha: field(positive().default(defaultTemperature.initialAlpha), {
    description: "α at the start, where it is tuned.",
    placeholder: "X",
    aliases: [
      "init_alpha",
      "alpha_init",
      "init_temperature",
      "initial_temperature",
      "temperature.initial_alpha",
    ],
  }),
  alphaLearningRate: field(rate().default(defaultTemperature.learningRate), {
    description:
      "Adam's learning rate for log α, or a schedule of it; log α moves by at most about this much per update.",
    placeholder: "X",
    aliases: ["alpha_lr", "ent_coef_lr", "temperature_lr", "temperature.learning_rate", "temperature.lr"],
  }),
  alphaLoss: field(
    z.enum(["log-alpha", "alpha"], expecting('"log-alpha" or "alpha"')).default(defaultTemperature.loss),
    {
      description: "Loss of the temperature: log α·(H − H̄) as Stable-Baselines3, or α·(H − H̄) as the paper.",
      placeholder: "log-alpha|alpha",
      aliases: ["temperature.loss"],
    },
  ),
  alphaMin: field(z.number(atLeastZero).min(0, atLeastZero).optional(), {
    description: "Lower bound of α, held after every update.",
    placeholder: "X",
    aliases: ["min_alpha", "temperature.min"],
    without: "no bound",
  }),
  alphaMax: field(positive().optional(), {
    description: "Upper bound of α, held after every update.",
    placeholder: "X",
    aliases: ["max_alpha", "temperature.max"],
    without: "no bound",
  }),

  preset: field(
    z.enum(presetNames, expecting(presetNames.map((name) => `"${name}"`).join(", "))).default("sac"),
    {
      description:
        "Settings that a paper changed: redq has ten critics, droq dropout and layer norm, both 20 updates a step; tqc has " +
        "critics of 25 quantiles, crossq batch renorm and no targets, simba residual blocks; discrete is for small tasks with discrete actions. " +
        "Settings beside it win.",
      placeholder: presetNames.join("|"),
    },
  ),
  ...learning,

  logEvery: field(integer(1).default(100), {
    description: "Environment steps between two rows of metrics; a row has the means since the one before.",
    placeholder: "N",
    aliases: ["log_interval"],
  }),
  checkpointEvery: field(integer(0).default(10_000), {
    description:
      "Environment steps between two checkpoints, from which a run goes on to the bit (--resume); one is also written " +
      "every 60 s and at the end. 0 writes none.",
    placeholder: "N",
    aliases: ["checkpoint_freq", "save_freq"],
  }),
  evalEvery: field(integer(0).default(0), {
    description:
      "Environment steps between two evaluations on a separate environment; the best agent is kept in best/. " +
      "0 evaluates at the end only.",
    placeholder: "N",
    aliases: ["eval_freq"],
  }),
  evalEpisodes: field(integer(1).default(10), {
    description: "Episodes of an evaluation, with deterministic actions.",
    placeholder: "N",
    aliases: ["n_eval_episodes"],
  }),
});

/** A run's settings as one gives them; all optional but the environment. */
export type TrainConfig = z.output<typeof trainSchema>;
/** A run's settings, with defaults filled in. */
export type TrainSettings = Partial<z.input<typeof trainSchema>>;
export type FieldName = keyof TrainConfig;

/** The settings with their preset and the defaults filled in. @throws TemperedError (CONFIG) for what cannot work, with what would */
export function trainConfig(settings: TrainSettings & Pick<TrainConfig, "env">): TrainConfig {
  const { data, error } = trainSchema.safeParse({ ...presetSettings(settings.preset ?? "sac"), ...settings });
  if (data) return data;
  const [issue] = error.issues;
  throw new TemperedError("CONFIG", `${issue?.path.join(".")}: ${issue?.message}`);
}

/** What a preset sets, by the names that a run's settings have; nothing where there is no such preset. */
function presetSettings(name: PresetName): TrainSettings {
  const { temperature = {}, ...rest }: SacOptions = presets[name] ?? {};
  const { learningRate: alphaLearningRate, initialAlpha, targetEntropyPerDimension } = temperature;
  return {
    ...(rest as TrainSettings),
    ...(alphaLearningRate !== undefined && { alphaLearningRate }),
    ...(initialAlpha !== undefined && { initialAlpha }),
    ...(targetEntropyPerDimension !== undefined && { targetEntropyPerDimension }),
  };
}

export const fieldNames = Object.keys(trainSchema.shape) as readonly FieldName[];

export function metaOf(name: FieldName): FieldMeta {
  return trainSchema.shape[name].meta() as unknown as FieldMeta;
}

/** Whether a field is true or false, so that its flag takes no value. */
export function isSwitch(name: FieldName): boolean {
  const schema: z.ZodType = trainSchema.shape[name];
  return schema instanceof z.ZodDefault && schema.def.innerType instanceof z.ZodBoolean;
}

/** The default as text, such as "0.0003" or "256,256"; undefined for a field that has none. */
export function defaultText(name: FieldName): string | undefined {
  const schema: z.ZodType = trainSchema.shape[name];
  const { without } = metaOf(name);
  return without === undefined && schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : without;
}

/** The schema of a config file, for editors. */
export function trainJsonSchema(): object {
  const schema = z.toJSONSchema(trainSchema, { io: "input" }) as { required?: string[] };
  return { ...schema, required: undefined };
}
