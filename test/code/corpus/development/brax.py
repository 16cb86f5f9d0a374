"""Soft Actor-Critic losses, in the manner of Brax."""
from typing import Any

import flax
import jax
import jax.numpy as jnp
import optax

from brax.training import gradients, types
from brax.training.agents.sac import networks as sac_networks
from brax.training.types import Params, PRNGKey

Transition = types.Transition


@flax.struct.dataclass
class TrainingState:
    policy_optimizer_state: optax.OptState
    policy_params: Params
    q_optimizer_state: optax.OptState
    q_params: Params
    target_q_params: Params
    alpha_optimizer_state: optax.OptState
    alpha_params: Params
    normalizer_params: Any


def make_losses(sac_network: sac_networks.SACNetworks, reward_scaling: float, discounting: float, action_size: int):
    target_entropy = -0.5 * action_size
    policy_network = sac_network.policy_network
    q_network = sac_network.q_network
    parametric_action_distribution = sac_network.parametric_action_distribution

    def alpha_loss(log_alpha: jnp.ndarray, policy_params: Params, normalizer_params: Any,
                   transitions: Transition, key: PRNGKey) -> jnp.ndarray:
        """Eq 18 of the applications paper."""
        dist_params = policy_network.apply(normalizer_params, policy_params, transitions.observation)
        action = parametric_action_distribution.sample_no_postprocessing(dist_params, key)
        log_prob = parametric_action_distribution.log_prob(dist_params, action)
        alpha = jnp.exp(log_alpha)
        alpha_loss = alpha * jax.lax.stop_gradient(-log_prob - target_entropy)
        return jnp.mean(alpha_loss)

    def critic_loss(q_params, policy_params, normalizer_params, target_q_params, alpha, transitions, key):
        q_old_action = q_network.apply(normalizer_params, q_params, transitions.observation, transitions.action)
        next_dist_params = policy_network.apply(normalizer_params, policy_params, transitions.next_observation)
        next_action = parametric_action_distribution.sample_no_postprocessing(next_dist_params, key)
        next_log_prob = parametric_action_distribution.log_prob(next_dist_params, next_action)
        next_action = parametric_action_distribution.postprocess(next_action)
        next_q = q_network.apply(normalizer_params, target_q_params, transitions.next_observation, next_action)
        next_v = jnp.min(next_q, axis=-1) - alpha * next_log_prob
        target_q = jax.lax.stop_gradient(
            transitions.reward * reward_scaling + transitions.discount * discounting * next_v)
        q_error = q_old_action - jnp.expand_dims(target_q, -1)
        # Better bootstrapping for truncated episodes.
        truncation = transitions.extras['state_extras']['truncation']
        q_error *= jnp.expand_dims(1 - truncation, -1)
        return 0.5 * jnp.mean(jnp.square(q_error))

    def actor_loss(policy_params, normalizer_params, q_params, alpha, transitions, key):
        dist_params = policy_network.apply(normalizer_params, policy_params, transitions.observation)
        action = parametric_action_distribution.sample_no_postprocessing(dist_params, key)
        log_prob = parametric_action_distribution.log_prob(dist_params, action)
        action = parametric_action_distribution.postprocess(action)
        q_action = q_network.apply(normalizer_params, q_params, transitions.observation, action)
        min_q = jnp.min(q_action, axis=-1)
        actor_loss = alpha * log_prob - min_q
        return jnp.mean(actor_loss)

    return alpha_loss, critic_loss, actor_loss


def make_step(sac_network, policy_optimizer, q_optimizer, action_size, tau=0.005, axis='i'):
    alpha_optimizer = optax.adam(learning_rate=3e-4)
    alpha_loss, critic_loss, actor_loss = make_losses(sac_network, 1.0, 0.99, action_size)
    alpha_update = gradients.gradient_update_fn(alpha_loss, alpha_optimizer, pmap_axis_name=axis)
    critic_update = gradients.gradient_update_fn(critic_loss, q_optimizer, pmap_axis_name=axis)
    actor_update = gradients.gradient_update_fn(actor_loss, policy_optimizer, pmap_axis_name=axis)

    def sgd_step(training_state: TrainingState, transitions: Transition, key: PRNGKey):
        key_alpha, key_critic, key_actor = jax.random.split(key, 3)
        loss, alpha_params, alpha_state = alpha_update(
            training_state.alpha_params, training_state.policy_params, training_state.normalizer_params,
            transitions, key_alpha, optimizer_state=training_state.alpha_optimizer_state)
        alpha = jnp.exp(training_state.alpha_params)
        q_loss, q_params, q_state = critic_update(
            training_state.q_params, training_state.policy_params, training_state.normalizer_params,
            training_state.target_q_params, alpha, transitions, key_critic,
            optimizer_state=training_state.q_optimizer_state)
        pi_loss, policy_params, policy_state = actor_update(
            training_state.policy_params, training_state.normalizer_params, training_state.q_params, alpha,
            transitions, key_actor, optimizer_state=training_state.policy_optimizer_state)
        target = jax.tree_util.tree_map(lambda x, y: x * (1 - tau) + y * tau, training_state.target_q_params, q_params)
        return training_state.replace(
            policy_optimizer_state=policy_state, policy_params=policy_params, q_optimizer_state=q_state,
            q_params=q_params, target_q_params=target, alpha_optimizer_state=alpha_state, alpha_params=alpha_params)

    return sgd_step
