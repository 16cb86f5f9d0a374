"""A SAC agent in the manner of TF-Agents: loss methods, a tape in _train, log or plain loss by a flag."""
import collections
from typing import Callable, Optional

import gin
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from tf_agents.agents import tf_agent
from tf_agents.utils import common, eager_utils, nest_utils

SacLossInfo = collections.namedtuple("SacLossInfo", ("critic_loss", "actor_loss", "alpha_loss"))


@gin.configurable
class SacAgent(tf_agent.TFAgent):
    def __init__(self, time_step_spec, action_spec, critic_network, actor_network, actor_optimizer, critic_optimizer,
                 alpha_optimizer, actor_loss_weight: float = 1.0, critic_loss_weight: float = 0.5,
                 alpha_loss_weight: float = 1.0, target_update_tau: float = 0.005, gamma: float = 0.99,
                 reward_scale_factor: float = 1.0, initial_log_alpha: float = 0.0, use_log_alpha_in_alpha_loss=True,
                 target_entropy: Optional[float] = None, gradient_clipping=None, name: Optional[str] = None):
        self._critic_network_1, self._critic_network_2 = critic_network, critic_network.copy(name="CriticNetwork2")
        self._target_critic_network_1 = critic_network.copy(name="TargetCriticNetwork1")
        self._target_critic_network_2 = critic_network.copy(name="TargetCriticNetwork2")
        self._actor_network = actor_network
        self._log_alpha = common.create_variable(
            "initial_log_alpha", initial_value=initial_log_alpha, dtype=tf.float32, trainable=True)
        self._target_entropy = (
            target_entropy if target_entropy is not None else self._get_default_target_entropy(action_spec))
        self._use_log_alpha_in_alpha_loss = use_log_alpha_in_alpha_loss
        self._actor_optimizer, self._critic_optimizer = actor_optimizer, critic_optimizer
        self._alpha_optimizer = alpha_optimizer
        self._actor_loss_weight, self._critic_loss_weight = actor_loss_weight, critic_loss_weight
        self._alpha_loss_weight = alpha_loss_weight
        self._gamma, self._reward_scale_factor = gamma, reward_scale_factor
        super(SacAgent, self).__init__(time_step_spec, action_spec, name=name)

    def _get_default_target_entropy(self, action_spec):
        flat_action_spec = tf.nest.flatten(action_spec)
        target_entropy = -np.sum([np.prod(single_spec.shape.as_list()) for single_spec in flat_action_spec]) / 2.0
        return target_entropy

    def _train(self, experience, weights):
        time_steps, actions, next_time_steps = self._experience_to_transitions(experience)
        trainable_critic_variables = (
            self._critic_network_1.trainable_variables + self._critic_network_2.trainable_variables)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(trainable_critic_variables)
            critic_loss = self._critic_loss_weight * self.critic_loss(time_steps, actions, next_time_steps, weights)
        critic_grads = tape.gradient(critic_loss, trainable_critic_variables)
        self._apply_gradients(critic_grads, trainable_critic_variables, self._critic_optimizer)

        trainable_actor_variables = self._actor_network.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(trainable_actor_variables)
            actor_loss = self._actor_loss_weight * self.actor_loss(time_steps, weights=weights)
        actor_grads = tape.gradient(actor_loss, trainable_actor_variables)
        self._apply_gradients(actor_grads, trainable_actor_variables, self._actor_optimizer)

        alpha_variable = [self._log_alpha]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(alpha_variable)
            alpha_loss = self._alpha_loss_weight * self.alpha_loss(time_steps, weights=weights)
        alpha_grads = tape.gradient(alpha_loss, alpha_variable)
        self._apply_gradients(alpha_grads, alpha_variable, self._alpha_optimizer)
        self._update_target()
        return tf_agent.LossInfo(loss=critic_loss + actor_loss + alpha_loss,
                                 extra=SacLossInfo(critic_loss, actor_loss, alpha_loss))

    def critic_loss(self, time_steps, actions, next_time_steps, weights=None):
        next_actions, next_log_pis = self._actions_and_log_probs(next_time_steps)
        target_input = (next_time_steps.observation, next_actions)
        target_q_values1, _ = self._target_critic_network_1(target_input, next_time_steps.step_type)
        target_q_values2, _ = self._target_critic_network_2(target_input, next_time_steps.step_type)
        target_q_values = tf.minimum(target_q_values1, target_q_values2) - tf.exp(self._log_alpha) * next_log_pis
        td_targets = tf.stop_gradient(
            self._reward_scale_factor * next_time_steps.reward
            + self._gamma * next_time_steps.discount * target_q_values)
        pred_td_targets1, _ = self._critic_network_1((time_steps.observation, actions), time_steps.step_type)
        pred_td_targets2, _ = self._critic_network_2((time_steps.observation, actions), time_steps.step_type)
        loss = tf.math.squared_difference(td_targets, pred_td_targets1)
        loss += tf.math.squared_difference(td_targets, pred_td_targets2)
        return tf.reduce_mean(loss)

    def actor_loss(self, time_steps, weights=None):
        actions, log_pi = self._actions_and_log_probs(time_steps)
        target_input = (time_steps.observation, actions)
        target_q_values1, _ = self._critic_network_1(target_input, time_steps.step_type)
        target_q_values2, _ = self._critic_network_2(target_input, time_steps.step_type)
        target_q_values = tf.minimum(target_q_values1, target_q_values2)
        actor_loss = tf.exp(self._log_alpha) * log_pi - target_q_values
        return tf.reduce_mean(actor_loss)

    def alpha_loss(self, time_steps, weights=None):
        unused_actions, log_pi = self._actions_and_log_probs(time_steps)
        entropy_diff = -log_pi - self._target_entropy
        if self._use_log_alpha_in_alpha_loss:
            alpha_loss = self._log_alpha * tf.stop_gradient(entropy_diff)
        else:
            alpha_loss = tf.exp(self._log_alpha) * tf.stop_gradient(entropy_diff)
        return tf.reduce_mean(alpha_loss)
