import os

import numpy as np
import torch
from torch.optim import Adam

from .base import BaseAgent
from ..model import CategoricalPolicy, TwinnedQNetwork
from ..utils import disable_gradients


class SacdAgent(BaseAgent):
    def __init__(self, env, test_env, log_dir, num_steps=100000, batch_size=64, lr=0.0003, memory_size=1000000,
                 gamma=0.99, multi_step=1, target_entropy_ratio=0.5, start_steps=20000, update_interval=4,
                 target_update_interval=8000, use_per=False, cuda=True, seed=0):
        super().__init__(env, test_env, log_dir, num_steps, batch_size, memory_size, gamma, multi_step,
                         target_entropy_ratio, start_steps, update_interval, target_update_interval, use_per, cuda, seed)
        self.policy = CategoricalPolicy(self.env.observation_space.shape[0], self.env.action_space.n).to(self.device)
        self.online_critic = TwinnedQNetwork(self.env.observation_space.shape[0], self.env.action_space.n).to(self.device)
        self.target_critic = TwinnedQNetwork(self.env.observation_space.shape[0], self.env.action_space.n).to(self.device)
        self.target_critic.eval()
        self.target_critic.load_state_dict(self.online_critic.state_dict())
        disable_gradients(self.target_critic)

        self.policy_optim = Adam(self.policy.parameters(), lr=lr)
        self.q1_optim = Adam(self.online_critic.Q1.parameters(), lr=lr)
        self.q2_optim = Adam(self.online_critic.Q2.parameters(), lr=lr)

        # A share of the largest entropy, which is that of the uniform policy.
        self.target_entropy = -np.log(1.0 / self.env.action_space.n) * target_entropy_ratio
        self.log_alpha = torch.zeros(1, requires_grad=True, device=self.device)
        self.alpha = self.log_alpha.exp()
        self.alpha_optim = Adam([self.log_alpha], lr=lr)

    def update_target(self):
        self.target_critic.load_state_dict(self.online_critic.state_dict())

    def calc_current_q(self, states, actions, rewards, next_states, dones):
        curr_q1, curr_q2 = self.online_critic(states)
        return curr_q1.gather(1, actions.long()), curr_q2.gather(1, actions.long())

    def calc_target_q(self, states, actions, rewards, next_states, dones):
        with torch.no_grad():
            _, action_probs, log_action_probs = self.policy.sample(next_states)
            next_q1, next_q2 = self.target_critic(next_states)
            next_q = (action_probs * (
                torch.min(next_q1, next_q2) - self.alpha * log_action_probs
            )).sum(dim=1, keepdim=True)
        return rewards + (1.0 - dones) * self.gamma_n * next_q

    def calc_policy_loss(self, batch, weights):
        states, actions, rewards, next_states, dones = batch
        _, action_probs, log_action_probs = self.policy.sample(states)
        with torch.no_grad():
            q1, q2 = self.online_critic(states)
            q = torch.min(q1, q2)
        entropies = -torch.sum(action_probs * log_action_probs, dim=1, keepdim=True)
        q = torch.sum(torch.min(q1, q2) * action_probs, dim=1, keepdim=True)
        policy_loss = (weights * (- q - self.alpha * entropies)).mean()
        return policy_loss, entropies.detach()

    def calc_entropy_loss(self, entropies, weights):
        assert not entropies.requires_grad
        entropy_loss = -torch.mean(self.log_alpha * (self.target_entropy - entropies) * weights)
        return entropy_loss

    def learn(self):
        batch, weights = self.memory.sample(self.batch_size), 1.0
        q1_loss, q2_loss, errors, mean_q1, mean_q2 = self.calc_critic_loss(batch, weights)
        policy_loss, entropies = self.calc_policy_loss(batch, weights)
        entropy_loss = self.calc_entropy_loss(entropies, weights)
        self.update_params(self.q1_optim, q1_loss)
        self.update_params(self.q2_optim, q2_loss)
        self.update_params(self.policy_optim, policy_loss)
        self.update_params(self.alpha_optim, entropy_loss)
        self.alpha = self.log_alpha.exp()
        if self.use_per:
            self.memory.update_priority(errors)

    def update_params(self, optim, loss, retain_graph=False):
        optim.zero_grad()
        loss.backward(retain_graph=retain_graph)
        optim.step()
