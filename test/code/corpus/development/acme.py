"""SAC learner implementation."""

from typing import Any, NamedTuple, Optional

import jax
import jax.numpy as jnp
import optax

from acme import core, types
from acme.agents.jax.sac import networks as sac_networks
from acme.jax import networks as networks_lib


class TrainingState(NamedTuple):
    policy_optimizer_state: optax.OptState
    q_optimizer_state: optax.OptState
    policy_params: networks_lib.Params
    q_params: networks_lib.Params
    target_q_params: networks_lib.Params
    key: networks_lib.PRNGKey
    alpha_optimizer_state: Optional[optax.OptState] = None
    alpha_params: Optional[networks_lib.Params] = None


class SACLearner(core.Learner):
    def __init__(self, networks: sac_networks.SACNetworks, rng, iterator, policy_optimizer, q_optimizer,
                 tau: float = 0.005, reward_scale: float = 1.0, discount: float = 0.99,
                 entropy_coefficient: Optional[float] = None, target_entropy: float = -6.0):
        adaptive_entropy_coefficient = entropy_coefficient is None
        if adaptive_entropy_coefficient:
            # sac v2: the logarithm of the coefficient is what is optimised
            log_alpha = jnp.asarray(0.0, dtype=jnp.float32)
            alpha_optimizer = optax.adam(learning_rate=3e-4)
            alpha_optimizer_state = alpha_optimizer.init(log_alpha)

        def alpha_loss(log_alpha: jnp.ndarray, policy_params: networks_lib.Params,
                       transitions: types.Transition, key: networks_lib.PRNGKey) -> jnp.ndarray:
            dist_params = networks.policy_network.apply(policy_params, transitions.observation)
            action = networks.sample(dist_params, key)
            log_prob = networks.log_prob(dist_params, action)
            alpha = jnp.exp(log_alpha)
            alpha_loss = alpha * jax.lax.stop_gradient(-log_prob - target_entropy)
            return jnp.mean(alpha_loss)

        def critic_loss(q_params, policy_params, target_q_params, alpha, transitions, key):
            q_old_action = networks.q_network.apply(q_params, transitions.observation, transitions.action)
            next_dist_params = networks.policy_network.apply(policy_params, transitions.next_observation)
            next_action = networks.sample(next_dist_params, key)
            next_log_prob = networks.log_prob(next_dist_params, next_action)
            next_q = networks.q_network.apply(target_q_params, transitions.next_observation, next_action)
            next_v = jnp.min(next_q, axis=-1) - alpha * next_log_prob
            target_q = jax.lax.stop_gradient(
                transitions.reward * reward_scale + transitions.discount * discount * next_v)
            q_error = q_old_action - jnp.expand_dims(target_q, -1)
            return 0.5 * jnp.mean(jnp.square(q_error))

        def actor_loss(policy_params, q_params, alpha, transitions, key):
            dist_params = networks.policy_network.apply(policy_params, transitions.observation)
            action = networks.sample(dist_params, key)
            log_prob = networks.log_prob(dist_params, action)
            q_action = networks.q_network.apply(q_params, transitions.observation, action)
            min_q = jnp.min(q_action, axis=-1)
            actor_loss = alpha * log_prob - min_q
            return jnp.mean(actor_loss)

        alpha_grad = jax.value_and_grad(alpha_loss)
        critic_grad = jax.value_and_grad(critic_loss)
        actor_grad = jax.value_and_grad(actor_loss)

        def update_step(state: TrainingState, transitions: types.Transition):
            key, key_alpha, key_critic, key_actor = jax.random.split(state.key, 4)
            if adaptive_entropy_coefficient:
                alpha_loss_value, alpha_grads = alpha_grad(state.alpha_params, state.policy_params, transitions,
                                                           key_alpha)
                alpha = jnp.exp(state.alpha_params)
            else:
                alpha = entropy_coefficient
            critic_loss_value, critic_grads = critic_grad(state.q_params, state.policy_params, state.target_q_params,
                                                          alpha, transitions, key_critic)
            actor_loss_value, actor_grads = actor_grad(state.policy_params, state.q_params, alpha, transitions,
                                                       key_actor)
            actor_update, policy_optimizer_state = policy_optimizer.update(actor_grads, state.policy_optimizer_state)
            policy_params = optax.apply_updates(state.policy_params, actor_update)
            critic_update, q_optimizer_state = q_optimizer.update(critic_grads, state.q_optimizer_state)
            q_params = optax.apply_updates(state.q_params, critic_update)
            new_target_q_params = jax.tree_util.tree_map(lambda x, y: x * (1 - tau) + y * tau,
                                                         state.target_q_params, q_params)
            new_state = TrainingState(policy_optimizer_state, q_optimizer_state, policy_params, q_params,
                                      new_target_q_params, key)
            if adaptive_entropy_coefficient:
                alpha_update, alpha_optimizer_state = alpha_optimizer.update(alpha_grads, state.alpha_optimizer_state)
                alpha_params = optax.apply_updates(state.alpha_params, alpha_update)
                new_state = new_state._replace(alpha_optimizer_state=alpha_optimizer_state, alpha_params=alpha_params)
            return new_state, {"critic_loss": critic_loss_value, "actor_loss": actor_loss_value}

        self._update_step = jax.jit(update_step)
