"""Off-policy learner for thousands of simulated robots on one GPU: SAC with observation normalisation and many
updates a step. Environments are of the manager-based kind: step() returns obs, reward, dones and extras["time_outs"]."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Normal


@dataclass
class SacRunnerCfg:
    num_steps: int = 200_000
    warmup_steps: int = 10
    updates_per_step: int = 8
    batch_size: int = 8192
    buffer_steps: int = 1024
    gamma: float = 0.97
    tau: float = 0.05
    policy_frequency: int = 4
    actor_lr: float = 3e-4
    critic_lr: float = 3e-4
    temperature_lr: float = 3e-4
    init_temperature: float = 0.001
    target_entropy_scale: float = 1.0
    hidden: list[int] = field(default_factory=lambda: [512, 256, 128])
    save_interval: int = 5000
    device: str = "cuda:0"


class EmpiricalNormalization(nn.Module):
    def __init__(self, shape: int, until: int = 10**8):
        super().__init__()
        self.until = until
        self.register_buffer("mean", torch.zeros(1, shape))
        self.register_buffer("var", torch.ones(1, shape))
        self.register_buffer("count", torch.tensor(0, dtype=torch.long))

    def forward(self, x: Tensor) -> Tensor:
        if self.training and self.count < self.until:
            self.count += x.shape[0]
            rate = x.shape[0] / self.count
            delta = x.mean(0, keepdim=True) - self.mean
            self.mean += rate * delta
            self.var += rate * (x.var(0, unbiased=False, keepdim=True) - self.var + delta * (x.mean(0, keepdim=True) - self.mean))
        return (x - self.mean) / (self.var.sqrt() + 1e-2)


def build(n_in: int, hidden: list[int], n_out: int) -> nn.Sequential:
    dims = [n_in, *hidden]
    blocks: list[nn.Module] = []
    for a, b in zip(dims[:-1], dims[1:]):
        blocks.extend((nn.Linear(a, b), nn.LayerNorm(b), nn.SiLU()))
    return nn.Sequential(*blocks, nn.Linear(dims[-1], n_out))


class StochasticActor(nn.Module):
    def __init__(self, num_obs: int, num_actions: int, hidden: list[int]):
        super().__init__()
        self.net = build(num_obs, hidden, 2 * num_actions)

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        loc, raw = self.net(obs).chunk(2, dim=1)
        return loc, torch.clamp(raw, min=-5.0, max=0.0)

    def explore(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        loc, log_std = self(obs)
        noise = Normal(torch.zeros_like(loc), torch.ones_like(loc)).sample()
        raw = loc + log_std.exp() * noise
        log_prob = Normal(loc, log_std.exp()).log_prob(raw)
        log_prob = log_prob - 2.0 * (0.6931471805599453 - raw - F.softplus(-2.0 * raw))
        return raw.tanh(), log_prob.sum(dim=1)


class TwinCritic(nn.Module):
    def __init__(self, num_obs: int, num_actions: int, hidden: list[int]):
        super().__init__()
        self.a = build(num_obs + num_actions, hidden, 1)
        self.b = build(num_obs + num_actions, hidden, 1)

    def forward(self, obs: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.cat((obs, actions), dim=1)
        return self.a(x).squeeze(1), self.b(x).squeeze(1)


class DeviceBuffer:
    """Ring of whole steps: [steps, envs, ...], all on the GPU."""

    def __init__(self, cfg: SacRunnerCfg, num_envs: int, num_obs: int, num_actions: int):
        make = lambda *tail: torch.zeros(cfg.buffer_steps, num_envs, *tail, device=cfg.device)
        self.obs, self.next_obs, self.actions = make(num_obs), make(num_obs), make(num_actions)
        self.rewards, self.terminated = make(), make()
        self.steps, self.envs, self.ptr, self.filled = cfg.buffer_steps, num_envs, 0, 0

    def extend(self, obs, actions, rewards, next_obs, terminated) -> None:
        i = self.ptr
        self.obs[i], self.actions[i], self.rewards[i], self.next_obs[i], self.terminated[i] = (
            obs, actions, rewards, next_obs, terminated.float(),
        )
        self.ptr = (i + 1) % self.steps
        self.filled = min(self.filled + 1, self.steps)

    def minibatch(self, size: int) -> tuple[Tensor, ...]:
        i = torch.randint(self.filled, (size,), device=self.obs.device)
        j = torch.randint(self.envs, (size,), device=self.obs.device)
        return tuple(x[i, j] for x in (self.obs, self.actions, self.rewards, self.next_obs, self.terminated))


class SacRunner:
    def __init__(self, env: Any, cfg: SacRunnerCfg, log_dir: str):
        self.env, self.cfg, self.log_dir = env, cfg, log_dir
        num_obs, num_actions = env.num_obs, env.num_actions
        self.normalizer = EmpiricalNormalization(num_obs).to(cfg.device)
        self.actor = StochasticActor(num_obs, num_actions, cfg.hidden).to(cfg.device)
        self.critic = TwinCritic(num_obs, num_actions, cfg.hidden).to(cfg.device)
        self.critic_ema = TwinCritic(num_obs, num_actions, cfg.hidden).to(cfg.device).requires_grad_(False)
        self.critic_ema.load_state_dict(self.critic.state_dict())
        self.buffer = DeviceBuffer(cfg, env.num_envs, num_obs, num_actions)

        self.log_temperature = torch.nn.Parameter(torch.log(torch.tensor(cfg.init_temperature, device=cfg.device)))
        self.entropy_floor = -cfg.target_entropy_scale * num_actions
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=cfg.actor_lr)
        self.critic_opt = torch.optim.Adam(self.critic.parameters(), lr=cfg.critic_lr)
        self.temperature_opt = torch.optim.Adam([self.log_temperature], lr=cfg.temperature_lr)

    def update_critic(self, obs, actions, rewards, next_obs, terminated) -> Tensor:
        with torch.no_grad():
            next_actions, next_log_prob = self.actor.explore(next_obs)
            next_a, next_b = self.critic_ema(next_obs, next_actions)
            bootstrap = torch.minimum(next_a, next_b).sub(self.log_temperature.exp() * next_log_prob)
            returns = rewards + self.cfg.gamma * (1.0 - terminated) * bootstrap
        qa, qb = self.critic(obs, actions)
        loss = F.mse_loss(qa, returns) + F.mse_loss(qb, returns)
        self.critic_opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.critic.parameters(), 1.0)
        self.critic_opt.step()
        return loss.detach()

    def update_actor(self, obs) -> Tensor:
        actions, log_prob = self.actor.explore(obs)
        qa, qb = self.critic(obs, actions)
        q = torch.minimum(qa, qb)
        loss = (self.log_temperature.detach().exp() * log_prob - q).mean()
        self.actor_opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.actor.parameters(), 1.0)
        self.actor_opt.step()
        return log_prob.detach()

    def update_temperature(self, log_prob: Tensor) -> Tensor:
        loss = (-self.log_temperature.exp() * (log_prob + self.entropy_floor)).mean()
        self.temperature_opt.zero_grad(set_to_none=True)
        loss.backward()
        self.temperature_opt.step()
        return self.log_temperature.detach().exp()

    @torch.no_grad()
    def update_ema(self) -> None:
        ema, online = list(self.critic_ema.parameters()), list(self.critic.parameters())
        torch._foreach_lerp_(ema, online, self.cfg.tau)

    def learn(self) -> None:
        obs, _ = self.env.reset()
        for it in range(self.cfg.num_steps):
            with torch.no_grad():
                actions, _ = self.actor.explore(self.normalizer(obs))
            next_obs, rewards, dones, extras = self.env.step(actions)
            time_outs = extras["time_outs"].bool()
            terminated = dones.bool() & ~time_outs
            # After a reset the last observation of the old episode stands in the extras.
            final_obs = torch.where(dones.bool().unsqueeze(1), extras["final_obs"], next_obs)
            self.buffer.extend(obs, actions, rewards, final_obs, terminated)
            obs = next_obs
            if it < self.cfg.warmup_steps:
                continue
            self.normalizer.eval()
            for k in range(self.cfg.updates_per_step):
                o, a, r, o2, d = self.buffer.minibatch(self.cfg.batch_size)
                o, o2 = self.normalizer(o), self.normalizer(o2)
                critic_loss = self.update_critic(o, a, r, o2, d)
                if k % self.cfg.policy_frequency == 0:
                    temperature = self.update_temperature(self.update_actor(o))
                self.update_ema()
            self.normalizer.train()
            if it % self.cfg.save_interval == 0:
                print(f"[{it}] critic {critic_loss:.3f} temperature {temperature:.5f} reward {rewards.mean():.3f}")
                self.save(os.path.join(self.log_dir, f"model_{it}.pt"))

    def save(self, path: str) -> None:
        torch.save(
            {
                "normalizer": self.normalizer.state_dict(),
                "actor": self.actor.state_dict(),
                "critic": self.critic.state_dict(),
                "critic_ema": self.critic_ema.state_dict(),
                "log_temperature": self.log_temperature.data,
                "temperature_opt": self.temperature_opt.state_dict(),
            },
            path,
        )

    def load(self, path: str) -> None:
        ckpt = torch.load(path, map_location=self.cfg.device)
        for name in ("normalizer", "actor", "critic", "critic_ema", "temperature_opt"):
            getattr(self, name).load_state_dict(ckpt[name])
        self.log_temperature.data.copy_(ckpt["log_temperature"])
