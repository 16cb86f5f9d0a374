// How each SAC program logs, read from its source: which tag holds which quantity, what its α loss multiplies, in
// which units its entropies are, and what its settings are called. A new program is one more entry. Order matters: the
// first program one of whose `signature` tags is in a log is the one that wrote it.

import { ownTags } from "../../metrics/table.ts";
import type { ActionUnits, DeclaredSettings, LossForm, Quantity } from "../series.ts";

/** How a tag's number becomes the quantity: log π is minus the entropy, log α wants an exponential. */
export type Conversion = "negate" | "exp";

/** What a tag of a program means. */
export type TagSpec = string | { readonly tag: string; readonly as: Conversion };

/** Settings that are numbers and may stand in a config file. */
export type NumericSetting = {
  [K in keyof DeclaredSettings]-?: NonNullable<DeclaredSettings[K]> extends number ? K : never;
  // Other programs make up for their delay by several updates of the actor in turn, and do not tell schedules.
}[Exclude<keyof DeclaredSettings, "policyDelay" | "alphaLearningRateEnd">];

/** A program whose logs are known: its tags, its form of the α loss, its units. */
export interface Program {
  readonly name: string;
  /** Tags that give the program away. */
  readonly signature: readonly string[];
  /** Tags of each quantity, best first. */
  readonly tags: Readonly<Partial<Record<Quantity, readonly TagSpec[]>>>;
  readonly lossForm?: LossForm;
  readonly units: ActionUnits;
  readonly alphaLogged?: "before" | "after";
  /** What the axis of its event files counts; "step" (environment steps) by default. */
  readonly axis?: "step" | "updates";
  /** Tags whose own axis is not α's (episodes, epochs): placed where they were written, among the others. */
  readonly otherAxis?: readonly string[];
  /** Tags that are not what their words say. */
  readonly misleading?: readonly string[];
  /** The setting that holds α where the program never tunes it, and so does not log it. */
  readonly fixedAlpha?: string;
  /** Names of its settings, where they differ from the usual ones of settings.ts. */
  readonly settings?: Readonly<Partial<Record<NumericSetting, readonly string[]>>>;
  /** Quantity whose first value is a setting: SB3's α is optimised with the logged `train/learning_rate`. */
  readonly alphaLearningRateFrom?: Quantity;
  /** It steps hundreds of environments at once: nobody knows how many updates a step of its axis is. */
  readonly sideBySide?: true;
  /** One update a step once this setting's number of steps has passed. */
  readonly learningStarts?: string;
}

const STABLE_BASELINES: Program["tags"] = {
  step: ["time/total_timesteps", "time/total timesteps"],
  updates: ["train/n_updates"],
  alpha: ["train/ent_coef"],
  alphaLoss: ["train/ent_coef_loss"],
  actorLoss: ["train/actor_loss"],
  criticLoss: ["train/critic_loss"],
  return: ["rollout/ep_rew_mean"],
  evalReturn: ["eval/mean_reward"],
  episodeLength: ["rollout/ep_len_mean"],
  learningRate: ["train/learning_rate"],
  time: ["time/time_elapsed", "time/time elapsed"],
};

const RLLIB_NEW = "learners/default_policy/";
const RLLIB_OLD = ["info/learner/default_policy/", "info/learner/default_policy/learner_stats/"];
const old = (name: string) => RLLIB_OLD.map((prefix) => prefix + name);
/** Tianshou's scopes changed with its versions. */
const scoped = (name: string) => ["training/", "update/", "train/", ""].map((scope) => scope + name);

