// Right programs in JAX, and their parts.

import type { Variant } from "./variant.ts";

export const functional: readonly Variant[] = [
  {
    file: "bro.py",
    style: "BRO in Flax",
    facts: { lossForm: "alpha", optimizer: "adam", alphaLearningRate: 3e-4 },
    loss: "temperature * (entropy - target_entropy).mean()",
    logProb: ["(entropy - target_entropy)", "entropy"],
    bonus: " - alpha * next_log_probs[:, None]",
    mask: 'batch["masks"][:, None]',
    backup: 'target_q = batch["rewards"]',
    actorBonus: ["(log_probs * alpha - q)", "log_probs * alpha"],
    actorQ: ["(log_probs * alpha - q)", "- q"],
    actor: "actor_loss = (",
    noGradient: ["        target_q = jax.lax.stop_gradient(target_q)\n", ""],
    online: [
      'target_critic.apply_fn({"params": target_critic.params}, batch["next_observations"]',
      'critic.apply_fn({"params": critic_params}, batch["next_observations"]',
    ],
    sampled: [
      "pre_tanh = means + jnp.exp(log_stds) * noise",
      "pre_tanh = jax.lax.stop_gradient(means + jnp.exp(log_stds) * noise)",
    ],
    averaged: ["(gaussian - jacobian).sum(-1)", "(gaussian - jacobian).mean(-1)"],
    uncorrected: {
      edits: [
        ["    jacobian = 2.0 * (jnp.log(2.0) - pre_tanh - nn.softplus(-2.0 * pre_tanh))\n", ""],
        ["(gaussian - jacobian).sum(-1)", "gaussian.sum(-1)"],
      ],
      at: ["gaussian = -0.5 *"],
    },
    truncation: ["mask=1.0 - float(terminated),", "mask=1.0 - float(terminated or truncated),"],
    raw: [
      ["jnp.full((), jnp.log(self.initial_temperature))", "jnp.full((), self.initial_temperature)"],
      ["return jnp.exp(log_temp)", "return log_temp"],
    ],
    own: [
      {
        name: "the gradient of the temperature that is thrown away",
        ids: ["alpha-frozen"],
        edits: [["return temp.apply_gradients(grads=grads), info", "return temp, info"]],
      },
      {
        name: "H̄ added, half a nat a dimension",
        ids: ["target-unreachable", "target-too-high"],
        edits: [["(entropy - target_entropy)", "(entropy + target_entropy)"]],
        at: ["self.target_entropy = -actions.shape[-1] / 2"],
      },
      {
        name: "H̄ declared as the number of dimensions",
        ids: ["target-unreachable"],
        edits: [
          ["self.target_entropy = -actions.shape[-1] / 2", "self.target_entropy = float(actions.shape[-1])"],
        ],
        at: ["temp_loss = temperature *"],
      },
      {
        name: "the mask that is the end",
        ids: ["done-mask-inverted"],
        edits: [["mask=1.0 - float(terminated),", "mask=float(terminated),"]],
        at: ['target_q = batch["rewards"]'],
      },
      {
        name: "log π for the entropy",
        ids: ["sign-inverted"],
        edits: [['"entropy": -log_probs.mean()', '"entropy": log_probs.mean()']],
        at: ["temp_loss = temperature *", 'update_temperature(temp, actor_info["entropy"]'],
      },
    ],
  },
  {
    file: "optax-one-loss.py",
    style: "functional JAX with one loss",
    facts: { lossForm: "log-alpha", optimizer: "adam", alphaLearningRate: 3e-4 },
    loss: "-params.log_alpha * stop_gradient(logp + target)",
    logProb: ["(logp + target)", "logp"],
    target: ["(logp + target)", "+ target"],
    declared: "-float(t.act.shape[-1])",
    bonus: " - alpha * nlogp",
    mask: "(1.0 - t.term)",
    backup: "y = t.rew",
    actorBonus: ["pi_loss = alpha * logp - q_pi", "alpha * logp"],
    actorQ: ["pi_loss = alpha * logp - q_pi", "- q_pi"],
    actor: "pi_loss = ",
    noGradient: ["t.act) - stop_gradient(y)", "t.act) - y"],
    online: ["values(q_avg, t.nobs, nact)", "values(params.q, t.nobs, nact)"],
    twins: ["jnp.min(values(q_avg, t.nobs", "jnp.max(values(q_avg, t.nobs"],
    sampled: [
      "u = mu + jnp.exp(log_sigma) * jax.random.normal(key, mu.shape)",
      "u = stop_gradient(mu + jnp.exp(log_sigma) * jax.random.normal(key, mu.shape))",
    ],
    wrongAction: [
      "norm.logpdf(u, mu, jnp.exp(log_sigma))",
      "norm.logpdf(jnp.tanh(u), mu, jnp.exp(log_sigma))",
    ],
    uncorrected: {
      edits: [["    logp -= jnp.sum(2 * (jnp.log(2) - u - jax.nn.softplus(-2 * u)))\n", ""]],
      at: ["logp = jax.scipy.stats.norm.logpdf"],
    },
    truncation: ["nobs, float(terminated)))", "nobs, float(terminated or truncated)))"],
    raw: [
      ["log_alpha=jnp.log(0.1))", "log_alpha=jnp.asarray(0.1))"],
      ["alpha = jnp.exp(stop_gradient(params.log_alpha))", "alpha = stop_gradient(params.log_alpha)"],
    ],
    own: [
      {
        name: "log α in the stopped gradient",
        ids: ["alpha-frozen"],
        edits: [
          [
            "-params.log_alpha * stop_gradient(logp + target)",
            "-stop_gradient(params.log_alpha * (logp + target))",
          ],
        ],
      },
      {
        name: "a label that leaves log α alone",
        ids: ["alpha-frozen"],
        edits: [
          [
            '{"slow": optax.adam(3e-4), "fast"',
            '{"none": optax.set_to_zero(), "slow": optax.adam(3e-4), "fast"',
          ],
          ['log_alpha="slow"', 'log_alpha="none"'],
        ],
        at: ["alpha_loss = -params.log_alpha"],
      },
      {
        name: "α's gradient from the actor's loss too",
        ids: ["one-optimizer"],
        edits: [["alpha = jnp.exp(stop_gradient(params.log_alpha))", "alpha = jnp.exp(params.log_alpha)"]],
        at: ["pi_loss = alpha * logp"],
      },
    ],
  },
  {
    file: "distrax-agent.py",
    style: "distrax and chex",
    facts: {
      lossForm: "alpha",
      optimizer: "adam",
      alphaLearningRate: 1e-3,
      clamp: { min: -8, max: 4, holds: true },
    },
    loss: "jnp.mean(jnp.exp(log_alpha) * excess)",
    logProb: ["excess = -jax.lax.stop_gradient(log_pi) - desired_entropy", "-jax.lax.stop_gradient(log_pi)"],
    target: ["excess = -jax.lax.stop_gradient(log_pi) - desired_entropy", "- desired_entropy"],
    declared: ["entropy_per_dimension: float = -1.0", "-1.0"],
    bonus: " - alpha * log_pi_t",
    mask: "batch.discount_t",
    backup: "returns = jax.lax.stop_gradient(",
    actorBonus: ["(alpha * log_pi - jnp.minimum(q1, q2))", "alpha * log_pi"],
    actorQ: "- jnp.minimum(q1, q2)",
    online: ["value.apply(target_value_params, batch.s_t", "value.apply(value_params, batch.s_t"],
    twins: ["jnp.minimum(q1_t, q2_t)", "jnp.maximum(q1_t, q2_t)"],
    own: [
      {
        name: "the returns keep their gradient",
        ids: ["target-with-gradient", "online-critic-in-target"],
        edits: [
          [
            "jax.lax.stop_gradient(batch.r_t + config.discount * batch.discount_t * v_t)",
            "batch.r_t + config.discount * batch.discount_t * v_t",
          ],
          ["value.apply(target_value_params, batch.s_t", "value.apply(value_params, batch.s_t"],
        ],
      },
      {
        name: "the clipped log α is dropped",
        ids: ["clamp-without-effect"],
        edits: [["log_alpha = jnp.clip(log_alpha, -8.0, 4.0)", "jnp.clip(log_alpha, -8.0, 4.0)"]],
      },
      {
        name: "the old log α in the new state",
        ids: ["alpha-frozen"],
        edits: [
          [
            "            log_alpha=log_alpha,\n            policy_opt_state=policy_opt_state,",
            "            log_alpha=state.log_alpha,\n            policy_opt_state=policy_opt_state,",
          ],
        ],
        at: ["log_alpha = optax.apply_updates(state.log_alpha, d_update)"],
      },
      {
        name: "no correction: the density of what tanh is given",
        ids: ["log-prob-uncorrected"],
        edits: [
          [
            "a_t, log_pi_t = pi_t.sample_and_log_prob(seed=key)",
            "u_t, log_pi_t = pi_t.distribution.sample_and_log_prob(seed=key)\n        a_t = jnp.tanh(u_t)",
          ],
          [
            "a, log_pi = pi_tm1.sample_and_log_prob(seed=key)",
            "u, log_pi = pi_tm1.distribution.sample_and_log_prob(seed=key)\n        a = jnp.tanh(u)",
          ],
        ],
      },
    ],
  },
  {
    file: "scan-discrete.py",
    style: "discrete in one jitted scan",
    discrete: true,
    facts: { lossForm: "log-alpha", optimizer: "adam", alphaLearningRate: 3e-4 },
    loss: "jnp.mean(log_alpha * (entropy - target_entropy))",
    logProb: ["(entropy - target_entropy)", "entropy"],
    target: ["(entropy - target_entropy)", "- target_entropy"],
    declared: 'config["TARGET_RATIO"] * jnp.log(n_actions)',
    bonus: " - jnp.exp(runner.log_alpha) * next_logp",
    mask: '(1.0 - batch["terminal"])',
    backup: 'td_target = batch["reward"]',
    actorBonus: ["(jnp.exp(log_alpha) * logp - q)", "jnp.exp(log_alpha) * logp"],
    actorQ: ["(jnp.exp(log_alpha) * logp - q)", "- q"],
    actor: "loss = jnp.sum(probs *",
    noGradient: ["        td_target = jax.lax.stop_gradient(td_target)\n", ""],
    online: [
      'critic.apply(runner.critic_targ, batch["next_obs"])',
      'critic.apply(critic_params, batch["next_obs"])',
    ],
    twins: ["jnp.minimum(tq1, tq2)", "jnp.maximum(tq1, tq2)"],
    raw: [
      ["jnp.minimum(tq1, tq2) - jnp.exp(runner.log_alpha) *", "jnp.minimum(tq1, tq2) - runner.log_alpha *"],
      ["(jnp.exp(log_alpha) * logp - q)", "(log_alpha * logp - q)"],
      [
        '"entropy": entropy.mean(), "alpha": jnp.exp(log_alpha)}',
        '"entropy": entropy.mean(), "alpha": log_alpha}',
      ],
      ['"entropy": 0.0, "alpha": jnp.exp(runner.log_alpha)}', '"entropy": 0.0, "alpha": runner.log_alpha}'],
      ["log_alpha = jnp.asarray(0.0)", "log_alpha = jnp.asarray(1.0)"],
    ],
    own: [
      {
        name: "the number of actions as the target",
        ids: ["target-unreachable"],
        edits: [['config["TARGET_RATIO"] * jnp.log(n_actions)', "float(n_actions)"]],
        at: ["return jnp.mean(log_alpha * (entropy"],
      },
      {
        name: "the continuous rule for the target",
        ids: ["target-never-binds"],
        edits: [['config["TARGET_RATIO"] * jnp.log(n_actions)', "-float(n_actions)"]],
        at: ["return jnp.mean(log_alpha * (entropy"],
      },
      {
        name: "log α is not handed on",
        ids: ["alpha-frozen"],
        edits: [["critic_targ=targ, log_alpha=log_alpha,\n", "critic_targ=targ,\n"]],
        at: ["log_alpha = optax.apply_updates(runner.log_alpha, up)"],
      },
    ],
  },
];
