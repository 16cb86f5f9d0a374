from typing import Iterator, NamedTuple

import torch
import torch.nn.functional as F
from torch import nn


class Batch(NamedTuple):
    observations: torch.Tensor
    actions: torch.Tensor
    rewards: torch.Tensor
    continues: torch.Tensor
    next_observations: torch.Tensor


class SoftActorCritic(nn.Module):
    """Maximum-entropy actor-critic; the coefficient is kept positive by softplus."""

    def __init__(self, actor: nn.Module, critic: nn.Module, target_critic: nn.Module, action_size: int, lr: float = 3e-4):
        super().__init__()
        self.actor = actor
        self.critic = critic
        self.target_critic = target_critic
        self.raw_alpha = nn.Parameter(torch.tensor(0.5))
        self.entropy_target = -1.0 * action_size
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=lr)
        self.critic_opt = torch.optim.Adam(self.critic.parameters(), lr=lr)
        self.alpha_opt = torch.optim.Adam([self.raw_alpha], lr=2e-4)

    @property
    def alpha(self) -> torch.Tensor:
        return F.softplus(self.raw_alpha)

    def td_target(self, batch: Batch, gamma: float) -> torch.Tensor:
        actions, log_probs = self.actor(batch.next_observations)
        q1, q2 = self.target_critic(batch.next_observations, actions)
        soft_q = torch.minimum(q1, q2) - self.alpha * log_probs
        return (batch.rewards + gamma * batch.continues * soft_q).detach()

    def critic_step(self, batch: Batch, gamma: float) -> torch.Tensor:
        target = self.td_target(batch, gamma)
        q1, q2 = self.critic(batch.observations, batch.actions)
        loss = 0.5 * ((q1 - target).pow(2) + (q2 - target).pow(2)).mean()
        self.critic_opt.zero_grad()
        loss.backward()
        self.critic_opt.step()
        return loss.detach()

    def actor_step(self, batch: Batch) -> torch.Tensor:
        actions, log_probs = self.actor(batch.observations)
        q1, q2 = self.critic(batch.observations, actions)
        objective = torch.minimum(q1, q2) - self.alpha.detach() * log_probs
        loss = -objective.mean()
        self.actor_opt.zero_grad()
        loss.backward()
        self.actor_opt.step()
        return log_probs.detach()

    def alpha_step(self, log_probs: torch.Tensor) -> torch.Tensor:
        loss = -(self.alpha * (log_probs + self.entropy_target)).mean()
        self.alpha_opt.zero_grad()
        loss.backward()
        self.alpha_opt.step()
        return loss.detach()

    def fit(self, batches: Iterator[Batch], gamma: float = 0.99, tau: float = 0.005) -> None:
        for batch in batches:
            self.critic_step(batch, gamma)
            self.alpha_step(self.actor_step(batch))
            with torch.no_grad():
                for p, t in zip(self.critic.parameters(), self.target_critic.parameters()):
                    t.mul_(1 - tau).add_(p, alpha=tau)
