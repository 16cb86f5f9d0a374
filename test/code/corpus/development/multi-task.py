"""Multi-task SAC: one policy for all tasks, told apart by a one-hot code, and a temperature for each task."""

from dataclasses import dataclass, field
from typing import Dict, List, Tuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from metalab.benchmarks import make_tasks
from metalab.replay import MultiTaskReplay


@dataclass
class NetworkConfig:
    hidden: List[int] = field(default_factory=lambda: [400, 400, 400])
    log_std_bounds: Tuple[float, float] = (-10.0, 2.0)


@dataclass
class AlgorithmConfig:
    num_tasks: int = 10
    discount: float = 0.99
    critic_lr: float = 3e-4
    actor_lr: float = 3e-4
    temperature_lr: float = 3e-4
    initial_log_temperature: float = 0.0
    target_update_rate: float = 5e-3
    batch_per_task: int = 128
    network: NetworkConfig = field(default_factory=NetworkConfig)


def mlp(in_dim: int, hidden: List[int], out_dim: int) -> nn.Sequential:
    layers, last = [], in_dim
    for width in hidden:
        layers += [nn.Linear(last, width), nn.ReLU(inplace=True)]
        last = width
    return nn.Sequential(*layers, nn.Linear(last, out_dim))


class TaskPolicy(nn.Module):
    def __init__(self, state_dim: int, action_dim: int, cfg: AlgorithmConfig):
        super().__init__()
        self.bounds = cfg.network.log_std_bounds
        self.net = mlp(state_dim + cfg.num_tasks, cfg.network.hidden, 2 * action_dim)

    def forward(self, state: torch.Tensor, task: torch.Tensor):
        mean, log_std = self.net(torch.cat([state, task], dim=-1)).chunk(2, dim=-1)
        return mean, log_std.clamp(*self.bounds)

    def sample(self, state: torch.Tensor, task: torch.Tensor):
        mean, log_std = self(state, task)
        eps = torch.randn_like(mean)
        pre = mean + log_std.exp() * eps
        action = pre.tanh()
        gaussian = (-0.5 * eps.pow(2) - log_std).sum(-1, keepdim=True) - 0.5 * np.log(2 * np.pi) * mean.size(-1)
        squash = F.relu(1 - action.pow(2)).add(1e-6).log().sum(-1, keepdim=True)
        return action, gaussian - squash


class TaskCritic(nn.Module):
    def __init__(self, state_dim: int, action_dim: int, cfg: AlgorithmConfig):
        super().__init__()
        size = state_dim + action_dim + cfg.num_tasks
        self.q1 = mlp(size, cfg.network.hidden, 1)
        self.q2 = mlp(size, cfg.network.hidden, 1)

    def forward(self, state, action, task):
        x = torch.cat([state, action, task], dim=-1)
        return self.q1(x), self.q2(x)


