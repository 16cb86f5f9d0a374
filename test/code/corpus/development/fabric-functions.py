from __future__ import annotations

import copy
import os
from typing import Any, Dict, Sequence

import gymnasium as gym
import hydra
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from lightning.fabric import Fabric
from torch import Tensor
from torch.optim import Optimizer
from torchmetrics import MeanMetric

from lab.buffers import ReplayBuffer
from lab.config import dotdict
from lab.envs import make_env

LOG_STD_MAX = 2
LOG_STD_MIN = -5


class SACCritic(nn.Module):
    def __init__(self, observation_dim: int, hidden_size: int = 256, num_critics: int = 1):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(observation_dim, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, num_critics),
        )

    def forward(self, obs: Tensor, action: Tensor) -> Tensor:
        return self.model(torch.cat([obs, action], -1))


class SACActor(nn.Module):
    def __init__(self, observation_dim: int, action_dim: int, hidden_size: int, low: Sequence, high: Sequence):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(observation_dim, hidden_size), nn.ReLU(), nn.Linear(hidden_size, hidden_size), nn.ReLU()
        )
        self.fc_mean = nn.Linear(hidden_size, action_dim)
        self.fc_logstd = nn.Linear(hidden_size, action_dim)
        self.register_buffer("action_scale", torch.tensor((np.asarray(high) - low) / 2.0, dtype=torch.float32))
        self.register_buffer("action_bias", torch.tensor((np.asarray(high) + low) / 2.0, dtype=torch.float32))

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        x = self.model(obs)
        mean = self.fc_mean(x)
        log_std = torch.tanh(self.fc_logstd(x))
        log_std = LOG_STD_MIN + 0.5 * (LOG_STD_MAX - LOG_STD_MIN) * (log_std + 1)
        return self.get_actions_and_log_probs(mean, log_std.exp())

    def get_actions_and_log_probs(self, mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
        normal = torch.distributions.Normal(mean, std)
        x_t = normal.rsample()
        y_t = torch.tanh(x_t)
        action = y_t * self.action_scale + self.action_bias
        log_prob = normal.log_prob(x_t)
        log_prob = log_prob - torch.log(self.action_scale * (1 - y_t.pow(2)) + 1e-6)
        return action, log_prob.sum(-1, keepdim=True)


class SACAgent:
    def __init__(self, fabric: Fabric, actor: SACActor, critics: Sequence[SACCritic], cfg: Dict[str, Any], target_entropy: float):
        self.actor = fabric.setup_module(actor)
        self.qfs = [fabric.setup_module(critic) for critic in critics]
        self.qfs_target = [copy.deepcopy(critic).requires_grad_(False) for critic in critics]
        for target in self.qfs_target:
            fabric.to_device(target)
        self.tau = cfg.algo.tau
        self.target_entropy = torch.tensor(target_entropy, device=fabric.device)
        self.log_alpha = torch.log(torch.tensor([cfg.algo.alpha.alpha], device=fabric.device)).requires_grad_()

    @property
    def alpha(self) -> float:
        return self.log_alpha.exp().item()

    def get_q_values(self, obs: Tensor, action: Tensor) -> Tensor:
        return torch.cat([qf(obs, action) for qf in self.qfs], dim=-1)

    def get_target_q_values(self, obs: Tensor, action: Tensor) -> Tensor:
        return torch.cat([qf(obs, action) for qf in self.qfs_target], dim=-1)

    @torch.no_grad()
    def get_next_target_q_values(self, next_obs: Tensor, rewards: Tensor, dones: Tensor, gamma: float) -> Tensor:
        next_actions, next_logprobs = self.actor(next_obs)
        next_qs = self.get_target_q_values(next_obs, next_actions)
        min_next_q = torch.min(next_qs, dim=-1, keepdim=True)[0] - self.alpha * next_logprobs
        return rewards + (1 - dones) * gamma * min_next_q

    @torch.no_grad()
    def qfs_target_ema(self) -> None:
        for qf, target in zip(self.qfs, self.qfs_target):
            for param, target_param in zip(qf.parameters(), target.parameters()):
                target_param.data.copy_(self.tau * param.data + (1 - self.tau) * target_param.data)


def critic_loss(qf_values: Tensor, next_qf_value: Tensor, num_critics: int) -> Tensor:
    return sum(F.mse_loss(qf_values[..., i].unsqueeze(-1), next_qf_value) for i in range(num_critics))


def policy_loss(alpha: float, logprobs: Tensor, qf_values: Tensor) -> Tensor:
    return ((alpha * logprobs) - qf_values).mean()


def entropy_loss(log_alpha: Tensor, logprobs: Tensor, target_entropy: Tensor) -> Tensor:
    return (-log_alpha * (logprobs + target_entropy)).mean()


def train(
    fabric: Fabric,
    agent: SACAgent,
    actor_optimizer: Optimizer,
    qf_optimizer: Optimizer,
    alpha_optimizer: Optimizer,
    data: Dict[str, Tensor],
    aggregator: Dict[str, MeanMetric],
    update_target: bool,
    cfg: Dict[str, Any],
) -> None:
    # Update the soft-critic
    next_target_qf_value = agent.get_next_target_q_values(
        data["next_observations"], data["rewards"], data["terminated"], cfg.algo.gamma
    )
    qf_values = agent.get_q_values(data["observations"], data["actions"])
    qf_loss = critic_loss(qf_values, next_target_qf_value, cfg.algo.critic.n)
    qf_optimizer.zero_grad(set_to_none=True)
    fabric.backward(qf_loss)
    qf_optimizer.step()
    aggregator["Loss/value_loss"].update(qf_loss)
    if update_target:
        agent.qfs_target_ema()

    # Update the actor
    actions, logprobs = agent.actor(data["observations"])
    min_qf_values = torch.min(agent.get_q_values(data["observations"], actions), dim=-1, keepdim=True)[0]
    actor_loss = policy_loss(agent.alpha, logprobs, min_qf_values)
    actor_optimizer.zero_grad(set_to_none=True)
    fabric.backward(actor_loss)
    actor_optimizer.step()
    aggregator["Loss/policy_loss"].update(actor_loss)

    # Update the entropy value
    alpha_loss = entropy_loss(agent.log_alpha, logprobs.detach(), agent.target_entropy)
    alpha_optimizer.zero_grad(set_to_none=True)
    fabric.backward(alpha_loss)
    agent.log_alpha.grad = fabric.all_reduce(agent.log_alpha.grad)
    alpha_optimizer.step()
    aggregator["Loss/alpha_loss"].update(alpha_loss)


@hydra.main(version_base=None, config_path="configs", config_name="sac")
def main(cfg) -> None:
    cfg = dotdict(cfg)
    fabric = Fabric(devices=cfg.fabric.devices, accelerator=cfg.fabric.accelerator)
    fabric.launch()
    fabric.seed_everything(cfg.seed + fabric.global_rank)
    envs = gym.vector.SyncVectorEnv([make_env(cfg, i) for i in range(cfg.env.num_envs)])
    obs_dim = int(np.prod(envs.single_observation_space.shape))
    act_dim = int(np.prod(envs.single_action_space.shape))
    space = envs.single_action_space

    actor = SACActor(obs_dim, act_dim, cfg.algo.actor.hidden_size, space.low, space.high)
    critics = [SACCritic(obs_dim + act_dim, cfg.algo.critic.hidden_size) for _ in range(cfg.algo.critic.n)]
    agent = SACAgent(fabric, actor, critics, cfg, target_entropy=-act_dim)
    qf_params = [p for qf in agent.qfs for p in qf.parameters()]
    qf_optimizer = fabric.setup_optimizers(torch.optim.Adam(qf_params, lr=cfg.algo.critic.lr, eps=1e-4))
    actor_optimizer = fabric.setup_optimizers(torch.optim.Adam(agent.actor.parameters(), lr=cfg.algo.actor.lr))
    alpha_optimizer = fabric.setup_optimizers(torch.optim.Adam([agent.log_alpha], lr=cfg.algo.alpha.lr))

    rb = ReplayBuffer(cfg.buffer.size, cfg.env.num_envs)
    aggregator = {f"Loss/{name}_loss": MeanMetric() for name in ("value", "policy", "alpha")}
    obs = envs.reset(seed=cfg.seed)[0]
    for update in range(1, cfg.algo.total_steps + 1):
        with torch.no_grad():
            actions = agent.actor(torch.as_tensor(obs, dtype=torch.float32, device=fabric.device))[0].cpu().numpy()
        next_obs, rewards, terminated, truncated, infos = envs.step(actions)
        rb.add(
            {
                "observations": obs,
                "actions": actions,
                "rewards": rewards[:, None],
                "next_observations": infos.get("final_obs", next_obs),
                "terminated": terminated[:, None].astype(np.float32),
            }
        )
        obs = next_obs
        if update >= cfg.algo.learning_starts:
            data = rb.sample_tensors(cfg.algo.per_rank_batch_size, device=fabric.device)
            update_target = update % cfg.algo.critic.target_network_frequency == 0
            train(fabric, agent, actor_optimizer, qf_optimizer, alpha_optimizer, data, aggregator, update_target, cfg)
        if update % cfg.checkpoint.every == 0:
            state = {
                "actor": agent.actor.state_dict(),
                "qfs": [qf.state_dict() for qf in agent.qfs],
                "actor_optimizer": actor_optimizer.state_dict(),
                "qf_optimizer": qf_optimizer.state_dict(),
                "log_alpha": agent.log_alpha,
                "alpha_optimizer": alpha_optimizer.state_dict(),
            }
            fabric.save(os.path.join(cfg.run_dir, f"ckpt_{update}.ckpt"), state)


if __name__ == "__main__":
    main()
