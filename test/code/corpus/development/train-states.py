"""SAC with one TrainState per network; every update is a pure function."""

from functools import partial
from typing import NamedTuple

import distrax
import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
from flax.training.train_state import TrainState


class Critic(nn.Module):
    @nn.compact
    def __call__(self, obs, act):
        x = jnp.concatenate([obs, act], -1)
        for _ in range(2):
            x = nn.relu(nn.Dense(256)(x))
        return nn.Dense(1)(x).squeeze(-1)


DoubleCritic = nn.vmap(
    Critic, variable_axes={"params": 0}, split_rngs={"params": True}, in_axes=None, out_axes=0, axis_size=2
)


class Transition(NamedTuple):
    obs: jnp.ndarray
    action: jnp.ndarray
    reward: jnp.ndarray
    done: jnp.ndarray
    next_obs: jnp.ndarray


class AgentState(NamedTuple):
    actor: TrainState
    critic: TrainState
    target_params: dict
    log_alpha: jnp.ndarray
    alpha_opt_state: optax.OptState


alpha_tx = optax.adam(3e-4)


def policy(actor: TrainState, params, obs, key):
    mean, log_std = actor.apply_fn(params, obs)
    dist = distrax.Transformed(distrax.MultivariateNormalDiag(mean, jnp.exp(log_std)), distrax.Block(distrax.Tanh(), 1))
    return dist.sample_and_log_prob(seed=key)


def update_critic(state: AgentState, batch: Transition, key, gamma: float):
    next_action, next_logp = policy(state.actor, state.actor.params, batch.next_obs, key)
    next_q = jnp.min(state.critic.apply_fn(state.target_params, batch.next_obs, next_action), axis=0)
    alpha = jnp.exp(state.log_alpha)
    next_v = next_q - alpha * next_logp
    td_target = batch.reward + gamma * (1.0 - batch.done) * next_v

    def loss_fn(params):
        q = state.critic.apply_fn(params, batch.obs, batch.action)
        return jnp.mean((q - td_target[None]) ** 2)

    loss, grads = jax.value_and_grad(loss_fn)(state.critic.params)
    return state._replace(critic=state.critic.apply_gradients(grads=grads)), loss


def update_actor(state: AgentState, batch: Transition, key):
    alpha = jnp.exp(state.log_alpha)

    def loss_fn(params):
        action, logp = policy(state.actor, params, batch.obs, key)
        q = jnp.min(state.critic.apply_fn(state.critic.params, batch.obs, action), axis=0)
        return jnp.mean(alpha * logp - q), -jnp.mean(logp)

    (loss, entropy), grads = jax.value_and_grad(loss_fn, has_aux=True)(state.actor.params)
    return state._replace(actor=state.actor.apply_gradients(grads=grads)), loss, entropy


def update_alpha(state: AgentState, entropy, target_entropy: float):
    def loss_fn(log_alpha):
        return jnp.exp(log_alpha) * (entropy - target_entropy)

    loss, grad = jax.value_and_grad(loss_fn)(state.log_alpha)
    updates, alpha_opt_state = alpha_tx.update(grad, state.alpha_opt_state)
    return state._replace(log_alpha=optax.apply_updates(state.log_alpha, updates), alpha_opt_state=alpha_opt_state), loss


@partial(jax.jit, static_argnames=("action_dim", "gamma", "tau"))
def train_step(state: AgentState, batch: Transition, key, action_dim: int, gamma: float = 0.99, tau: float = 0.005):
    critic_key, actor_key = jax.random.split(key)
    target_entropy = -0.5 * action_dim
    state, critic_loss = update_critic(state, batch, critic_key, gamma)
    state, actor_loss, entropy = update_actor(state, batch, actor_key)
    state, alpha_loss = update_alpha(state, entropy, target_entropy)
    target_params = optax.incremental_update(state.critic.params, state.target_params, tau)
    return state._replace(target_params=target_params), (critic_loss, actor_loss, alpha_loss)
