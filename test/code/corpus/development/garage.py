"""A continuous-action SAC whose coefficients may differ from task to task."""
import copy

import akro
from dowel import tabular
import numpy as np
import torch
import torch.nn.functional as F

from garage.np.algos import RLAlgorithm
from garage.torch import dict_np_to_torch, global_device


class SAC(RLAlgorithm):

    def __init__(self, env_spec, policy, qf1, qf2, replay_buffer, sampler, *, max_episode_length_eval=None,
                 gradient_steps_per_itr, fixed_alpha=None, target_entropy=None, initial_log_entropy=0.,
                 discount=0.99, buffer_batch_size=64, min_buffer_size=int(1e4), target_update_tau=5e-3,
                 policy_lr=3e-4, qf_lr=3e-4, reward_scale=1.0, optimizer=torch.optim.Adam):
        self._qf1, self._qf2 = qf1, qf2
        self.replay_buffer = replay_buffer
        self._tau = target_update_tau
        self._discount = discount
        self._reward_scale = reward_scale
        self._buffer_batch_size = buffer_batch_size
        self._gradient_steps = gradient_steps_per_itr
        self.env_spec = env_spec
        self.policy = policy
        self._target_qf1 = copy.deepcopy(self._qf1)
        self._target_qf2 = copy.deepcopy(self._qf2)
        self._policy_optimizer = optimizer(self.policy.parameters(), lr=policy_lr)
        self._qf1_optimizer = optimizer(self._qf1.parameters(), lr=qf_lr)
        self._qf2_optimizer = optimizer(self._qf2.parameters(), lr=qf_lr)
        # automatic entropy coefficient tuning
        self._use_automatic_entropy_tuning = fixed_alpha is None
        self._initial_log_entropy = initial_log_entropy
        if self._use_automatic_entropy_tuning:
            if target_entropy:
                self._target_entropy = target_entropy
            else:
                self._target_entropy = -np.prod(self.env_spec.action_space.shape).item()
            self._log_alpha = torch.Tensor([self._initial_log_entropy]).requires_grad_()
            self._alpha_optimizer = optimizer([self._log_alpha], lr=3e-4)
        else:
            self._log_alpha = torch.Tensor([fixed_alpha]).log()

    def _get_log_alpha(self, samples_data):
        del samples_data
        return self._log_alpha

    def _temperature_objective(self, log_pi, samples_data):
        alpha_loss = 0
        if self._use_automatic_entropy_tuning:
            alpha_loss = (-(self._get_log_alpha(samples_data)) * (log_pi.detach() + self._target_entropy)).mean()
        return alpha_loss

    def _actor_objective(self, samples_data, new_actions, log_pi_new_actions):
        obs = samples_data['observation']
        with torch.no_grad():
            alpha = self._get_log_alpha(samples_data).exp()
        min_q_new_actions = torch.min(self._qf1(obs, new_actions), self._qf2(obs, new_actions))
        policy_objective = ((alpha * log_pi_new_actions) - min_q_new_actions.flatten()).mean()
        return policy_objective

    def _critic_objective(self, samples_data):
        obs, actions = samples_data['observation'], samples_data['action']
        rewards, terminals = samples_data['reward'].flatten(), samples_data['terminal'].flatten()
        next_obs = samples_data['next_observation']
        with torch.no_grad():
            alpha = self._get_log_alpha(samples_data).exp()
        q1_pred, q2_pred = self._qf1(obs, actions), self._qf2(obs, actions)
        new_next_actions_dist = self.policy(next_obs)[0]
        new_next_actions_pre_tanh, new_next_actions = new_next_actions_dist.rsample_with_pre_tanh_value()
        new_log_pi = new_next_actions_dist.log_prob(value=new_next_actions, pre_tanh_value=new_next_actions_pre_tanh)
        target_q_values = torch.min(
            self._target_qf1(next_obs, new_next_actions),
            self._target_qf2(next_obs, new_next_actions)).flatten() - (alpha * new_log_pi)
        with torch.no_grad():
            q_target = rewards * self._reward_scale + (1. - terminals) * self._discount * target_q_values
        qf1_loss = F.mse_loss(q1_pred.flatten(), q_target)
        qf2_loss = F.mse_loss(q2_pred.flatten(), q_target)
        return qf1_loss, qf2_loss

    def optimize_policy(self, samples_data):
        qf1_loss, qf2_loss = self._critic_objective(samples_data)
        for opt, loss in ((self._qf1_optimizer, qf1_loss), (self._qf2_optimizer, qf2_loss)):
            opt.zero_grad()
            loss.backward()
            opt.step()
        action_dists = self.policy(samples_data['observation'])[0]
        new_actions_pre_tanh, new_actions = action_dists.rsample_with_pre_tanh_value()
        log_pi_new_actions = action_dists.log_prob(value=new_actions, pre_tanh_value=new_actions_pre_tanh)
        policy_loss = self._actor_objective(samples_data, new_actions, log_pi_new_actions)
        self._policy_optimizer.zero_grad()
        policy_loss.backward()
        self._policy_optimizer.step()
        if self._use_automatic_entropy_tuning:
            alpha_loss = self._temperature_objective(log_pi_new_actions, samples_data)
            self._alpha_optimizer.zero_grad()
            alpha_loss.backward()
            self._alpha_optimizer.step()
        return policy_loss, qf1_loss, qf2_loss
