"""Implementations of algorithms for continuous control."""

import functools
from typing import Optional, Sequence, Tuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from datasets import Batch
from networks import critic_net, policies
from networks.common import InfoDict, Model, Params, PRNGKey


class Temperature(nn.Module):
    initial_temperature: float = 1.0

    @nn.compact
    def __call__(self) -> jnp.ndarray:
        log_temp = self.param("log_temp", init_fn=lambda key: jnp.full((), jnp.log(self.initial_temperature)))
        return jnp.exp(log_temp)


def update_temperature(temp: Model, entropy: float, target_entropy: float) -> Tuple[Model, InfoDict]:
    def temperature_loss_fn(temp_params: Params):
        temperature = temp.apply_fn({"params": temp_params})
        temp_loss = temperature * (entropy - target_entropy).mean()
        return temp_loss, {"temperature": temperature, "temp_loss": temp_loss}

    new_temp, info = temp.apply_gradient(temperature_loss_fn)
    return new_temp, info


def update_actor(key: PRNGKey, actor: Model, critic: Model, temp: Model, batch: Batch) -> Tuple[Model, InfoDict]:
    def actor_loss_fn(actor_params: Params) -> Tuple[jnp.ndarray, InfoDict]:
        dist = actor.apply_fn({"params": actor_params}, batch.observations)
        actions = dist.sample(seed=key)
        log_probs = dist.log_prob(actions)
        q1, q2 = critic(batch.observations, actions)
        q = jnp.minimum(q1, q2)
        actor_loss = (log_probs * temp() - q).mean()
        return actor_loss, {"actor_loss": actor_loss, "entropy": -log_probs.mean()}

    new_actor, info = actor.apply_gradient(actor_loss_fn)
    return new_actor, info


def update_critic(key, actor, critic, target_critic, temp, batch, discount: float, backup_entropy: bool):
    dist = actor(batch.next_observations)
    next_actions = dist.sample(seed=key)
    next_log_probs = dist.log_prob(next_actions)
    next_q1, next_q2 = target_critic(batch.next_observations, next_actions)
    next_q = jnp.minimum(next_q1, next_q2)
    target_q = batch.rewards + discount * batch.masks * next_q
    if backup_entropy:
        target_q -= discount * batch.masks * temp() * next_log_probs

    def critic_loss_fn(critic_params: Params) -> Tuple[jnp.ndarray, InfoDict]:
        q1, q2 = critic.apply_fn({"params": critic_params}, batch.observations, batch.actions)
        critic_loss = ((q1 - target_q) ** 2 + (q2 - target_q) ** 2).mean()
        return critic_loss, {"critic_loss": critic_loss, "q1": q1.mean(), "q2": q2.mean()}

    new_critic, info = critic.apply_gradient(critic_loss_fn)
    return new_critic, info


@functools.partial(jax.jit, static_argnames=("backup_entropy", "update_target"))
def _update_jit(rng, actor, critic, target_critic, temp, batch, discount, tau, target_entropy, backup_entropy,
                update_target):
    rng, key = jax.random.split(rng)
    new_critic, critic_info = update_critic(key, actor, critic, target_critic, temp, batch, discount, backup_entropy)
    if update_target:
        new_target_critic = critic_net.target_update(new_critic, target_critic, tau)
    else:
        new_target_critic = target_critic
    rng, key = jax.random.split(rng)
    new_actor, actor_info = update_actor(key, actor, new_critic, temp, batch)
    new_temp, alpha_info = update_temperature(temp, actor_info["entropy"], target_entropy)
    return rng, new_actor, new_critic, new_target_critic, new_temp, {**critic_info, **actor_info, **alpha_info}


class SACLearner(object):
    def __init__(self, seed: int, observations: jnp.ndarray, actions: jnp.ndarray, actor_lr: float = 3e-4,
                 critic_lr: float = 3e-4, temp_lr: float = 3e-4, hidden_dims: Sequence[int] = (256, 256),
                 discount: float = 0.99, tau: float = 0.005, target_update_period: int = 1,
                 target_entropy: Optional[float] = None, backup_entropy: bool = True, init_temperature: float = 1.0):
        action_dim = actions.shape[-1]
        if target_entropy is None:
            self.target_entropy = -action_dim / 2
        else:
            self.target_entropy = target_entropy
        self.backup_entropy = backup_entropy
        self.tau, self.discount, self.target_update_period = tau, discount, target_update_period
        rng = jax.random.PRNGKey(seed)
        rng, actor_key, critic_key, temp_key = jax.random.split(rng, 4)
        actor_def = policies.NormalTanhPolicy(hidden_dims, action_dim)
        self.actor = Model.create(actor_def, inputs=[actor_key, observations], tx=optax.adam(learning_rate=actor_lr))
        critic_def = critic_net.DoubleCritic(hidden_dims)
        self.critic = Model.create(critic_def, inputs=[critic_key, observations, actions],
                                   tx=optax.adam(learning_rate=critic_lr))
        self.target_critic = Model.create(critic_def, inputs=[critic_key, observations, actions])
        self.temp = Model.create(Temperature(init_temperature), inputs=[temp_key],
                                 tx=optax.adam(learning_rate=temp_lr))
        self.rng, self.step = rng, 1
