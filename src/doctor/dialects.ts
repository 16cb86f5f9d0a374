// How each program is told its temperature settings, as code to paste. Programs that are not here get PyTorch.

export interface Dialect {
  targetEntropy(value: string): string;
  alphaLearningRate(value: string): string;
  initialAlpha(value: string): string;
  criticLearningRate(value: string): string;
  /** A wider bound. */
  bound(side: "min" | "max", value: string): string;
  /** Rewards (and observations) brought to the order of 1. */
  readonly scale: string;
  /** The actor's loss with α in it. */
  readonly actorLoss: string;
  /** log π of the squashed action. */
  readonly logProb: string;
  /** α as exp of what is optimised. */
  readonly logAlpha: string;
  /** The loss with the right sign. */
  readonly loss: string;
  /** Saving and restoring log α with its optimiser. */
  readonly checkpoint: string;
}

const pytorch: Dialect = {
  targetEntropy: (value) => `target_entropy = ${value}`,
  alphaLearningRate: (value) => `alpha_optimizer = torch.optim.Adam([log_alpha], lr=${value})`,
  initialAlpha: (value) => `log_alpha = torch.tensor(math.log(${value}), requires_grad=True)`,
  criticLearningRate: (value) => `critic_optimizer = torch.optim.Adam(critic.parameters(), lr=${value})`,
  bound: (side, value) =>
    `log_alpha.data.clamp_(${side}=math.log(${value}))  # after optimizer.step(), not before` +
    (side === "min" ? "; a floor must mean something in units of reward" : ""),
  scale:
    "reward = reward / reward_scale  # so that returns are of the order of 1 to 1,000; normalise observations too",
  actorLoss: "actor_loss = (alpha.detach() * log_prob - torch.min(q1, q2)).mean()",
  logProb:
    "log_prob = normal.log_prob(u).sum(-1) - (2 * (math.log(2) - u - F.softplus(-2 * u))).sum(-1)  # u before tanh",
  logAlpha:
    "log_alpha = torch.zeros(1, requires_grad=True)\n" +
    "alpha_optimizer = torch.optim.Adam([log_alpha], lr=3e-4)\n" +
    "alpha = log_alpha.exp()  # always positive",
  loss: "alpha_loss = -(log_alpha * (log_prob + target_entropy).detach()).mean()",
  checkpoint:
    'torch.save({"log_alpha": log_alpha, "alpha_optimizer": alpha_optimizer.state_dict()}, path)\n' +
    '# on load: log_alpha.data.copy_(saved["log_alpha"]); alpha_optimizer.load_state_dict(saved["alpha_optimizer"])',
};

/** JAX with optax, where a program has no words of its own. */
const jax: Partial<Dialect> = {
  targetEntropy: (value) => `target_entropy = ${value}`,
  alphaLearningRate: (value) => `alpha_optimizer = optax.adam(learning_rate=${value})`,
  initialAlpha: (value) => `log_alpha = jnp.log(${value})`,
  criticLearningRate: (value) => `critic_optimizer = optax.adam(learning_rate=${value})`,
  bound: (side, value) =>
    `log_alpha = jnp.${side === "min" ? "maximum" : "minimum"}(log_alpha, jnp.log(${value}))  # after the step, not before`,
  actorLoss: "actor_loss = (alpha * log_prob - jnp.minimum(q1, q2)).mean()",
  logProb:
    "log_prob = normal.log_prob(u).sum(-1) - (2 * (jnp.log(2) - u - jax.nn.softplus(-2 * u))).sum(-1)  # u before tanh",
  logAlpha: "alpha = jnp.exp(log_alpha)  # log_alpha is the parameter: always positive",
  loss: "alpha_loss = (jnp.exp(log_alpha) * jax.lax.stop_gradient(-log_prob - target_entropy)).mean()",
  checkpoint: "save log_alpha and its optimizer state with the other parameters, and restore both",
};

