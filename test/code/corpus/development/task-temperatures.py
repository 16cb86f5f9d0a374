"""Multi-task SAC on Meta-World: a policy conditioned on the task and one temperature a task."""

from __future__ import annotations

import math
from typing import NamedTuple

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import Adam
from torch.utils.tensorboard import SummaryWriter


class Sample(NamedTuple):
    obs: torch.Tensor  # [batch, obs + num_tasks], the last part one-hot
    actions: torch.Tensor
    rewards: torch.Tensor  # [batch, 1]
    next_obs: torch.Tensor
    terminals: torch.Tensor  # [batch, 1]


def layers(*sizes: int) -> nn.Sequential:
    parts: list[nn.Module] = []
    for i, o in zip(sizes, sizes[1:]):
        parts += [nn.Linear(i, o), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


class TaskPolicy(nn.Module):
    LOG_STD = (-20.0, 2.0)

    def __init__(self, obs_dim: int, num_tasks: int, act_dim: int, width: int = 400):
        super().__init__()
        self.num_tasks, self.act_dim = num_tasks, act_dim
        self.torso = layers(obs_dim + num_tasks, width, width, width)
        self.heads = nn.Linear(width, num_tasks * 2 * act_dim)

    def forward(self, obs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        one_hot = obs[:, -self.num_tasks :]
        out = self.heads(F.relu(self.torso(obs))).view(-1, self.num_tasks, 2 * self.act_dim)
        mean, log_std = (out * one_hot.unsqueeze(-1)).sum(1).chunk(2, -1)
        return mean, log_std.clamp(*self.LOG_STD)

    def sample(self, obs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_std = self(obs)
        gaussian = torch.distributions.Independent(torch.distributions.Normal(mean, log_std.exp()), 1)
        pre_tanh = gaussian.rsample()
        action = pre_tanh.tanh()
        log_likelihood = gaussian.log_prob(pre_tanh)
        log_likelihood = log_likelihood - torch.log(1 - action**2 + 1e-6).sum(-1)
        return action, log_likelihood.unsqueeze(-1)


class MTSAC:
    def __init__(
        self,
        obs_dim: int,
        act_dim: int,
        num_tasks: int,
        gamma: float = 0.99,
        tau: float = 0.005,
        lr: float = 3e-4,
        initial_temperature: float = 1.0,
        device: str = "cuda",
    ):
        self.num_tasks, self.gamma, self.tau, self.device = num_tasks, gamma, tau, device
        self.policy = TaskPolicy(obs_dim, num_tasks, act_dim).to(device)
        self.qf1 = layers(obs_dim + num_tasks + act_dim, 400, 400, 400, 1).to(device)
        self.qf2 = layers(obs_dim + num_tasks + act_dim, 400, 400, 400, 1).to(device)
        self.qf1_target = layers(obs_dim + num_tasks + act_dim, 400, 400, 400, 1).to(device)
        self.qf2_target = layers(obs_dim + num_tasks + act_dim, 400, 400, 400, 1).to(device)
        self.qf1_target.load_state_dict(self.qf1.state_dict())
        self.qf2_target.load_state_dict(self.qf2.state_dict())
        self.policy_opt = Adam(self.policy.parameters(), lr=lr)
        self.qf_opt = Adam([*self.qf1.parameters(), *self.qf2.parameters()], lr=lr)

        self.target_entropy = -1.0 * act_dim
        self.log_alphas = torch.full(
            (num_tasks,), math.log(initial_temperature), dtype=torch.float32, device=device, requires_grad=True
        )
        self.alphas_opt = Adam([self.log_alphas], lr=lr)

    def task_log_alpha(self, obs: torch.Tensor) -> torch.Tensor:
        """[batch, 1]: the entry of each row's task."""
        one_hots = obs[:, -self.num_tasks :]
        return one_hots @ self.log_alphas.unsqueeze(-1)

    def q_values(self, which: tuple[nn.Module, nn.Module], obs: torch.Tensor, act: torch.Tensor) -> torch.Tensor:
        x = torch.cat([obs, act], dim=-1)
        return torch.min(which[0](x), which[1](x))

    def train_step(self, data: Sample) -> dict[str, float]:
        obs, actions, rewards, next_obs, terminals = data
        with torch.no_grad():
            task_alpha = self.task_log_alpha(obs).exp()

        # Critics
        with torch.no_grad():
            next_actions, next_ll = self.policy.sample(next_obs)
            next_q = self.q_values((self.qf1_target, self.qf2_target), next_obs, next_actions)
            soft_next_q = next_q - task_alpha * next_ll
            q_backup = rewards + self.gamma * (1.0 - terminals) * soft_next_q
        x = torch.cat([obs, actions], dim=-1)
        qf_loss = F.mse_loss(self.qf1(x), q_backup) + F.mse_loss(self.qf2(x), q_backup)
        self.qf_opt.zero_grad()
        qf_loss.backward()
        self.qf_opt.step()

        # Policy
        new_actions, ll = self.policy.sample(obs)
        q_new = self.q_values((self.qf1, self.qf2), obs, new_actions)
        policy_loss = (task_alpha * ll - q_new).mean()
        self.policy_opt.zero_grad()
        policy_loss.backward()
        nn.utils.clip_grad_norm_(self.policy.parameters(), 1.0)
        self.policy_opt.step()

        # One temperature a task
        log_alpha = self.task_log_alpha(obs)
        alpha_loss = -(log_alpha * (ll.detach() + self.target_entropy)).mean()
        self.alphas_opt.zero_grad()
        alpha_loss.backward()
        self.alphas_opt.step()
        with torch.no_grad():
            self.log_alphas.clamp_(-10.0, 2.0)

        with torch.no_grad():
            for old, new in ((self.qf1_target, self.qf1), (self.qf2_target, self.qf2)):
                for p_old, p_new in zip(old.parameters(), new.parameters()):
                    p_old.lerp_(p_new, self.tau)
        return {"losses/qf": qf_loss.item(), "losses/policy": policy_loss.item(), "losses/alpha": alpha_loss.item()}

    def state_dict(self) -> dict:
        return {
            "policy": self.policy.state_dict(),
            "qf1": self.qf1.state_dict(),
            "qf2": self.qf2.state_dict(),
            "log_alphas": self.log_alphas.detach().clone(),
            "alphas_opt": self.alphas_opt.state_dict(),
        }

    def load_state_dict(self, state: dict) -> None:
        self.policy.load_state_dict(state["policy"])
        self.qf1.load_state_dict(state["qf1"])
        self.qf2.load_state_dict(state["qf2"])
        self.qf1_target.load_state_dict(state["qf1"])
        self.qf2_target.load_state_dict(state["qf2"])
        self.log_alphas.data = state["log_alphas"].to(self.device)
        self.alphas_opt.load_state_dict(state["alphas_opt"])


class TaskBuffer:
    """As many rows of each task in every batch."""

    def __init__(self, capacity: int, num_tasks: int, obs_dim: int, act_dim: int):
        full = obs_dim + num_tasks
        self.obs, self.next_obs = (np.zeros((capacity, num_tasks, full), np.float32) for _ in range(2))
        self.actions = np.zeros((capacity, num_tasks, act_dim), np.float32)
        self.rewards, self.terminals = (np.zeros((capacity, num_tasks, 1), np.float32) for _ in range(2))
        self.capacity, self.pos, self.full = capacity, 0, False

    def add(self, obs, actions, rewards, next_obs, terminals):
        self.obs[self.pos], self.next_obs[self.pos], self.actions[self.pos] = obs, next_obs, actions
        self.rewards[self.pos], self.terminals[self.pos] = rewards.reshape(-1, 1), terminals.reshape(-1, 1)
        self.pos = (self.pos + 1) % self.capacity
        self.full |= self.pos == 0

    def sample(self, per_task: int, device: str) -> Sample:
        idx = np.random.randint(0, self.capacity if self.full else self.pos, size=per_task)
        columns = (self.obs, self.actions, self.rewards, self.next_obs, self.terminals)
        return Sample(*(torch.from_numpy(c[idx].reshape(-1, c.shape[-1])).to(device) for c in columns))


def train(envs: gym.vector.VectorEnv, agent: MTSAC, buffer: TaskBuffer, writer: SummaryWriter, steps: int, start: int):
    obs, _ = envs.reset()
    for step in range(steps):
        if step < start:
            actions = envs.action_space.sample()
        else:
            with torch.no_grad():
                actions = agent.policy.sample(torch.as_tensor(obs, dtype=torch.float32, device=agent.device))[0].cpu().numpy()
        next_obs, rewards, terminations, truncations, infos = envs.step(actions)
        real_next = next_obs.copy()
        for i in np.flatnonzero(np.logical_or(terminations, truncations)):
            real_next[i] = infos["final_observation"][i]
        buffer.add(obs, actions, rewards, real_next, terminations)
        obs = next_obs
        if step >= start:
            logs = agent.train_step(buffer.sample(128, agent.device))
            if step % 500 == 0:
                for name, value in logs.items():
                    writer.add_scalar(name, value, step)
                for i, value in enumerate(agent.log_alphas.exp().tolist()):
                    writer.add_scalar(f"alpha/task_{i}", value, step)
