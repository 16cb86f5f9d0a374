"""SAC with the SimBa architecture: running observation statistics, residual feed-forward blocks, weight decay."""

import logging
import random
from pathlib import Path

import gymnasium as gym
import hydra
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import wandb
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from scale_rl.buffers import NStepBuffer
from scale_rl.evaluation import evaluate

log = logging.getLogger(__name__)


class RunningNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-5):
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("var", torch.ones(dim))
        self.register_buffer("count", torch.tensor(1e-4))
        self.eps = eps

    @torch.no_grad()
    def update(self, x: torch.Tensor) -> None:
        delta = x.mean(0) - self.mean
        total = self.count + len(x)
        m2 = self.var * self.count + x.var(0, unbiased=False) * len(x) + delta**2 * self.count * len(x) / total
        self.mean += delta * len(x) / total
        self.var.copy_(m2 / total)
        self.count.copy_(total)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / (self.var + self.eps).sqrt()


class ResidualBlock(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.down(F.relu(self.up(self.norm(x))))


class SimbaEncoder(nn.Sequential):
    def __init__(self, in_dim: int, dim: int, blocks: int):
        super().__init__(nn.Linear(in_dim, dim), *[ResidualBlock(dim) for _ in range(blocks)], nn.LayerNorm(dim))


class SimbaActor(nn.Module):
    def __init__(self, obs_dim: int, action_dim: int, dim: int, blocks: int, log_std_min: float, log_std_max: float):
        super().__init__()
        self.encoder = SimbaEncoder(obs_dim, dim, blocks)
        self.mean_head = nn.Linear(dim, action_dim)
        self.std_head = nn.Linear(dim, action_dim)
        self.log_std_min, self.log_std_max = log_std_min, log_std_max

    def forward(self, obs: torch.Tensor, temperature: float = 1.0):
        z = self.encoder(obs)
        mean = self.mean_head(z)
        log_std = torch.tanh(self.std_head(z))
        log_std = self.log_std_min + (self.log_std_max - self.log_std_min) * 0.5 * (1 + log_std)
        normal = torch.distributions.Normal(mean, log_std.exp() * temperature + 1e-8)
        u = normal.rsample()
        log_det = 2.0 * (np.log(2.0) - u - F.softplus(-2.0 * u))
        log_prob = (normal.log_prob(u) - log_det).sum(-1)
        return torch.tanh(u), log_prob


class SimbaCritic(nn.Module):
    def __init__(self, obs_dim: int, action_dim: int, dim: int, blocks: int):
        super().__init__()
        self.encoder = SimbaEncoder(obs_dim + action_dim, dim, blocks)
        self.value = nn.Linear(dim, 1)

    def forward(self, obs: torch.Tensor, action: torch.Tensor) -> torch.Tensor:
        return self.value(self.encoder(torch.cat([obs, action], -1))).squeeze(-1)


class Temperature(nn.Module):
    """A positive scalar, stored as its logarithm."""

    def __init__(self, initial_value: float = 0.01):
        super().__init__()
        self.log_value = nn.Parameter(torch.tensor(float(np.log(initial_value))))

    def forward(self) -> torch.Tensor:
        return torch.exp(self.log_value)


class SimbaSAC:
    def __init__(self, observation_space, action_space, cfg: DictConfig):
        self.cfg = cfg
        self.device = torch.device(cfg.device)
        obs_dim, action_dim = observation_space.shape[0], action_space.shape[0]
        self.obs_norm = RunningNorm(obs_dim).to(self.device)
        self.actor = SimbaActor(obs_dim, action_dim, **cfg.actor).to(self.device)
        self.critic = SimbaCritic(obs_dim, action_dim, **cfg.critic).to(self.device)
        self.target_critic = SimbaCritic(obs_dim, action_dim, **cfg.critic).to(self.device)
        self.target_critic.load_state_dict(self.critic.state_dict())
        self.temperature = Temperature(cfg.temp_initial_value).to(self.device)
        self.target_entropy = -1.0 * np.prod(action_space.shape)

        self.actor_optimizer = torch.optim.AdamW(self.actor.parameters(), lr=cfg.learning_rate, weight_decay=1e-2)
        self.critic_optimizer = torch.optim.AdamW(self.critic.parameters(), lr=cfg.learning_rate, weight_decay=1e-2)
        self.temp_optimizer = torch.optim.Adam(self.temperature.parameters(), lr=cfg.temp_learning_rate)

    @torch.no_grad()
    def sample_actions(self, observations: np.ndarray, training: bool) -> np.ndarray:
        obs = torch.as_tensor(observations, dtype=torch.float32, device=self.device)
        if training:
            self.obs_norm.update(obs)
        actions, _ = self.actor(self.obs_norm(obs), temperature=1.0 if training else 0.0)
        return actions.cpu().numpy()

    def update(self, batch: dict) -> dict:
        batch = {k: torch.as_tensor(v, dtype=torch.float32, device=self.device) for k, v in batch.items()}
        batch["observation"] = self.obs_norm(batch["observation"])
        batch["next_observation"] = self.obs_norm(batch["next_observation"])
        info = {}
        actor_info, entropy = self.update_actor(batch)
        info.update(actor_info)
        info.update(self.update_temperature(entropy))
        info.update(self.update_critic(batch))
        self.update_target()
        return info

    def update_actor(self, batch: dict):
        actions, log_probs = self.actor(batch["observation"])
        q = self.critic(batch["observation"], actions)
        temp = self.temperature().detach()
        actor_loss = (log_probs * temp - q).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        entropy = -log_probs.mean().detach()
        return {"actor/loss": actor_loss.item(), "actor/entropy": entropy.item()}, entropy

    def update_temperature(self, entropy: torch.Tensor) -> dict:
        temperature_value = self.temperature()
        temperature_loss = temperature_value * (entropy - self.target_entropy)
        self.temp_optimizer.zero_grad()
        temperature_loss.backward()
        self.temp_optimizer.step()
        return {"temperature/value": temperature_value.item(), "temperature/loss": temperature_loss.item()}

    def update_critic(self, batch: dict) -> dict:
        with torch.no_grad():
            next_actions, next_log_probs = self.actor(batch["next_observation"])
            next_q = self.target_critic(batch["next_observation"], next_actions)
            next_v = next_q - self.temperature() * next_log_probs
            gamma = self.cfg.gamma**self.cfg.n_step
            target_q = batch["reward"] + gamma * (1 - batch["terminated"]) * next_v
        pred_q = self.critic(batch["observation"], batch["action"])
        critic_loss = F.mse_loss(pred_q, target_q)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        return {"critic/loss": critic_loss.item(), "critic/q_mean": pred_q.mean().item()}

    @torch.no_grad()
    def update_target(self) -> None:
        for slow, fast in zip(self.target_critic.parameters(), self.critic.parameters()):
            slow.lerp_(fast, self.cfg.target_tau)

    def save(self, path: Path) -> None:
        modules = ("obs_norm", "actor", "critic", "target_critic", "temperature")
        optimizers = ("actor_optimizer", "critic_optimizer", "temp_optimizer")
        torch.save({name: getattr(self, name).state_dict() for name in modules + optimizers}, path)


@hydra.main(version_base=None, config_path="configs", config_name="base_sac")
def main(cfg: DictConfig) -> None:
    random.seed(cfg.seed)
    np.random.seed(cfg.seed)
    torch.manual_seed(cfg.seed)
    wandb.init(project=cfg.project, config=OmegaConf.to_container(cfg, resolve=True))
    train_env: gym.vector.VectorEnv = instantiate(cfg.env)
    agent = SimbaSAC(train_env.single_observation_space, train_env.single_action_space, cfg.agent)
    buffer: NStepBuffer = instantiate(cfg.buffer)
    observations, _ = train_env.reset(seed=cfg.seed)
    for step in range(1, cfg.num_interaction_steps + 1):
        if buffer.can_sample():
            actions = agent.sample_actions(observations, training=True)
        else:
            actions = train_env.action_space.sample()
        next_observations, rewards, terminateds, truncateds, infos = train_env.step(actions)
        next_buffer_observations = next_observations.copy()
        for i in np.flatnonzero(terminateds | truncateds):
            next_buffer_observations[i] = infos["final_observation"][i]
        buffer.add(
            dict(
                observation=observations,
                action=actions,
                reward=rewards,
                next_observation=next_buffer_observations,
                terminated=terminateds,
                truncated=truncateds,
            )
        )
        observations = next_observations
        if buffer.can_sample():
            for _ in range(cfg.updates_per_interaction_step):
                info = agent.update(buffer.sample())
            if step % cfg.logging_per_interaction_step == 0:
                wandb.log(info, step=step)
        if step % cfg.evaluation_per_interaction_step == 0:
            log.info("step %d: return %.1f", step, evaluate(agent, cfg.env))
            agent.save(Path(cfg.save_path) / f"{step}.pt")


if __name__ == "__main__":
    main()
