"""SAC with distrax policies; the state of the learner is a chex dataclass and every function is pure."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable

import chex
import distrax
import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


@dataclasses.dataclass(frozen=True)
class SACConfig:
    num_actions: int
    discount: float = 0.99
    target_step_size: float = 5e-3
    policy_learning_rate: float = 3e-4
    value_learning_rate: float = 3e-4
    dual_learning_rate: float = 1e-3
    init_alpha: float = 0.5
    entropy_per_dimension: float = -1.0


@chex.dataclass
class LearnerState:
    policy_params: Any
    value_params: Any
    target_value_params: Any
    log_alpha: chex.Array
    policy_opt_state: optax.OptState
    value_opt_state: optax.OptState
    dual_opt_state: optax.OptState
    rng: chex.PRNGKey


@chex.dataclass
class Batch:
    s_tm1: chex.Array
    a_tm1: chex.Array
    r_t: chex.Array
    discount_t: chex.Array  # 0 at terminal steps, 1 elsewhere
    s_t: chex.Array


class PolicyNetwork(nn.Module):
    num_actions: int

    @nn.compact
    def __call__(self, obs: chex.Array) -> distrax.Distribution:
        h = nn.swish(nn.Dense(256)(obs))
        h = nn.swish(nn.Dense(256)(h))
        loc = nn.Dense(self.num_actions)(h)
        scale = nn.softplus(nn.Dense(self.num_actions)(h)) + 1e-3
        return distrax.Transformed(
            distribution=distrax.MultivariateNormalDiag(loc=loc, scale_diag=scale),
            bijector=distrax.Block(distrax.Tanh(), ndims=1),
        )


class ValueNetwork(nn.Module):
    @nn.compact
    def __call__(self, obs: chex.Array, action: chex.Array) -> tuple[chex.Array, chex.Array]:
        x = jnp.concatenate([obs, action], axis=-1)

        def tower() -> chex.Array:
            h = nn.swish(nn.LayerNorm()(nn.Dense(256)(x)))
            h = nn.swish(nn.Dense(256)(h))
            return jnp.squeeze(nn.Dense(1)(h), axis=-1)

        return tower(), tower()


def make_learner(config: SACConfig) -> tuple[Callable, Callable]:
    policy, value = PolicyNetwork(config.num_actions), ValueNetwork()
    policy_opt = optax.adam(config.policy_learning_rate)
    value_opt = optax.adam(config.value_learning_rate)
    dual_opt = optax.adam(config.dual_learning_rate)
    desired_entropy = config.entropy_per_dimension * config.num_actions

    def init(rng: chex.PRNGKey, obs: chex.Array, action: chex.Array) -> LearnerState:
        rng, policy_key, value_key = jax.random.split(rng, 3)
        policy_params = policy.init(policy_key, obs)
        value_params = value.init(value_key, obs, action)
        log_alpha = jnp.asarray(jnp.log(config.init_alpha), dtype=jnp.float32)
        return LearnerState(
            policy_params=policy_params,
            value_params=value_params,
            target_value_params=value_params,
            log_alpha=log_alpha,
            policy_opt_state=policy_opt.init(policy_params),
            value_opt_state=value_opt.init(value_params),
            dual_opt_state=dual_opt.init(log_alpha),
            rng=rng,
        )

    def value_loss(value_params, target_value_params, policy_params, alpha, batch: Batch, key):
        pi_t = policy.apply(policy_params, batch.s_t)
        a_t, log_pi_t = pi_t.sample_and_log_prob(seed=key)
        q1_t, q2_t = value.apply(target_value_params, batch.s_t, a_t)
        v_t = jnp.minimum(q1_t, q2_t) - alpha * log_pi_t
        returns = jax.lax.stop_gradient(batch.r_t + config.discount * batch.discount_t * v_t)
        q1_tm1, q2_tm1 = value.apply(value_params, batch.s_tm1, batch.a_tm1)
        chex.assert_equal_shape([q1_tm1, q2_tm1, returns])
        return jnp.mean(optax.l2_loss(q1_tm1, returns) + optax.l2_loss(q2_tm1, returns))

    def policy_loss(policy_params, value_params, alpha, batch: Batch, key):
        pi_tm1 = policy.apply(policy_params, batch.s_tm1)
        a, log_pi = pi_tm1.sample_and_log_prob(seed=key)
        q1, q2 = value.apply(value_params, batch.s_tm1, a)
        return jnp.mean(alpha * log_pi - jnp.minimum(q1, q2)), log_pi

    def dual_loss(log_alpha, log_pi):
        excess = -jax.lax.stop_gradient(log_pi) - desired_entropy
        return jnp.mean(jnp.exp(log_alpha) * excess)

    @jax.jit
    def update(state: LearnerState, batch: Batch) -> tuple[LearnerState, dict[str, chex.Array]]:
        chex.assert_rank([batch.s_tm1, batch.a_tm1, batch.r_t], [2, 2, 1])
        rng, value_key, policy_key = jax.random.split(state.rng, 3)
        alpha = jnp.exp(state.log_alpha)

        v_loss, v_grads = jax.value_and_grad(value_loss)(
            state.value_params, state.target_value_params, state.policy_params, alpha, batch, value_key
        )
        v_updates, value_opt_state = value_opt.update(v_grads, state.value_opt_state)
        value_params = optax.apply_updates(state.value_params, v_updates)

        (p_loss, log_pi), p_grads = jax.value_and_grad(policy_loss, has_aux=True)(
            state.policy_params, value_params, alpha, batch, policy_key
        )
        p_updates, policy_opt_state = policy_opt.update(p_grads, state.policy_opt_state)
        policy_params = optax.apply_updates(state.policy_params, p_updates)

        d_loss, d_grad = jax.value_and_grad(dual_loss)(state.log_alpha, log_pi)
        d_update, dual_opt_state = dual_opt.update(d_grad, state.dual_opt_state)
        log_alpha = optax.apply_updates(state.log_alpha, d_update)
        log_alpha = jnp.clip(log_alpha, -8.0, 4.0)

        new_state = LearnerState(
            policy_params=policy_params,
            value_params=value_params,
            target_value_params=optax.incremental_update(
                value_params, state.target_value_params, config.target_step_size
            ),
            log_alpha=log_alpha,
            policy_opt_state=policy_opt_state,
            value_opt_state=value_opt_state,
            dual_opt_state=dual_opt_state,
            rng=rng,
        )
        metrics = dict(value_loss=v_loss, policy_loss=p_loss, dual_loss=d_loss, alpha=alpha, entropy=-jnp.mean(log_pi))
        return new_state, metrics

    return init, update
