"""Losses of soft actor-critic, apart from the networks and the loop that steps them."""

from dataclasses import dataclass, field
from typing import Dict, Tuple

import torch
from torch import Tensor, nn


@dataclass
class SACConfig:
    action_dim: int
    gamma: float = 0.99
    polyak: float = 0.995
    lr: Dict[str, float] = field(default_factory=lambda: {"actor": 3e-4, "critic": 1e-3, "alpha": 1e-4})

    @property
    def target_entropy(self) -> float:
        return -float(self.action_dim)


class Temperature(nn.Module):
    def __init__(self, init: float = 1.0):
        super().__init__()
        self.log_value = nn.Parameter(torch.tensor(init).log())

    def forward(self) -> Tensor:
        return self.log_value.exp()


class Losses:
    def __init__(self, cfg: SACConfig, actor, critics, target_critics, temperature: Temperature):
        self.cfg = cfg
        self.actor = actor
        self.critics = critics
        self.target_critics = target_critics
        self.temperature = temperature

    def critic_loss(self, batch) -> Tensor:
        with torch.no_grad():
            next_sample = self.actor.sample(batch.next_obs)
            q_next = torch.stack(self.target_critics(batch.next_obs, next_sample.action)).min(dim=0).values
            v_next = q_next - self.temperature() * next_sample.log_prob
            y = batch.reward + self.cfg.gamma * (1.0 - batch.done.float()) * v_next
        return sum(((q - y) ** 2).mean() for q in self.critics(batch.obs, batch.action))

    def actor_loss(self, batch) -> Tuple[Tensor, Tensor]:
        sample = self.actor.sample(batch.obs)
        q = torch.stack(self.critics(batch.obs, sample.action)).min(dim=0).values
        loss = (self.temperature().detach() * sample.log_prob - q).mean()
        return loss, sample.log_prob.detach()

    def temperature_loss(self, log_prob: Tensor) -> Tensor:
        return -(self.temperature() * (log_prob + self.cfg.target_entropy)).mean()


class Learner:
    def __init__(self, cfg: SACConfig, losses: Losses):
        self.losses = losses
        self.optims = {
            "actor": torch.optim.Adam(losses.actor.parameters(), lr=cfg.lr["actor"]),
            "critic": torch.optim.Adam(losses.critics.parameters(), lr=cfg.lr["critic"]),
            "alpha": torch.optim.Adam(losses.temperature.parameters(), lr=1e-4),
        }
        self.cfg = cfg

    def apply(self, name: str, loss: Tensor) -> float:
        self.optims[name].zero_grad()
        loss.backward()
        self.optims[name].step()
        return loss.item()

    def update(self, batch) -> Dict[str, float]:
        info = {"critic": self.apply("critic", self.losses.critic_loss(batch))}
        actor_loss, log_prob = self.losses.actor_loss(batch)
        info["actor"] = self.apply("actor", actor_loss)
        info["alpha"] = self.apply("alpha", self.losses.temperature_loss(log_prob))
        with torch.no_grad():
            for p, p_target in zip(self.losses.critics.parameters(), self.losses.target_critics.parameters()):
                p_target.lerp_(p, 1 - self.cfg.polyak)
        return info