const TIANSHOU = {
  name: "Tianshou",
  tags: {
    step: ["training/env_step", "train/env_step"],
    updates: ["update/gradient_step"],
    alpha: scoped("alpha"),
    alphaLoss: [...scoped("alpha_loss"), ...scoped("loss/alpha")],
    actorLoss: [...scoped("actor_loss"), ...scoped("loss/actor")],
    criticLoss: [...scoped("critic1_loss"), ...scoped("loss/critic1")],
    return: ["training/returns_stat/mean", "train/returns_stat/mean", "train/reward"],
    evalReturn: ["test/returns_stat/mean", "test/reward"],
    episodeLength: ["training/lens_stat/mean", "train/lens_stat/mean", "train/length"],
  },
  lossForm: "log-alpha",
  units: "unit",
  alphaLogged: "after",
  settings: { alphaLearningRate: ["alpha_lr"], updatesPerStep: ["update_per_step"] },
} as const;

/** Every program whose logs are known. */
export const PROGRAMS: readonly Program[] = [
  {
    name: "tempered",
    signature: ["train/log_alpha", "train/entropy_gap"],
    tags: Object.fromEntries(Object.entries(ownTags).map(([quantity, tag]) => [quantity, [tag]])),
    units: "unit",
    alphaLogged: "before",
  },
  {
    name: "Stable-Baselines3",
    signature: ["train/ent_coef", "train/ent_coef_loss"],
    tags: STABLE_BASELINES,
    lossForm: "log-alpha",
    units: "unit",
    alphaLogged: "before",
    settings: { alphaLearningRate: ["learning_rate"], updatesPerStep: [] },
    alphaLearningRateFrom: "learningRate",
    // FinRL's callback logs the reward of one step under these names.
    misleading: ["train/reward", "train/reward_mean", "train/rewards"],
  },
  {
    name: "CleanRL",
    signature: ["losses/alpha", "losses/qf1_values", "losses/qf_loss"],
    tags: {
      alpha: ["losses/alpha"],
      alphaLoss: ["losses/alpha_loss"],
      entropy: ["losses/entropy"],
      actorLoss: ["losses/actor_loss"],
      criticLoss: ["losses/qf_loss", "losses/qf1_loss"],
      q: ["losses/qf1_values"],
      return: ["charts/episodic_return"],
      episodeLength: ["charts/episodic_length"],
    },
    lossForm: "alpha",
    units: "environment",
    alphaLogged: "after",
    settings: { alphaLearningRate: ["q_lr"] },
    learningStarts: "learning_starts",
  },
  {
    name: "Spinning Up",
    signature: ["TotalEnvInteracts", "AverageLogPi"],
    tags: {
      step: ["TotalEnvInteracts", "Time Steps"],
      entropy: [{ tag: "AverageLogPi", as: "negate" }, "Entropy"],
      actorLoss: ["LossPi"],
      criticLoss: ["LossQ", "LossQ1"],
      q: ["AverageQ1Vals"],
      return: ["AverageEpRet"],
      evalReturn: ["AverageTestEpRet"],
      episodeLength: ["EpLen"],
    },
    units: "unit",
    settings: { initialAlpha: ["alpha"], stepsPerEpisode: ["max_ep_len"] },
    fixedAlpha: "alpha",
  },
  {
    name: "rlkit",
    signature: ["trainer/Alpha", "trainer/Log Pis Mean", "expl/num steps total"],
    tags: {
      step: ["expl/num steps total", "exploration/num steps total"],
      updates: ["trainer/num train calls"],
      alpha: ["trainer/Alpha"],
      alphaLoss: ["trainer/Alpha Loss"],
      entropy: [{ tag: "trainer/Log Pis Mean", as: "negate" }],
      actorLoss: ["trainer/Policy Loss"],
      criticLoss: ["trainer/QF1 Loss"],
      q: ["trainer/Q1 Predictions Mean"],
      return: ["expl/Average Returns", "exploration/Average Returns"],
      evalReturn: ["eval/Average Returns", "evaluation/Average Returns"],
      episodeLength: ["expl/path length Mean", "exploration/path length Mean"],
    },
    lossForm: "log-alpha",
    units: "unit",
    alphaLogged: "after",
    settings: { alphaLearningRate: ["policy_lr"] },
  },
  {
    name: "softlearning",
    signature: ["update/alpha_loss-mean", "update/Q_loss-mean", "evaluation/episode-reward-mean"],
    tags: {
      step: ["total_timestep", "timesteps_total"],
      alpha: ["update/alpha", "update/alpha-mean"],
      alphaLoss: ["update/alpha_loss-mean", "update/alpha_loss"],
      actorLoss: ["update/policy_loss-mean"],
      criticLoss: ["update/Q_loss-mean"],
      q: ["update/Q_value-mean"],
      return: ["training/episode-reward-mean"],
      evalReturn: ["evaluation/episode-reward-mean"],
      episodeLength: ["training/episode-length-mean"],
    },
    lossForm: "alpha",
    units: "unit",
  },
  {
    name: "RLlib",
    signature: [`${RLLIB_NEW}alpha_value`, `${RLLIB_NEW}qf_loss`, "num_env_steps_sampled_lifetime"],
    tags: {
      step: ["num_env_steps_sampled_lifetime"],
      alpha: [`${RLLIB_NEW}alpha_value`],
      alphaLoss: [`${RLLIB_NEW}alpha_loss`],
      entropy: [
        { tag: `${RLLIB_NEW}logps`, as: "negate" },
        { tag: `${RLLIB_NEW}logps_mean`, as: "negate" },
      ],
      targetEntropy: [`${RLLIB_NEW}target_entropy`],
      actorLoss: [`${RLLIB_NEW}policy_loss`],
      criticLoss: [`${RLLIB_NEW}qf_loss`],
      q: [`${RLLIB_NEW}qf_mean`],
      return: ["env_runners/episode_return_mean"],
      evalReturn: ["evaluation/env_runners/episode_return_mean"],
      episodeLength: ["env_runners/episode_len_mean"],
    },
    lossForm: "log-alpha",
    units: "unit",
    settings: { alphaLearningRate: ["alpha_lr", "entropy_learning_rate"] },
  },
  {
    name: "RLlib",
    signature: [...old("alpha_value"), ...old("target_entropy")],
    tags: {
      step: ["timesteps_total", "num_env_steps_sampled"],
      alpha: old("alpha_value"),
      alphaLoss: old("alpha_loss"),
      targetEntropy: old("target_entropy"),
      actorLoss: old("actor_loss"),
      criticLoss: old("critic_loss"),
      q: old("mean_q"),
      return: ["episode_reward_mean"],
      evalReturn: ["evaluation/episode_reward_mean"],
      episodeLength: ["episode_len_mean"],
    },
    lossForm: "log-alpha",
    units: "unit",
    settings: { alphaLearningRate: ["entropy_learning_rate"] },
  },
  {
    name: "skrl",
    signature: ["Coefficient / Entropy coefficient", "Loss / Entropy loss"],
    tags: {
      alpha: ["Coefficient / Entropy coefficient"],
      alphaLoss: ["Loss / Entropy loss"],
      actorLoss: ["Loss / Policy loss"],
      criticLoss: ["Loss / Critic loss"],
      q: ["Q-network / Q1 (mean)"],
      return: ["Reward / Total reward (mean)"],
      episodeLength: ["Episode / Total timesteps (mean)"],
    },
    lossForm: "log-alpha",
    units: "unit",
    alphaLogged: "after",
    settings: { alphaLearningRate: ["entropy_learning_rate"], initialAlpha: ["initial_entropy_value"] },
  },
  {
    name: "ml-agents",
    signature: ["Policy/Continuous Entropy Coeff", "Policy/Discrete Entropy Coeff", "Policy/Entropy Coeff"],
    tags: {
      alpha: ["Policy/Continuous Entropy Coeff", "Policy/Discrete Entropy Coeff", "Policy/Entropy Coeff"],
      entropy: ["Policy/Entropy"],
      actorLoss: ["Losses/Policy Loss"],
      criticLoss: ["Losses/Q1 Loss"],
      return: ["Environment/Cumulative Reward"],
      episodeLength: ["Environment/Episode Length"],
      learningRate: ["Policy/Learning Rate"],
    },
    units: "unit",
    settings: { alphaLearningRate: ["learning_rate"], initialAlpha: ["init_entcoef"] },
    alphaLearningRateFrom: "learningRate",
  },
  {
    name: "pranz24",
    signature: ["entropy_temprature/alpha"],
    tags: {
      alpha: ["entropy_temprature/alpha"],
      alphaLoss: ["loss/entropy_loss"],
      actorLoss: ["loss/policy"],
      criticLoss: ["loss/critic_1"],
      return: ["reward/train"],
      evalReturn: ["avg_reward/test"],
    },
    lossForm: "log-alpha",
    units: "environment",
    alphaLogged: "after",
    axis: "updates",
    otherAxis: ["reward/train", "avg_reward/test"],
    settings: { alphaLearningRate: ["lr"] },
  },
  {
    name: "garage",
    signature: ["AlphaTemperature/mean"],
    tags: {
      step: ["TotalEnvSteps"],
      alpha: ["AlphaTemperature/mean"],
      actorLoss: ["Policy/Loss"],
      criticLoss: ["QF1Loss", "QF/Qf1Loss"],
      evalReturn: ["Evaluation/AverageReturn"],
      return: ["Average/TrainAverageReturn", "TrainAverageReturn"],
    },
    lossForm: "log-alpha",
    units: "unit",
    settings: { alphaLearningRate: ["policy_lr"] },
  },
  {
    name: "pytorch_sac",
    signature: ["train_alpha/value", "train_actor/target_entropy", "actor_target_entropy"],
    tags: {
      step: ["step"],
      alpha: ["train_alpha/value", "alpha_value"],
      alphaLoss: ["train_alpha/loss", "alpha_loss"],
      entropy: ["train_actor/entropy", "actor_entropy"],
      targetEntropy: ["train_actor/target_entropy", "actor_target_entropy"],
      actorLoss: ["train_actor/loss", "actor_loss"],
      criticLoss: ["train_critic/loss", "critic_loss"],
      return: ["train/episode_reward", "episode_reward"],
      evalReturn: ["eval/episode_reward"],
    },
    lossForm: "alpha",
    units: "unit",
    settings: { alphaLearningRate: ["alpha_lr"], initialAlpha: ["init_temperature"] },
  },
  {
    name: "d3rlpy",
    signature: ["temp_loss"],
    tags: {
      alpha: ["temp"],
      alphaLoss: ["temp_loss"],
      actorLoss: ["actor_loss"],
      criticLoss: ["critic_loss"],
      return: ["rollout_return"],
      evalReturn: ["evaluation", "environment"],
    },
    lossForm: "alpha",
    units: "unit",
    settings: { alphaLearningRate: ["temp_learning_rate"], initialAlpha: ["initial_temperature"] },
  },
  {
    ...TIANSHOU,
    // Gradient steps under update/, environment steps under train/ and test/, epochs under info/.
    signature: ["update/critic1_loss", "update/gradient_step"],
    axis: "updates",
    otherAxis: [
      ...["train/returns_stat/mean", "train/lens_stat/mean", "test/returns_stat/mean"],
      ...["info/gradient_step", "info/train_step"],
    ],
    misleading: ["info/gradient_step", "info/train_step"],
  },
  {
    ...TIANSHOU,
    signature: ["training/critic1_loss", "train/critic1_loss", "loss/critic1", "training/env_step"],
  },
  {
    // The table that its evaluator prints, under the names of its columns, and its event files.
    name: "ElegantRL",
    signature: ["ElegantRL/objC", "info/critic_loss_sample"],
    tags: {
      step: ["ElegantRL/Step"],
      alpha: ["ElegantRL/alpha"],
      criticLoss: ["ElegantRL/objC", "info/critic_loss_sample"],
      q: ["ElegantRL/objA", { tag: "info/actor_obj_sample", as: "negate" }],
      evalReturn: ["ElegantRL/avgR", "reward/avg_reward_sample"],
      episodeLength: ["ElegantRL/avgS"],
    },
    // Its exploration's is the mean reward of a step; what ends in time lies along seconds.
    misleading: [
      ...["ElegantRL/expR", "reward/exp_reward_sample", "reward/exp_reward_time", "reward/std_reward_sample"],
      ...["reward/avg_reward_time", "reward/std_reward_time", "info/critic_loss_time", "info/actor_obj_time"],
    ],
    lossForm: "log-alpha",
    units: "unit",
    alphaLogged: "after",
    settings: { alphaLearningRate: ["learning_rate"], updatesPerStep: ["repeat_times"] },
  },
  {
    // Everything twice: along the learner's iterations, which are updates, and along the collector's steps.
    name: "DI-engine",
    signature: ["learner_iter/alpha_avg", "learner_iter/critic_loss_avg"],
    tags: {
      alpha: ["learner_iter/alpha_avg"],
      alphaLoss: ["learner_iter/alpha_loss_avg"],
      entropy: ["learner_iter/entropy_avg"],
      actorLoss: ["learner_iter/policy_loss_avg"],
      criticLoss: ["learner_iter/critic_loss_avg"],
      return: ["collector_iter/reward_mean", "collector_iter/episode_return_mean"],
      evalReturn: ["evaluator_iter/eval_episode_return_mean", "evaluator_iter/reward_mean"],
    },
    lossForm: "log-alpha",
    units: "unit",
    axis: "updates",
    settings: { alphaLearningRate: ["learning_rate_alpha"] },
  },
  {
    // JaxRL, JaxRL2 and what was made of them.
    name: "JaxRL",
    signature: ["training/temp_loss", "training/temperature_loss"],
    tags: {
      alpha: ["training/temperature"],
      alphaLoss: ["training/temp_loss", "training/temperature_loss"],
      entropy: ["training/entropy"],
      actorLoss: ["training/actor_loss"],
      criticLoss: ["training/critic_loss"],
      q: ["training/q1", "training/q"],
      return: ["training/return", "training/episode_return"],
      evalReturn: ["evaluation/average_returns", "evaluation/return"],
      episodeLength: ["training/length", "training/episode_length"],
    },
    lossForm: "alpha",
    units: "unit",
    alphaLogged: "before",
    settings: { alphaLearningRate: ["temp_lr"], initialAlpha: ["init_temperature"] },
  },
  {
    name: "Brax",
    signature: ["training/alpha", "training/alpha_loss", "training/sps"],
    tags: {
      alpha: ["training/alpha"],
      alphaLoss: ["training/alpha_loss"],
      actorLoss: ["training/actor_loss"],
      criticLoss: ["training/critic_loss"],
      evalReturn: ["eval/episode_reward"],
      episodeLength: ["eval/avg_episode_length"],
    },
    lossForm: "alpha",
    units: "unit",
    // Its learning_rate is not α's, which is 3e-4 in its source.
    settings: { alphaLearningRate: [] },
    sideBySide: true,
  },
  {
    name: "Acme",
    signature: ["learner_steps"],
    tags: {
      step: ["actor_steps"],
      updates: ["learner_steps"],
      alpha: ["alpha"],
      alphaLoss: ["alpha_loss"],
      entropy: ["entropy_mean"],
      actorLoss: ["actor_loss"],
      criticLoss: ["critic_loss"],
      return: ["episode_return"],
    },
    lossForm: "alpha",
    units: "unit",
  },
  {
    name: "TorchRL",
    signature: ["train/q_loss", "train/loss_qvalue"],
    tags: {
      alpha: ["train/alpha"],
      alphaLoss: ["train/alpha_loss", "train/loss_alpha"],
      entropy: ["train/entropy"],
      actorLoss: ["train/actor_loss", "train/loss_actor"],
      criticLoss: ["train/q_loss", "train/loss_qvalue"],
      return: ["train/reward"],
      evalReturn: ["eval/reward"],
      episodeLength: ["train/episode_length"],
    },
    lossForm: "log-alpha",
    units: "unit",
  },
];
