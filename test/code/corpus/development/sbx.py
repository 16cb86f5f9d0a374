from functools import partial
from typing import Any

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax.training.train_state import TrainState

from common.off_policy_algorithm import OffPolicyAlgorithmJax
from common.type_aliases import RLTrainState


class EntropyCoef(nn.Module):
    ent_coef_init: float = 1.0

    @nn.compact
    def __call__(self) -> jnp.ndarray:
        log_ent_coef = self.param("log_ent_coef", init_fn=lambda key: jnp.full((), jnp.log(self.ent_coef_init)))
        return jnp.exp(log_ent_coef)


class ConstantEntropyCoef(nn.Module):
    ent_coef_init: float = 1.0

    @nn.compact
    def __call__(self) -> float:
        self.param("dummy_param", lambda key: jnp.full((), self.ent_coef_init))
        return self.ent_coef_init


class SAC(OffPolicyAlgorithmJax):
    def _setup_model(self) -> None:
        super()._setup_model()
        if isinstance(self.ent_coef_init, str) and self.ent_coef_init.startswith("auto"):
            self.ent_coef = EntropyCoef(1.0)
        else:
            self.ent_coef = ConstantEntropyCoef(self.ent_coef_init)
        self.key, ent_key = jax.random.split(self.key, 2)
        self.ent_coef_state = TrainState.create(
            apply_fn=self.ent_coef.apply,
            params=self.ent_coef.init(ent_key)["params"],
            tx=optax.adam(learning_rate=3e-4),
        )
        self.target_entropy = -np.prod(self.action_space.shape).astype(np.float32)

    @staticmethod
    @jax.jit
    def update_critic(gamma, actor_state, qf_state, ent_coef_state, obs, actions, next_obs, rewards, dones, key):
        key, noise_key, dropout_key = jax.random.split(key, 3)
        dist = actor_state.apply_fn(actor_state.params, next_obs)
        next_state_actions = dist.sample(seed=noise_key)
        next_log_prob = dist.log_prob(next_state_actions)
        ent_coef_value = ent_coef_state.apply_fn({"params": ent_coef_state.params})
        qf_next_values = qf_state.apply_fn(qf_state.target_params, next_obs, next_state_actions)
        next_q_values = jnp.min(qf_next_values, axis=0)
        next_q_values = next_q_values - ent_coef_value * next_log_prob.reshape(-1, 1)
        target_q_values = rewards.reshape(-1, 1) + (1 - dones.reshape(-1, 1)) * gamma * next_q_values

        def mse_loss(params):
            current_q_values = qf_state.apply_fn(params, obs, actions)
            return 0.5 * ((target_q_values - current_q_values) ** 2).mean(axis=1).sum()

        qf_loss_value, grads = jax.value_and_grad(mse_loss)(qf_state.params)
        return qf_state.apply_gradients(grads=grads), (qf_loss_value, ent_coef_value), key

    @staticmethod
    @jax.jit
    def update_actor(actor_state, qf_state, ent_coef_state, observations, key):
        key, dropout_key, noise_key = jax.random.split(key, 3)

        def actor_loss(params):
            dist = actor_state.apply_fn(params, observations)
            actor_actions = dist.sample(seed=noise_key)
            log_prob = dist.log_prob(actor_actions).reshape(-1, 1)
            qf_pi = qf_state.apply_fn(qf_state.params, observations, actor_actions)
            min_qf_pi = jnp.min(qf_pi, axis=0)
            ent_coef_value = ent_coef_state.apply_fn({"params": ent_coef_state.params})
            actor_loss = (ent_coef_value * log_prob - min_qf_pi).mean()
            return actor_loss, -log_prob.mean()

        (actor_loss_value, entropy), grads = jax.value_and_grad(actor_loss, has_aux=True)(actor_state.params)
        return actor_state.apply_gradients(grads=grads), qf_state, actor_loss_value, key, entropy

    @staticmethod
    @jax.jit
    def update_temperature(target_entropy, ent_coef_state, entropy: float):
        def temperature_loss(temp_params):
            # The log is taken again: the module gives its exponential.
            ent_coef_value = ent_coef_state.apply_fn({"params": temp_params})
            ent_coef_loss = jnp.log(ent_coef_value) * (entropy - target_entropy).mean()
            return ent_coef_loss

        ent_coef_loss, grads = jax.value_and_grad(temperature_loss)(ent_coef_state.params)
        ent_coef_state = ent_coef_state.apply_gradients(grads=grads)
        return ent_coef_state, ent_coef_loss

    @classmethod
    @partial(jax.jit, static_argnames=["cls"])
    def _train(cls, gamma, tau, target_entropy, data, qf_state, actor_state, ent_coef_state, key):
        qf_state, _, key = cls.update_critic(gamma, actor_state, qf_state, ent_coef_state, *data, key)
        actor_state, qf_state, _, key, entropy = cls.update_actor(actor_state, qf_state, ent_coef_state, data[0], key)
        ent_coef_state, _ = cls.update_temperature(target_entropy, ent_coef_state, entropy)
        target_params = optax.incremental_update(qf_state.params, qf_state.target_params, tau)
        return qf_state.replace(target_params=target_params), actor_state, ent_coef_state, key
