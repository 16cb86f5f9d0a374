# Inspired by ensemble offline SAC implementations in one file.
import math
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Dict, Tuple

import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Normal
from tqdm import trange

from layers import VectorizedCritic
from offline_buffer import ReplayBuffer


@dataclass
class TrainConfig:
    hidden_dim: int = 256
    num_critics: int = 10
    gamma: float = 0.99
    tau: float = 5e-3
    actor_learning_rate: float = 3e-4
    critic_learning_rate: float = 3e-4
    alpha_learning_rate: float = 3e-4
    batch_size: int = 256
    num_epochs: int = 3000


class Actor(nn.Module):
    def __init__(self, state_dim, action_dim, hidden_dim, max_action=1.0):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(state_dim, hidden_dim), nn.ReLU())
        self.mu = nn.Linear(hidden_dim, action_dim)
        self.log_sigma = nn.Linear(hidden_dim, action_dim)
        self.action_dim, self.max_action = action_dim, max_action

    def forward(self, state, deterministic=False, need_log_prob=False):
        hidden = self.trunk(state)
        mu, log_sigma = self.mu(hidden), self.log_sigma(hidden)
        log_sigma = torch.clip(log_sigma, -5, 2)
        policy_dist = Normal(mu, torch.exp(log_sigma))
        action = mu if deterministic else policy_dist.rsample()
        tanh_action, log_prob = torch.tanh(action), None
        if need_log_prob:
            log_prob = policy_dist.log_prob(action).sum(axis=-1)
            log_prob = log_prob - torch.log(1 - tanh_action.pow(2) + 1e-6).sum(axis=-1)
        return tanh_action * self.max_action, log_prob


class SACN:
    def __init__(self, actor, critic, cfg: TrainConfig, device="cpu"):
        self.device, self.cfg = device, cfg
        self.actor = actor
        self.critic = critic
        with torch.no_grad():
            self.target_critic = deepcopy(self.critic)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=cfg.actor_learning_rate)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=cfg.critic_learning_rate)
        # adaptive alpha setup
        self.target_entropy = -float(self.actor.action_dim)
        self.log_alpha = torch.tensor([0.0], dtype=torch.float32, device=self.device, requires_grad=True)
        self.alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=cfg.alpha_learning_rate)
        self.alpha = self.log_alpha.exp().detach()

    def _alpha_loss(self, state: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            action, action_log_prob = self.actor(state, need_log_prob=True)
        loss = (-self.log_alpha * (action_log_prob + self.target_entropy)).mean()
        return loss

    def _actor_loss(self, state: torch.Tensor) -> Tuple[torch.Tensor, float]:
        action, action_log_prob = self.actor(state, need_log_prob=True)
        q_value_dist = self.critic(state, action)
        q_value_min = q_value_dist.min(0).values
        batch_entropy = -action_log_prob.mean().item()
        loss = (self.alpha * action_log_prob - q_value_min).mean()
        return loss, batch_entropy

    def _critic_loss(self, state, action, reward, next_state, done) -> torch.Tensor:
        with torch.no_grad():
            next_action, next_action_log_prob = self.actor(next_state, need_log_prob=True)
            q_next = self.target_critic(next_state, next_action).min(0).values
            q_next = q_next - self.alpha * next_action_log_prob
            q_target = reward + self.cfg.gamma * (1 - done) * q_next.unsqueeze(-1)
        q_values = self.critic(state, action)
        return ((q_values - q_target.view(1, -1)) ** 2).mean(dim=1).sum(dim=0)

    def update(self, batch) -> Dict[str, float]:
        state, action, reward, next_state, done = [arr.to(self.device) for arr in batch]
        alpha_loss = self._alpha_loss(state)
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        self.alpha = self.log_alpha.exp().detach()
        actor_loss, actor_batch_entropy = self._actor_loss(state)
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        critic_loss = self._critic_loss(state, action, reward, next_state, done)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        with torch.no_grad():
            for p, tp in zip(self.critic.parameters(), self.target_critic.parameters()):
                tp.data.lerp_(p.data, self.cfg.tau)
        return {"alpha_loss": alpha_loss.item(), "alpha": self.alpha.item(), "entropy": actor_batch_entropy}

    def state_dict(self) -> Dict[str, Any]:
        return {
            "actor": self.actor.state_dict(),
            "critic": self.critic.state_dict(),
            "log_alpha": self.log_alpha.data.cpu(),
            "alpha_optim": self.alpha_optimizer.state_dict(),
        }
