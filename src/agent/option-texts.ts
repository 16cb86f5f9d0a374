// What --help, config files and docs/configuration.md say of the hyperparameters: apart from options.ts, because pages that
// train fetch those.

import type { HyperparameterName } from "./options.ts";
import type { SettingText } from "./setting.ts";

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