class MultiTaskSAC:
    def __init__(self, state_dim: int, action_dim: int, cfg: AlgorithmConfig, device: str = "cuda"):
        self.cfg, self.device = cfg, device
        self.actor = TaskPolicy(state_dim, action_dim, cfg).to(device)
        self.critic = TaskCritic(state_dim, action_dim, cfg).to(device)
        self.critic_target = TaskCritic(state_dim, action_dim, cfg).to(device)
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.log_temperatures = torch.tensor(
            [cfg.initial_log_temperature] * cfg.num_tasks, device=device, requires_grad=True
        )
        self.target_entropy = -float(action_dim)
        self.optimizers: Dict[str, torch.optim.Optimizer] = {
            "actor": torch.optim.Adam(self.actor.parameters(), lr=cfg.actor_lr),
            "critic": torch.optim.Adam(self.critic.parameters(), lr=cfg.critic_lr),
            "temperature": torch.optim.Adam([self.log_temperatures], lr=cfg.temperature_lr),
        }

    def log_temperature_of(self, task: torch.Tensor) -> torch.Tensor:
        """Of each row its task's: [batch, tasks] by [tasks, 1]."""
        return task @ self.log_temperatures.unsqueeze(-1)

    def _step(self, name: str, loss: torch.Tensor) -> None:
        optimizer = self.optimizers[name]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def critic_loss(self, batch, task: torch.Tensor, alpha: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            next_action, next_log_pi = self.actor.sample(batch.next_state, task)
            target_q1, target_q2 = self.critic_target(batch.next_state, next_action, task)
            target_v = torch.min(target_q1, target_q2) - alpha * next_log_pi
            target_q = batch.reward + batch.not_done * self.cfg.discount * target_v
        q1, q2 = self.critic(batch.state, batch.action, task)
        return F.mse_loss(q1, target_q) + F.mse_loss(q2, target_q)

    def actor_loss(self, batch, task: torch.Tensor, alpha: torch.Tensor):
        action, log_pi = self.actor.sample(batch.state, task)
        q1, q2 = self.critic(batch.state, action, task)
        q = torch.min(q1, q2)
        return (alpha * log_pi - q).mean(), log_pi

    def temperature_loss(self, task: torch.Tensor, log_pi: torch.Tensor) -> torch.Tensor:
        log_alpha = self.log_temperature_of(task)
        return -(log_alpha * (log_pi.detach() + self.target_entropy)).mean()

    def update(self, batch) -> Dict[str, float]:
        task = F.one_hot(batch.task_id.squeeze(-1), self.cfg.num_tasks).float()
        alpha = self.log_temperature_of(task).exp().detach()

        critic_loss = self.critic_loss(batch, task, alpha)
        self._step("critic", critic_loss)

        actor_loss, log_pi = self.actor_loss(batch, task, alpha)
        self._step("actor", actor_loss)

        temperature_loss = self.temperature_loss(task, log_pi)
        self._step("temperature", temperature_loss)

        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.critic_target.parameters()), list(self.critic.parameters()), self.cfg.target_update_rate
            )
        return {
            "critic": critic_loss.item(),
            "actor": actor_loss.item(),
            "temperature": alpha.mean().item(),
            "entropy": -log_pi.mean().item(),
        }

    def state_dict(self) -> dict:
        return {
            "actor": self.actor.state_dict(),
            "critic": self.critic.state_dict(),
            "critic_target": self.critic_target.state_dict(),
            "log_temperatures": self.log_temperatures.detach().cpu(),
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
        }

    def load_state_dict(self, state: dict) -> None:
        self.actor.load_state_dict(state["actor"])
        self.critic.load_state_dict(state["critic"])
        self.critic_target.load_state_dict(state["critic_target"])
        self.log_temperatures.data.copy_(state["log_temperatures"])
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])


def train(name: str = "pick-place-10", total_steps: int = 2_000_000, seed: int = 0) -> None:
    tasks = make_tasks(name, seed=seed)
    cfg = AlgorithmConfig(num_tasks=len(tasks))
    agent = MultiTaskSAC(tasks.state_dim, tasks.action_dim, cfg)
    replay = MultiTaskReplay(cfg.num_tasks, capacity_per_task=100_000, device=agent.device)
    states = tasks.reset()
    codes = torch.eye(cfg.num_tasks, device=agent.device)
    for step in range(total_steps):
        with torch.no_grad():
            state = torch.as_tensor(np.stack(states), dtype=torch.float32, device=agent.device)
            actions = agent.actor.sample(state, codes)[0].cpu().numpy()
        next_states, rewards, terminated, truncated = tasks.step(actions)
        replay.add(states, actions, rewards, next_states, 1.0 - terminated)
        states = tasks.reset_where(terminated | truncated, next_states)
        if step > 4_000:
            metrics = agent.update(replay.sample(cfg.batch_per_task))
            if step % 5_000 == 0:
                print(step, metrics, tasks.success_rates())


if __name__ == "__main__":
    train()
