"""Offline reinforcement learning: conservative Q-learning on top of SAC (D4RL locomotion and AntMaze)."""

import os
import uuid
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import d4rl
import gym
import numpy as np
import pyrallis
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal, TanhTransform, TransformedDistribution

TensorBatch = List[torch.Tensor]


@dataclass
class TrainConfig:
    env: str = "halfcheetah-medium-v2"
    max_timesteps: int = int(1e6)
    batch_size: int = 256
    discount: float = 0.99
    soft_target_update_rate: float = 5e-3
    use_automatic_entropy_tuning: bool = True
    alpha_multiplier: float = 1.0
    policy_lr: float = 3e-5
    qf_lr: float = 3e-4
    bc_steps: int = 0
    cql_n_actions: int = 10
    cql_temp: float = 1.0
    cql_alpha: float = 10.0
    cql_lagrange: bool = False
    cql_target_action_gap: float = -1.0
    cql_clip_diff_min: float = -np.inf
    checkpoints_path: Optional[str] = None

    def __post_init__(self):
        if self.checkpoints_path is not None:
            self.checkpoints_path = os.path.join(self.checkpoints_path, f"CQL-{self.env}-{str(uuid.uuid4())[:8]}")


class ReparameterizedTanhGaussian(nn.Module):
    def __init__(self, log_std_min: float = -20.0, log_std_max: float = 2.0):
        super().__init__()
        self.log_std_min, self.log_std_max = log_std_min, log_std_max

    def forward(self, mean: torch.Tensor, log_std: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        std = torch.exp(torch.clamp(log_std, self.log_std_min, self.log_std_max))
        squashed = TransformedDistribution(Normal(mean, std), TanhTransform(cache_size=1))
        sample = squashed.rsample()
        return sample, torch.sum(squashed.log_prob(sample), dim=-1)


class Scalar(nn.Module):
    def __init__(self, init_value: float):
        super().__init__()
        self.constant = nn.Parameter(torch.tensor(init_value, dtype=torch.float32))

    def forward(self) -> nn.Parameter:
        return self.constant


class Policy(nn.Module):
    def __init__(self, state_dim: int, action_dim: int, hidden: int = 256):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2 * action_dim)
        )
        self.log_std_multiplier = Scalar(1.0)
        self.log_std_offset = Scalar(-1.0)
        self.tanh_gaussian = ReparameterizedTanhGaussian()

    def forward(self, observations: torch.Tensor, repeat: Optional[int] = None):
        if repeat is not None:
            observations = observations.unsqueeze(1).expand(-1, repeat, -1)
        mean, log_std = torch.chunk(self.net(observations), 2, dim=-1)
        log_std = self.log_std_multiplier() * log_std + self.log_std_offset()
        return self.tanh_gaussian(mean, log_std)


