"""CrossQ in PyTorch: SAC without target networks, batch renormalisation in the critics, one joint forward pass."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np
import torch
from torch import Tensor, nn, optim


@dataclasses.dataclass
class CrossQConfig:
    discount: float = 0.99
    actor_lr: float = 1e-3
    critic_lr: float = 1e-3
    ent_lr: float = 1e-3
    adam_b1: float = 0.5
    policy_delay: int = 3
    critic_width: int = 2048
    actor_width: int = 256
    bn_momentum: float = 0.01
    init_ent_coef: float = 1.0
    log_std_bounds: tuple[float, float] = (-20.0, 2.0)


class BatchRenorm(nn.Module):
    def __init__(self, width: int, momentum: float, eps: float = 1e-3, warmup: int = 100_000):
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("var", torch.ones(width))
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.momentum, self.eps, self.warmup = momentum, eps, warmup

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return self.weight * (x - self.mean) / (self.var + self.eps).sqrt() + self.bias
        mean, var = x.mean(0), x.var(0, unbiased=False)
        std, running = (var + self.eps).sqrt(), (self.var + self.eps).sqrt()
        if self.steps > self.warmup:
            r = (std.detach() / running).clamp(1 / 3, 3)
            d = ((mean.detach() - self.mean) / running).clamp(-5, 5)
            out = (x - mean) / std * r + d
        else:
            out = (x - mean) / std
        with torch.no_grad():
            self.mean.lerp_(mean, self.momentum)
            self.var.lerp_(var, self.momentum)
            self.steps += 1
        return self.weight * out + self.bias


def trunk(n_in: int, width: int, n_out: int, momentum: float) -> nn.Sequential:
    return nn.Sequential(
        BatchRenorm(n_in, momentum),
        nn.Linear(n_in, width),
        nn.ReLU(),
        BatchRenorm(width, momentum),
        nn.Linear(width, width),
        nn.ReLU(),
        BatchRenorm(width, momentum),
        nn.Linear(width, n_out),
    )


class Actor(nn.Module):
    def __init__(self, obs_dim: int, act_dim: int, cfg: CrossQConfig):
        super().__init__()
        self.net = trunk(obs_dim, cfg.actor_width, 2 * act_dim, cfg.bn_momentum)
        self.bounds = cfg.log_std_bounds

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        loc, log_scale = self.net(obs).tensor_split(2, dim=-1)
        pi = torch.distributions.Normal(loc, log_scale.clamp(*self.bounds).exp())
        raw = pi.rsample()
        squashed = raw.tanh()
        logp = pi.log_prob(raw) - torch.log1p(-squashed.square() + 1e-6)
        return squashed, logp.sum(dim=-1)


class Critics(nn.Module):
    def __init__(self, obs_dim: int, act_dim: int, cfg: CrossQConfig):
        super().__init__()
        self.q = nn.ModuleList(trunk(obs_dim + act_dim, cfg.critic_width, 1, cfg.bn_momentum) for _ in range(2))

    def forward(self, obs: Tensor, act: Tensor) -> Tensor:
        x = torch.cat((obs, act), dim=-1)
        return torch.stack([q(x).squeeze(-1) for q in self.q])


class CrossQ:
    def __init__(self, obs_dim: int, act_dim: int, cfg: CrossQConfig = CrossQConfig(), device: str = "cpu"):
        self.cfg, self.device = cfg, device
        self.actor = Actor(obs_dim, act_dim, cfg).to(device)
        self.critics = Critics(obs_dim, act_dim, cfg).to(device)
        betas = (cfg.adam_b1, 0.999)
        self.actor_optim = optim.Adam(self.actor.parameters(), lr=cfg.actor_lr, betas=betas)
        self.critic_optim = optim.Adam(self.critics.parameters(), lr=cfg.critic_lr, betas=betas)
        self.min_entropy = -act_dim
        self.log_ent = torch.tensor(np.log(cfg.init_ent_coef), dtype=torch.float32, device=device, requires_grad=True)
        self.ent_optim = optim.Adam([self.log_ent], lr=cfg.ent_lr)
        self.n_updates = 0

    @torch.no_grad()
    def __call__(self, obs: np.ndarray) -> np.ndarray:
        self.actor.eval()
        act, _ = self.actor(torch.as_tensor(obs, dtype=torch.float32, device=self.device).unsqueeze(0))
        return act.squeeze(0).cpu().numpy()

    def update(self, batch: dict[str, Tensor]) -> dict[str, float]:
        self.n_updates += 1
        info = self._update_critics(batch)
        if self.n_updates % self.cfg.policy_delay == 0:
            info |= self._update_actor(batch["obs"])
        return info

    def _update_critics(self, batch: dict[str, Tensor]) -> dict[str, float]:
        obs, act, next_obs = batch["obs"], batch["act"], batch["next_obs"]
        ent_coef = self.log_ent.exp().detach()
        self.actor.eval()
        with torch.no_grad():
            next_act, next_logp = self.actor(next_obs)

        # Both halves share the batch statistics, which is why no target network is needed.
        self.critics.train()
        both = self.critics(torch.cat((obs, next_obs)), torch.cat((act, next_act)))
        q, next_q = both.chunk(2, dim=1)
        next_v = next_q.amin(dim=0) - ent_coef * next_logp
        td_target = batch["reward"] + batch["not_terminated"] * self.cfg.discount * next_v
        loss = (q - td_target.detach()).square().mean(dim=1).sum()
        self.critic_optim.zero_grad()
        loss.backward()
        self.critic_optim.step()
        return {"critic_loss": loss.item(), "q": q.mean().item()}

    def _update_actor(self, obs: Tensor) -> dict[str, float]:
        self.actor.train()
        self.critics.eval()
        act, logp = self.actor(obs)
        ent_coef = self.log_ent.exp()
        policy_loss = torch.mean(ent_coef.detach() * logp - self.critics(obs, act).amin(dim=0))
        self.actor_optim.zero_grad()
        policy_loss.backward()
        self.actor_optim.step()

        entropy = -logp.detach().mean()
        ent_loss = ent_coef * (entropy - self.min_entropy)
        self.ent_optim.zero_grad()
        ent_loss.backward()
        self.ent_optim.step()
        return {"policy_loss": policy_loss.item(), "entropy": entropy.item(), "ent_coef": ent_coef.item()}

    def save(self, path: pathlib.Path) -> None:
        torch.save(
            {
                "actor": self.actor.state_dict(),
                "critics": self.critics.state_dict(),
                "log_ent": self.log_ent.detach().cpu(),
                "optims": [o.state_dict() for o in (self.actor_optim, self.critic_optim, self.ent_optim)],
            },
            path,
        )

    def load(self, path: pathlib.Path) -> None:
        state = torch.load(path, map_location=self.device)
        self.actor.load_state_dict(state["actor"])
        self.critics.load_state_dict(state["critics"])
        with torch.no_grad():
            self.log_ent.copy_(state["log_ent"])
        for o, s in zip((self.actor_optim, self.critic_optim, self.ent_optim), state["optims"]):
            o.load_state_dict(s)


class Storage:
    FIELDS = ("obs", "act", "reward", "next_obs", "not_terminated")

    def __init__(self, capacity: int, device: str):
        self.rows: list[tuple] = []
        self.capacity, self.device, self.at = capacity, device, 0

    def append(self, obs, act, reward, next_obs, terminated) -> None:
        row = (obs, act, reward, next_obs, 1.0 - float(terminated))
        if len(self.rows) < self.capacity:
            self.rows.append(row)
        else:
            self.rows[self.at] = row
        self.at = (self.at + 1) % self.capacity

    def sample(self, n: int) -> dict[str, Tensor]:
        picked = [self.rows[i] for i in np.random.randint(len(self.rows), size=n)]
        columns = (np.asarray(column, dtype=np.float32) for column in zip(*picked))
        return {name: torch.from_numpy(c).to(self.device) for name, c in zip(self.FIELDS, columns)}


def run(env, total_steps: int = 1_000_000, learning_starts: int = 5_000, batch_size: int = 256, device: str = "cpu"):
    agent = CrossQ(env.observation_space.shape[0], env.action_space.shape[0], device=device)
    storage = Storage(1_000_000, device)
    obs, _ = env.reset()
    for step in range(total_steps):
        act = env.action_space.sample() if step < learning_starts else agent(obs)
        next_obs, reward, terminated, truncated, _ = env.step(act)
        storage.append(obs, act, reward, next_obs, terminated)
        obs = env.reset()[0] if terminated or truncated else next_obs
        if step >= learning_starts:
            yield agent.update(storage.sample(batch_size))
