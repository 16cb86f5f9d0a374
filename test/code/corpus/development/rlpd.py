"""One learner as a PyTree of train states."""
from functools import partial
from typing import Optional, Sequence

import flax
import flax.linen as nn
import gym
import jax
import jax.numpy as jnp
import optax
from flax import struct
from flax.training.train_state import TrainState

from agents.agent import Agent
from distributions import TanhNormal
from networks import MLP, Ensemble, StateActionValue, subsample_ensemble


class Temperature(nn.Module):
    initial_temperature: float = 1.0

    @nn.compact
    def __call__(self) -> jnp.ndarray:
        log_temp = self.param("log_temp", init_fn=lambda key: jnp.full((), jnp.log(self.initial_temperature)))
        return jnp.exp(log_temp)


class SACLearner(Agent):
    critic: TrainState
    target_critic: TrainState
    temp: TrainState
    tau: float
    discount: float
    target_entropy: float
    num_qs: int = struct.field(pytree_node=False)
    num_min_qs: Optional[int] = struct.field(pytree_node=False)
    backup_entropy: bool = struct.field(pytree_node=False)

    @classmethod
    def create(cls, seed: int, observation_space: gym.Space, action_space: gym.Space, actor_lr: float = 3e-4,
               critic_lr: float = 3e-4, temp_lr: float = 1e-3, hidden_dims: Sequence[int] = (256, 256),
               discount: float = 0.99, tau: float = 0.005, num_qs: int = 2, num_min_qs: Optional[int] = None,
               target_entropy: Optional[float] = None, init_temperature: float = 1.0, backup_entropy: bool = True):
        action_dim = action_space.shape[-1]
        if target_entropy is None:
            target_entropy = -action_dim / 2
        rng, actor_key, critic_key, temp_key = jax.random.split(jax.random.PRNGKey(seed), 4)
        observations, actions = observation_space.sample(), action_space.sample()
        actor_def = TanhNormal(partial(MLP, hidden_dims=hidden_dims, activate_final=True), action_dim)
        actor = TrainState.create(apply_fn=actor_def.apply, params=actor_def.init(actor_key, observations)["params"],
                                  tx=optax.adam(learning_rate=actor_lr))
        critic_def = Ensemble(partial(StateActionValue, hidden_dims=hidden_dims), num=num_qs)
        critic_params = critic_def.init(critic_key, observations, actions)["params"]
        critic = TrainState.create(apply_fn=critic_def.apply, params=critic_params,
                                   tx=optax.adam(learning_rate=critic_lr))
        target_critic = TrainState.create(apply_fn=critic_def.apply, params=critic_params,
                                          tx=optax.GradientTransformation(lambda _: None, lambda _: None))
        temp_def = Temperature(init_temperature)
        temp = TrainState.create(apply_fn=temp_def.apply, params=temp_def.init(temp_key)["params"],
                                 tx=optax.adam(learning_rate=temp_lr))
        return cls(rng=rng, actor=actor, critic=critic, target_critic=target_critic, temp=temp,
                   target_entropy=target_entropy, tau=tau, discount=discount, num_qs=num_qs, num_min_qs=num_min_qs,
                   backup_entropy=backup_entropy)

    def update_actor(self, batch):
        key, rng = jax.random.split(self.rng)
        key2, rng = jax.random.split(rng)

        def actor_loss_fn(actor_params):
            dist = self.actor.apply_fn({"params": actor_params}, batch["observations"])
            actions = dist.sample(seed=key)
            log_probs = dist.log_prob(actions)
            qs = self.critic.apply_fn({"params": self.critic.params}, batch["observations"], actions, True,
                                      rngs={"dropout": key2})
            q = qs.mean(axis=0)
            actor_loss = (log_probs * self.temp.apply_fn({"params": self.temp.params}) - q).mean()
            return actor_loss, {"actor_loss": actor_loss, "entropy": -log_probs.mean()}

        grads, actor_info = jax.grad(actor_loss_fn, has_aux=True)(self.actor.params)
        return self.replace(actor=self.actor.apply_gradients(grads=grads), rng=rng), actor_info

    def update_temperature(self, entropy: float):
        def temperature_loss_fn(temp_params):
            temperature = self.temp.apply_fn({"params": temp_params})
            temp_loss = temperature * (entropy - self.target_entropy).mean()
            return temp_loss, {"temperature": temperature, "temperature_loss": temp_loss}

        grads, temp_info = jax.grad(temperature_loss_fn, has_aux=True)(self.temp.params)
        return self.replace(temp=self.temp.apply_gradients(grads=grads)), temp_info

    def update_critic(self, batch):
        dist = self.actor.apply_fn({"params": self.actor.params}, batch["next_observations"])
        key, rng = jax.random.split(self.rng)
        next_actions = dist.sample(seed=key)
        target_params = subsample_ensemble(key, self.target_critic.params, self.num_min_qs, self.num_qs)
        next_qs = self.target_critic.apply_fn({"params": target_params}, batch["next_observations"], next_actions, True)
        next_q = next_qs.min(axis=0)
        target_q = batch["rewards"] + self.discount * batch["masks"] * next_q
        if self.backup_entropy:
            next_log_probs = dist.log_prob(next_actions)
            target_q -= (self.discount * batch["masks"] * self.temp.apply_fn({"params": self.temp.params})
                         * next_log_probs)

        def critic_loss_fn(critic_params):
            qs = self.critic.apply_fn({"params": critic_params}, batch["observations"], batch["actions"], True)
            return ((qs - target_q) ** 2).mean()

        grads = jax.grad(critic_loss_fn)(self.critic.params)
        critic = self.critic.apply_gradients(grads=grads)
        target_critic_params = optax.incremental_update(critic.params, self.target_critic.params, self.tau)
        return self.replace(critic=critic, target_critic=self.target_critic.replace(params=target_critic_params), rng=rng)