const dialects: readonly (readonly [RegExp, Partial<Dialect>])[] = [
  [
    /stable-baselines3|sb3|sbx/i,
    {
      targetEntropy: (value) => `model = SAC("MlpPolicy", env, target_entropy=${value})`,
      alphaLearningRate: (value) =>
        `model = SAC("MlpPolicy", env, learning_rate=${value})  # α uses the common rate\n` +
        `# or for α alone, after SAC(...): model.ent_coef_optimizer = torch.optim.Adam([model.log_ent_coef], lr=${value})`,
      initialAlpha: (value) => `model = SAC("MlpPolicy", env, ent_coef="auto_${value}")`,
      criticLearningRate: (value) => `model = SAC("MlpPolicy", env, learning_rate=${value})`,
      scale:
        "env = VecNormalize(DummyVecEnv([make_env]), norm_obs=True, norm_reward=True)  # rewards and observations of the order of 1",
      actorLoss: "actor_loss = (ent_coef * log_prob - min_qf_pi).mean()  # ent_coef must be in it",
      loss: "ent_coef_loss = -(self.log_ent_coef * (log_prob + self.target_entropy).detach()).mean()",
      checkpoint:
        "model.save(path); model = SAC.load(path, env)  # carries log_ent_coef and ent_coef_optimizer",
    },
  ],
  [
    /cleanrl/i,
    {
      criticLearningRate: (value) => `--q-lr ${value}`,
      alphaLearningRate: (value) =>
        `a_optimizer = optim.Adam([log_alpha], lr=${value})  # instead of args.q_lr`,
      initialAlpha: (value) =>
        `log_alpha = torch.full((1,), math.log(${value}), requires_grad=True, device=device)`,
      loss: "alpha_loss = (-log_alpha.exp() * (log_pi + target_entropy)).mean()  # log_pi from torch.no_grad()",
    },
  ],
  [
    /rlkit/i,
    {
      targetEntropy: (value) => `trainer_kwargs["target_entropy"] = ${value}`,
      alphaLearningRate: (value) =>
        `trainer.alpha_optimizer = optim.Adam([trainer.log_alpha], lr=${value})  # default: policy_lr`,
      initialAlpha: (value) => `trainer.log_alpha.data.fill_(math.log(${value}))`,
    },
  ],
  [
    /tianshou/i,
    {
      targetEntropy: (value) => `AutoAlpha(target_entropy=${value}, log_alpha=0.0, optim=alpha_optim)`,
      alphaLearningRate: (value) => `alpha_optim = AdamOptimizerFactory(lr=${value})`,
      initialAlpha: (value) => `AutoAlpha(target_entropy, log_alpha=math.log(${value}), optim=alpha_optim)`,
    },
  ],
  [
    /rllib/i,
    {
      targetEntropy: (value) => `config.training(target_entropy=${value})`,
      alphaLearningRate: (value) => `config.training(alpha_lr=${value})`,
      initialAlpha: (value) => `config.training(initial_alpha=${value})`,
    },
  ],
  [
    /skrl/i,
    {
      targetEntropy: (value) => `cfg["target_entropy"] = ${value}`,
      alphaLearningRate: (value) => `cfg["entropy_learning_rate"] = ${value}`,
      initialAlpha: (value) => `cfg["initial_entropy_value"] = ${value}`,
    },
  ],
  [
    /torchrl/i,
    {
      targetEntropy: (value) => `loss_module = SACLoss(..., target_entropy=${value})`,
      alphaLearningRate: (value) =>
        `optimizer_alpha = torch.optim.Adam([loss_module.log_alpha], lr=${value})`,
      initialAlpha: (value) => `loss_module = SACLoss(..., alpha_init=${value})`,
    },
  ],
  [
    /d3rlpy/i,
    {
      alphaLearningRate: (value) => `d3rlpy.algos.SACConfig(temp_learning_rate=${value})`,
      initialAlpha: (value) => `d3rlpy.algos.SACConfig(initial_temperature=${value})`,
    },
  ],
  [
    /jaxrl/i,
    {
      ...jax,
      targetEntropy: (value) => `SACLearner(..., target_entropy=${value})`,
      alphaLearningRate: (value) => `SACLearner(..., temp_lr=${value})`,
      initialAlpha: (value) => `SACLearner(..., init_temperature=${value})`,
      criticLearningRate: (value) => `SACLearner(..., critic_lr=${value})`,
    },
  ],
  [
    /brax/i,
    {
      ...jax,
      alphaLearningRate: (value) =>
        `alpha_optimizer = optax.adam(learning_rate=${value})  # in brax/training/agents/sac/train.py`,
      criticLearningRate: (value) => `sac.train(..., learning_rate=${value})`,
      scale: "sac.train(..., reward_scaling=0.1, normalize_observations=True)",
    },
  ],
  [/acme/i, jax],
  [
    /di-engine/i,
    {
      targetEntropy: (value) => `policy=dict(learn=dict(target_entropy=${value}))`,
      alphaLearningRate: (value) => `policy=dict(learn=dict(learning_rate_alpha=${value}))`,
      criticLearningRate: (value) => `policy=dict(learn=dict(learning_rate_q=${value}))`,
    },
  ],
  [
    /elegantrl/i,
    {
      alphaLearningRate: (value) =>
        `agent.alpha_optim = torch.optim.Adam((agent.alpha_log,), lr=${value})  # default: args.learning_rate`,
      initialAlpha: (value) => `agent.alpha_log.data.fill_(math.log(${value}))`,
      targetEntropy: (value) => `agent.target_entropy = ${value}`,
    },
  ],
  [
    /pytorch_sac|yarats/i,
    {
      targetEntropy: (value) => `agent.target_entropy = ${value}`,
      alphaLearningRate: (value) => `agent.params.alpha_lr=${value}  # command line`,
      initialAlpha: (value) => `agent.params.init_temperature=${value}  # command line`,
    },
  ],
  [
    /tempered/i,
    {
      targetEntropy: (value) => `tempered train ENV --target-entropy ${value}`,
      alphaLearningRate: (value) => `tempered train ENV --alpha-learning-rate ${value}`,
      initialAlpha: (value) => `tempered train ENV --initial-alpha ${value}`,
      criticLearningRate: (value) => `tempered train ENV --learning-rate ${value}`,
      bound: (side, value) => `tempered train ENV --alpha-${side} ${value}`,
      scale: "scale the environment's rewards to the order of 1: wrap it, and divide the reward in step()",
      loss: "take the temperature's own step, update() of tempered/temperature: it has the right sign",
      actorLoss: "minimise α·log π − min Q, with α in it as a constant",
      logProb: "take tempered's own policy: log π of the squashed action, summed over dimensions",
      logAlpha: "keep log α and use exp(log α), as tempered/temperature does",
      checkpoint: "resume from the run directory: it holds log α and its optimiser's state",
    },
  ],
];

export function dialectOf(framework: string): Dialect {
  const own = dialects.find(([pattern]) => pattern.test(framework))?.[1];
  return { ...pytorch, ...own };
}
