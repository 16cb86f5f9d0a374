// SAC's hyperparameters, each told once, in this file: Stable-Baselines3's names in camelCase and its defaults, which values
// each takes, and what --help says of it. Two tables of plain data, for which options.ts and src/training/settings.ts are the code.

import { activationNames } from "../sac/activations.ts";
import { observationDtypes } from "./observation-store.ts";
import type { Setting, SettingText, ValueOf } from "./setting.ts";

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

/**
 * What --help, config files and docs/configuration.md say of them: a table of its own, because a page that trains fetches
 * the one above, and bundlers leave out this one.
 */
export const hyperparameterTexts: Readonly<Record<HyperparameterName, SettingText>> = {
  learningRate: {
    description:
      "Adam's learning rate for actor and critics; linear:3e-4:0:100000 falls to 0 over so many steps.",
    placeholder: "X",
    aliases: ["lr"],
  },
  weightDecay: {
    description: "Decay of the weights of actor and critics, as AdamW's, times the learning rate.",
    placeholder: "X",
    aliases: ["adamw_weight_decay"],
  },
  batchSize: { description: "Transitions in an update.", placeholder: "N" },
  gamma: { description: "Discount of a step.", placeholder: "X", aliases: ["discount"] },
  tau: {
    description: "Share of the critics that flows into their targets at each update.",
    placeholder: "X",
  },
  bufferSize: {
    description: "Transitions that the replay buffer holds; memory grows only with what is stored.",
    placeholder: "N",
    aliases: ["replay_size", "replay_buffer_size"],
  },
  bufferDtype: {
    description:
      "How the replay buffer stores observations: float16 rounds them to 3 digits, uint8 to whole numbers from 0 to 255.",
    placeholder: "float32|float16|uint8",
    aliases: ["replay_dtype"],
  },
  learningStarts: {
    description: "Environment steps with random actions before the first update.",
    placeholder: "N",
    aliases: ["start_steps", "warmup_steps"],
  },
  trainFreq: {
    description: "Environment steps, all environments counted, between two rounds of updates.",
    placeholder: "N",
    aliases: ["train_frequency"],
  },
  gradientSteps: { description: "Updates in a round; -1 is as many as --train-freq.", placeholder: "N" },
  policyDelay: {
    description: "Updates of the critics to one of actor and temperature.",
    placeholder: "N",
    aliases: ["policy_frequency", "policy_update_delay"],
  },
  nStep: {
    description: "Steps whose rewards the critics' target holds before it looks at a value.",
    placeholder: "N",
    aliases: ["n_steps", "multi_step"],
  },
  critics: { description: "Critics.", placeholder: "N", aliases: ["n_critics", "num_qs", "ensemble_size"] },
  targetCritics: {
    description: "Critics whose least value the target takes, drawn anew at each update; -1 is all of them.",
    placeholder: "N",
    aliases: ["num_min_qs", "n_target_critics"],
  },
  actorValue: {
    description: "What the actor takes for Q: the least of all critics, or their mean.",
    placeholder: "minimum|mean",
  },
  quantiles: {
    description: "Quantiles of the return that each critic gives; 1 is its mean.",
    placeholder: "N",
    aliases: ["n_quantiles", "policy_kwargs.n_quantiles"],
  },
  droppedQuantiles: {
    description: "Quantiles, times the critics, that the target drops: the greatest of all critics'.",
    placeholder: "N",
    aliases: ["top_quantiles_to_drop_per_net"],
  },
  layerNorm: {
    description: "A layer norm behind each hidden layer of the critics.",
    placeholder: "",
    aliases: ["critic_layer_norm", "use_layer_norm"],
  },
  dropout: {
    description: "Share of the critics' hidden units that is left out, drawn anew at each update.",
    placeholder: "X",
    aliases: ["dropout_rate", "critic_dropout_rate"],
  },
  hidden: {
    description: "Units of each hidden layer, of the actor and of each critic.",
    placeholder: "N,N",
    aliases: ["net_arch", "hidden_sizes", "hidden_layers", "policy_kwargs.net_arch"],
  },
  criticHidden: {
    description: "Units of each hidden layer of each critic, where they are not the actor's.",
    placeholder: "N,N",
    aliases: ["critic_hidden_sizes", "critic_hidden_layers", "policy_kwargs.net_arch.qf", "net_arch.qf"],
  },
  residual: {
    description:
      "Residual blocks with layer norm in place of hidden layers, as SimBa; --hidden gives their widths.",
    placeholder: "",
    aliases: ["residual_blocks", "simba"],
  },
  activation: {
    description: "Activation of the hidden layers of actor and critics; gelu is the one by tanh.",
    placeholder: "relu|tanh|elu|silu|gelu",
    aliases: ["activation_fn", "policy_kwargs.activation_fn"],
  },
  batchRenorm: {
    description: "Batch renorm in actor and critics, and critics that are their own targets, as CrossQ.",
    placeholder: "",
    aliases: ["batch_norm", "use_batch_norm"],
  },
  renormWarmup: {
    description: "Updates of a network in which its batch renorm is batch normalization.",
    placeholder: "N",
    aliases: ["renorm_warmup_steps", "policy_kwargs.renorm_warmup_steps"],
  },
  beta1: {
    description: "Adam's β₁ for actor and critics: how long it remembers gradients.",
    placeholder: "X",
    aliases: ["adam_b1", "b1"],
  },
  normalizeObservation: {
    description:
      "Shift and scale observations to mean 0 and variance 1, by running statistics that are saved with the agent.",
    placeholder: "",
    aliases: ["norm_obs", "normalize_obs"],
  },
  normalizeReward: {
    description:
      "Divide rewards by the running standard deviation of the discounted return; α is then in these units.",
    placeholder: "",
    aliases: ["norm_reward", "reward_normalization"],
  },
  overlapActing: {
    description:
      "Let environments step while the updates run: each action is one step's updates stale. A gain with gymnasium:ID.",
    placeholder: "",
  },
};
