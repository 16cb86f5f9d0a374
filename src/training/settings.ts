// The settings of `tempered train`, told once: flags, config files, their JSON Schema and the text of --help all come
// from this schema. Names and defaults are Stable-Baselines3's where it has them, in camelCase.

import { z } from "zod";
import { defaultHyperparameters as sac } from "../agent/options.ts";
import { expecting } from "./expecting.ts";

/** What a field says of itself beside its type. */
export interface FieldMeta {
  /** One sentence for --help; units included. */
  readonly description: string;
  /** What stands for the value in --help. */
  readonly placeholder: string;
  /** Other names in config files; spelling with -, _ or capitals never matters. */
  readonly aliases?: readonly string[];
  /** Said instead of the default where the default has no value of its own. */
  readonly without?: string;
}

const field = <T extends z.ZodType>(schema: T, meta: FieldMeta): T => schema.meta({ ...meta });

export function integer(from: number) {
  const what = expecting(from === 1 ? "a positive integer" : `an integer from ${from} up`);
  return z.int(what).min(from, what);
}

export function positive() {
  const what = expecting("a number above 0");
  return z.number(what).positive(what);
}

function share(what = expecting("a number above 0 and up to 1")) {
  return z.number(what).positive(what).max(1, what);
}

const atLeastZero = expecting("a number from 0 up");
const alphaValue = expecting('"auto" or a number from 0 up');
const targetValue = expecting(
  '"auto", a number of nats, or in a config file {shape: "linear"|"cosine", start, end, steps}',
);
const layers = expecting("layer widths such as 256,256");

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
  threads: field(integer(1).default(1), {
    description: "Threads that an update may use; two train HalfCheetah-v5 1.5 times as fast as one.",
    placeholder: "N",
  }),

  envs: field(integer(1).default(1), {
    description:
      "Environments that step together, seeded S, S+1, …; there are as many updates an environment step as with one.",
    placeholder: "N",
    aliases: ["n_envs", "num_envs", "n_environments"],
  }),
  overlapActing: field(z.boolean(expecting("true or false")).default(sac.overlapActing), {
    description:
      "Let environments step while the updates run: each action is one step's updates stale. A gain with gymnasium:ID.",
    placeholder: "",
  }),

  targetEntropy: field(
    z
      .union(
        [
          z.literal("auto"),
          z.number(targetValue),
          z.strictObject({
            shape: z.enum(["linear", "cosine"]),
            start: z.number(),
            end: z.number(),
            steps: z.number().positive(),
          }),
        ],
        targetValue,
      )
      .default("auto"),
    {
      description:
        "Entropy that α aims at, in nats over all action dimensions of [-1, 1]; auto is minus the action dimensions. " +
        "A config file may give a schedule {shape, start, end, steps}.",
      placeholder: "auto|X",
      aliases: ["target_ent", "temperature.target_entropy"],
    },
  ),
  alpha: field(
    z.union([z.literal("auto"), z.number(alphaValue).min(0, alphaValue)], alphaValue).default("auto"),
    {
      description: "Entropy temperature α: auto tunes it, a number keeps it fixed.",
      placeholder: "auto|X",
      aliases: ["ent_coef", "entropy_coef", "temperature.alpha"],
    },
  ),
  initialAlpha: field(positive().default(1), {
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
  alphaLearningRate: field(positive().default(3e-4), {
    description: "Adam's learning rate for log α; log α moves by at most about this much per update.",
    placeholder: "X",
    aliases: ["alpha_lr", "ent_coef_lr", "temperature_lr", "temperature.learning_rate", "temperature.lr"],
  }),
  alphaLoss: field(z.enum(["log-alpha", "alpha"], expecting('"log-alpha" or "alpha"')).default("log-alpha"), {
    description: "Loss of the temperature: log α·(H − H̄) as Stable-Baselines3, or α·(H − H̄) as the paper.",
    placeholder: "log-alpha|alpha",
    aliases: ["temperature.loss"],
  }),
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

  learningRate: field(positive().default(sac.learningRate), {
    description: "Adam's learning rate for actor and critics.",
    placeholder: "X",
    aliases: ["lr"],
  }),
  batchSize: field(integer(1).default(sac.batchSize), {
    description: "Transitions in an update.",
    placeholder: "N",
  }),
  gamma: field(
    z
      .number(expecting("a number from 0 to 1"))
      .min(0, expecting("a number from 0 to 1"))
      .max(1, expecting("a number from 0 to 1"))
      .default(sac.gamma),
    { description: "Discount of a step.", placeholder: "X", aliases: ["discount"] },
  ),
  tau: field(share().default(sac.tau), {
    description: "Share of the critics that flows into their targets at each update.",
    placeholder: "X",
  }),
  bufferSize: field(integer(1).default(sac.bufferSize), {
    description: "Transitions that the replay buffer holds; memory grows only with what is stored.",
    placeholder: "N",
    aliases: ["replay_size", "replay_buffer_size"],
  }),
  learningStarts: field(integer(0).default(sac.learningStarts), {
    description: "Environment steps with random actions before the first update.",
    placeholder: "N",
    aliases: ["start_steps", "warmup_steps"],
  }),
  trainFreq: field(integer(1).default(sac.trainFreq), {
    description: "Environment steps, all environments counted, between two rounds of updates.",
    placeholder: "N",
    aliases: ["train_frequency"],
  }),
  gradientSteps: field(
    z
      .int(expecting("a positive integer, or -1"))
      .refine((n) => n === -1 || n > 0, expecting("a positive integer, or -1"))
      .default(sac.gradientSteps),
    {
      description: "Updates in a round; -1 is as many as --train-freq.",
      placeholder: "N",
    },
  ),
  hidden: field(
    z
      .array(z.int(layers).min(1, layers), layers)
      .min(1, layers)
      .default([...sac.hidden]),
    {
      description: "Units of each hidden layer, of the actor and of each critic.",
      placeholder: "N,N",
      aliases: ["net_arch", "hidden_sizes", "hidden_layers", "policy_kwargs.net_arch"],
    },
  ),

  normalizeObservation: field(z.boolean(expecting("true or false")).default(sac.normalizeObservation), {
    description:
      "Shift and scale observations to mean 0 and variance 1, by running statistics that are saved with the agent.",
    placeholder: "",
    aliases: ["norm_obs", "normalize_obs"],
  }),

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

export type TrainConfig = z.output<typeof trainSchema>;
export type TrainSettings = Partial<z.input<typeof trainSchema>>;
export type FieldName = keyof TrainConfig;

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
  return schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : metaOf(name).without;
}

/** The schema of a config file, for editors. */
export function trainJsonSchema(): object {
  const schema = z.toJSONSchema(trainSchema, { io: "input" }) as { required?: string[] };
  return { ...schema, required: undefined };
}
