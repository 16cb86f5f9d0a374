"""SAC of transformed functions: every network is a pair of init and apply, and the state holds all parameters."""

from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import optax


class Learner(NamedTuple):
    policy_params: hk.Params
    q_params: hk.Params
    q_target_params: hk.Params
    log_temperature: jnp.ndarray
    policy_opt: optax.OptState
    q_opt: optax.OptState
    temperature_opt: optax.OptState


def make_update(policy, critic, action_size, discount=0.99, rate=3e-4, tau=0.005):
    entropy_goal = -float(action_size)
    policy_tx, q_tx = optax.adam(rate), optax.adam(rate)
    temperature_tx = optax.adam(1e-3)

    def draw(params, obs, key):
        dist = policy.apply(params, obs)
        action = dist.sample(seed=key)
        return action, dist.log_prob(action)

    def q_loss(q_params, state, batch, key):
        next_action, next_log_pi = draw(state.policy_params, batch["next_obs"], key)
        next_q = critic.apply(state.q_target_params, batch["next_obs"], next_action)
        soft = jnp.min(next_q, axis=-1) - jnp.exp(state.log_temperature) * next_log_pi
        backup = batch["reward"] + discount * (1.0 - batch["terminal"]) * soft
        q = critic.apply(q_params, batch["obs"], batch["action"])
        return jnp.mean(jnp.square(q - jax.lax.stop_gradient(backup)[:, None]))

    def policy_loss(policy_params, state, batch, key):
        action, log_pi = draw(policy_params, batch["obs"], key)
        q = jnp.min(critic.apply(state.q_params, batch["obs"], action), axis=-1)
        return jnp.mean(jnp.exp(state.log_temperature) * log_pi - q), log_pi

    def temperature_loss(log_temperature, log_pi):
        return -jnp.exp(log_temperature) * jnp.mean(jax.lax.stop_gradient(log_pi) + entropy_goal)

    def update(state, batch, key):
        k1, k2 = jax.random.split(key)
        q_grads = jax.grad(q_loss)(state.q_params, state, batch, k1)
        (_, log_pi), pi_grads = jax.value_and_grad(policy_loss, has_aux=True)(state.policy_params, state, batch, k2)
        t_grad = jax.grad(temperature_loss)(state.log_temperature, log_pi)
        q_step, q_opt = q_tx.update(q_grads, state.q_opt)
        pi_step, policy_opt = policy_tx.update(pi_grads, state.policy_opt)
        t_step, temperature_opt = temperature_tx.update(t_grad, state.temperature_opt)
        q_params = optax.apply_updates(state.q_params, q_step)
        return Learner(
            optax.apply_updates(state.policy_params, pi_step),
            q_params,
            optax.incremental_update(q_params, state.q_target_params, tau),
            optax.apply_updates(state.log_temperature, t_step),
            policy_opt,
            q_opt,
            temperature_opt,
        )

    return jax.jit(update)