class FullyConnectedQFunction(nn.Module):
    def __init__(self, observation_dim: int, action_dim: int, hidden: int = 256):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(observation_dim + action_dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1)
        )

    def forward(self, observations: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
        if actions.ndim == 3:
            observations = observations.unsqueeze(1).expand(-1, actions.shape[1], -1)
        return self.net(torch.cat([observations, actions], dim=-1)).squeeze(-1)


class ContinuousCQL:
    def __init__(self, state_dim: int, action_dim: int, config: TrainConfig, device: str = "cpu"):
        self.cfg = config
        self._device = device
        self.actor = Policy(state_dim, action_dim).to(device)
        self.critic_1 = FullyConnectedQFunction(state_dim, action_dim).to(device)
        self.critic_2 = FullyConnectedQFunction(state_dim, action_dim).to(device)
        self.target_critic_1 = deepcopy(self.critic_1)
        self.target_critic_2 = deepcopy(self.critic_2)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), config.policy_lr)
        critic_params = list(self.critic_1.parameters()) + list(self.critic_2.parameters())
        self.critic_optimizer = torch.optim.Adam(critic_params, config.qf_lr)

        self.target_entropy = -np.prod((action_dim,)).item()
        if config.use_automatic_entropy_tuning:
            self.log_alpha = Scalar(0.0).to(device)
            self.alpha_optimizer = torch.optim.Adam(self.log_alpha.parameters(), lr=config.policy_lr)
        else:
            self.log_alpha = None
        # The Lagrange multiplier of the conservative penalty, which is no temperature.
        self.log_alpha_prime = Scalar(1.0).to(device)
        self.alpha_prime_optimizer = torch.optim.Adam(self.log_alpha_prime.parameters(), lr=config.qf_lr)
        self.total_it = 0

    def _alpha_and_alpha_loss(self, log_pi: torch.Tensor):
        if self.cfg.use_automatic_entropy_tuning:
            alpha_loss = -(self.log_alpha() * (log_pi + self.target_entropy).detach()).mean()
            alpha = self.log_alpha().exp() * self.cfg.alpha_multiplier
        else:
            alpha_loss = torch.tensor(0.0)
            alpha = torch.tensor(self.cfg.alpha_multiplier)
        return alpha, alpha_loss

    def _policy_loss(self, observations, actions, new_actions, alpha, log_pi) -> torch.Tensor:
        if self.total_it <= self.cfg.bc_steps:
            demonstrated = self.actor.net(observations).chunk(2, dim=-1)[0].tanh()
            return (alpha * log_pi).mean() + F.mse_loss(demonstrated, actions)
        q_new_actions = torch.min(self.critic_1(observations, new_actions), self.critic_2(observations, new_actions))
        return (alpha * log_pi - q_new_actions).mean()

    def _conservative_gap(self, critic, observations, next_observations, q_data, draws) -> torch.Tensor:
        random_actions, current, current_log_pi, following, following_log_pi = draws
        random_density = np.log(0.5 ** random_actions.shape[-1])
        stacked = torch.cat(
            [
                critic(observations, random_actions) - random_density,
                critic(observations, following) - following_log_pi,
                critic(observations, current) - current_log_pi,
            ],
            dim=1,
        )
        ood = torch.logsumexp(stacked / self.cfg.cql_temp, dim=1) * self.cfg.cql_temp
        return torch.clamp(ood - q_data, self.cfg.cql_clip_diff_min, np.inf).mean()

    def _q_loss(self, observations, actions, next_observations, rewards, dones, alpha):
        q1_predicted, q2_predicted = self.critic_1(observations, actions), self.critic_2(observations, actions)

        with torch.no_grad():
            new_next_actions, next_log_pi = self.actor(next_observations)
            target_q_values = torch.min(
                self.target_critic_1(next_observations, new_next_actions),
                self.target_critic_2(next_observations, new_next_actions),
            )
            target_q_values = target_q_values - alpha.detach() * next_log_pi
            td_target = rewards + (1.0 - dones) * self.cfg.discount * target_q_values
        td_loss = F.mse_loss(q1_predicted, td_target) + F.mse_loss(q2_predicted, td_target)

        n = self.cfg.cql_n_actions
        with torch.no_grad():
            random_actions = actions.new_empty((actions.shape[0], n, actions.shape[1])).uniform_(-1, 1)
            current, current_log_pi = self.actor(observations, repeat=n)
            following, following_log_pi = self.actor(next_observations, repeat=n)
        draws = (random_actions, current, current_log_pi, following, following_log_pi)
        gap_1 = self._conservative_gap(self.critic_1, observations, next_observations, q1_predicted, draws)
        gap_2 = self._conservative_gap(self.critic_2, observations, next_observations, q2_predicted, draws)

        if not self.cfg.cql_lagrange:
            return td_loss + self.cfg.cql_alpha * (gap_1 + gap_2)
        alpha_prime = torch.clamp(torch.exp(self.log_alpha_prime()), min=0.0, max=1e6)
        penalty = self.cfg.cql_alpha * (gap_1 + gap_2 - 2 * self.cfg.cql_target_action_gap)
        alpha_prime_loss = -alpha_prime * penalty.detach()
        self.alpha_prime_optimizer.zero_grad()
        alpha_prime_loss.backward()
        self.alpha_prime_optimizer.step()
        return td_loss + alpha_prime.detach() * penalty

    def train(self, batch: TensorBatch) -> Dict[str, float]:
        observations, actions, rewards, next_observations, dones = batch
        self.total_it += 1

        new_actions, log_pi = self.actor(observations)
        alpha, alpha_loss = self._alpha_and_alpha_loss(log_pi)
        policy_loss = self._policy_loss(observations, actions, new_actions, alpha.detach(), log_pi)

        if self.cfg.use_automatic_entropy_tuning:
            self.alpha_optimizer.zero_grad()
            alpha_loss.backward()
            self.alpha_optimizer.step()

        self.actor_optimizer.zero_grad()
        policy_loss.backward()
        self.actor_optimizer.step()

        qf_loss = self._q_loss(observations, actions, next_observations, rewards, dones, alpha)
        self.critic_optimizer.zero_grad()
        qf_loss.backward()
        self.critic_optimizer.step()

        rate = self.cfg.soft_target_update_rate
        for target, source in ((self.target_critic_1, self.critic_1), (self.target_critic_2, self.critic_2)):
            for t, s in zip(target.parameters(), source.parameters()):
                t.data.copy_((1 - rate) * t.data + rate * s.data)
        return {"policy_loss": policy_loss.item(), "alpha": alpha.item(), "alpha_loss": alpha_loss.item(), "qf_loss": qf_loss.item()}

    def state_dict(self) -> Dict[str, Any]:
        return {
            "actor": self.actor.state_dict(),
            "critic1": self.critic_1.state_dict(),
            "critic2": self.critic_2.state_dict(),
            "sac_log_alpha": self.log_alpha,
            "sac_log_alpha_optim": self.alpha_optimizer.state_dict(),
            "total_it": self.total_it,
        }


@pyrallis.wrap()
def main(config: TrainConfig):
    env = gym.make(config.env)
    dataset = d4rl.qlearning_dataset(env)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    columns = [dataset[k] for k in ("observations", "actions", "rewards", "next_observations", "terminals")]
    data = [torch.tensor(c, dtype=torch.float32, device=device) for c in columns]
    trainer = ContinuousCQL(env.observation_space.shape[0], env.action_space.shape[0], config, device)
    if config.checkpoints_path is not None:
        Path(config.checkpoints_path).mkdir(parents=True, exist_ok=True)
        pyrallis.dump(asdict(config), open(os.path.join(config.checkpoints_path, "config.yaml"), "w"))
    for t in range(config.max_timesteps):
        rows = torch.randint(len(data[0]), (config.batch_size,), device=device)
        log_dict = trainer.train([column[rows] for column in data])
        if t % 5000 == 0:
            print(t, log_dict)
            if config.checkpoints_path is not None:
                torch.save(trainer.state_dict(), os.path.join(config.checkpoints_path, f"checkpoint_{t}.pt"))


if __name__ == "__main__":
    main()
