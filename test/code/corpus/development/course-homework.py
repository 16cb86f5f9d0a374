"""Homework 3: Soft Actor-Critic. Fill in the parts marked with TODO(student)."""

import copy
from typing import Callable, Optional, Tuple

import torch
from torch import nn
import torch.distributions as D


class TanhGaussianPolicy(nn.Module):
    """State-dependent mean and standard deviation, squashed by tanh."""

    def __init__(self, ob_dim: int, ac_dim: int, layer_size: int = 128):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Linear(ob_dim, layer_size), nn.Tanh(), nn.Linear(layer_size, layer_size), nn.Tanh()
        )
        self.head = nn.Linear(layer_size, 2 * ac_dim)

    def forward(self, obs: torch.Tensor) -> D.Distribution:
        mean, raw_std = self.head(self.trunk(obs)).chunk(2, dim=-1)
        std = nn.functional.softplus(raw_std) + 1e-2
        base = D.Independent(D.Normal(mean, std), reinterpreted_batch_ndims=1)
        return D.TransformedDistribution(base, [D.TanhTransform(cache_size=1)])


class StateActionCritic(nn.Module):
    def __init__(self, ob_dim: int, ac_dim: int, layer_size: int = 128):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(ob_dim + ac_dim, layer_size),
            nn.Tanh(),
            nn.Linear(layer_size, layer_size),
            nn.Tanh(),
            nn.Linear(layer_size, 1),
        )

    def forward(self, obs: torch.Tensor, acs: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([obs, acs], dim=-1)).squeeze(-1)


class SoftActorCritic(nn.Module):
    def __init__(
        self,
        ob_dim: int,
        ac_dim: int,
        make_optimizer: Callable[[nn.ParameterList], torch.optim.Optimizer],
        discount: float,
        soft_target_update_rate: float,
        num_critic_networks: int = 2,
        backup_entropy: bool = True,
        temperature: float = 0.1,
        temperature_lr: float = 3e-4,
        target_entropy: Optional[float] = None,
    ):
        super().__init__()
        self.actor = TanhGaussianPolicy(ob_dim, ac_dim)
        self.critics = nn.ModuleList([StateActionCritic(ob_dim, ac_dim) for _ in range(num_critic_networks)])
        self.target_critics = copy.deepcopy(self.critics).requires_grad_(False)
        self.actor_optimizer = make_optimizer(self.actor.parameters())
        self.critic_optimizer = make_optimizer(self.critics.parameters())

        self.discount = discount
        self.soft_target_update_rate = soft_target_update_rate
        self.backup_entropy = backup_entropy
        self.target_entropy = -float(ac_dim) if target_entropy is None else target_entropy
        self.log_temperature = nn.Parameter(torch.tensor(temperature).log())
        self.temperature_optimizer = torch.optim.Adam([self.log_temperature], lr=temperature_lr)
        self.critic_loss_fn = nn.MSELoss()

    @property
    def temperature(self) -> torch.Tensor:
        return self.log_temperature.exp()

    @torch.no_grad()
    def get_action(self, observation: torch.Tensor) -> torch.Tensor:
        return self.actor(observation[None]).sample()[0]

    def entropy(self, dist: D.Distribution) -> torch.Tensor:
        """A one-sample estimate: a squashed Gaussian has no closed form."""
        sample = dist.rsample()
        return -dist.log_prob(sample)

    def q_values(self, critics: nn.ModuleList, obs: torch.Tensor, acs: torch.Tensor) -> torch.Tensor:
        """[num_critics, batch]"""
        return torch.stack([critic(obs, acs) for critic in critics], dim=0)

    def update_critic(self, obs, acs, rewards, next_obs, terminals) -> dict:
        # TODO(student): the target values, with the double-Q trick and the entropy bonus.
        with torch.no_grad():
            next_dist = self.actor(next_obs)
            next_acs = next_dist.sample()
            next_qs = self.q_values(self.target_critics, next_obs, next_acs).min(dim=0).values
            if self.backup_entropy:
                next_qs = next_qs + self.temperature * self.entropy(next_dist)
            targets = rewards + self.discount * (1 - terminals) * next_qs

        # TODO(student): regress every critic onto them.
        qs = self.q_values(self.critics, obs, acs)
        loss = self.critic_loss_fn(qs, targets.expand_as(qs))
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()
        return {"critic_loss": loss.item(), "q_values": qs.mean().item(), "target_values": targets.mean().item()}

    def update_actor(self, obs) -> Tuple[dict, torch.Tensor]:
        # TODO(student): the reparameterised gradient, and the entropy bonus.
        dist = self.actor(obs)
        acs = dist.rsample()
        q = self.q_values(self.critics, obs, acs).min(dim=0).values
        entropy = self.entropy(dist)
        loss = -(q + self.temperature.detach() * entropy).mean()
        self.actor_optimizer.zero_grad()
        loss.backward()
        self.actor_optimizer.step()
        return {"actor_loss": loss.item(), "entropy": entropy.mean().item()}, entropy.detach()

    def update_temperature(self, entropy: torch.Tensor) -> dict:
        # TODO(student): dual gradient descent on the entropy constraint.
        loss = (self.temperature * (entropy - self.target_entropy)).mean()
        self.temperature_optimizer.zero_grad()
        loss.backward()
        self.temperature_optimizer.step()
        return {"temperature": self.temperature.item(), "temperature_loss": loss.item()}

    @torch.no_grad()
    def soft_update(self) -> None:
        for target, online in zip(self.target_critics.parameters(), self.critics.parameters()):
            target.mul_(1 - self.soft_target_update_rate).add_(self.soft_target_update_rate * online)

    def update(self, obs, acs, rewards, next_obs, terminals) -> dict:
        info = self.update_critic(obs, acs, rewards, next_obs, terminals)
        actor_info, entropy = self.update_actor(obs)
        temperature_info = self.update_temperature(entropy)
        self.soft_update()
        return {**info, **actor_info, **temperature_info}


def run_training_loop(env, agent: SoftActorCritic, buffer, logger, total_steps: int, random_steps: int, batch_size: int):
    ob, _ = env.reset()
    for step in range(total_steps):
        if step < random_steps:
            ac = env.action_space.sample()
        else:
            ac = agent.get_action(torch.as_tensor(ob, dtype=torch.float32)).numpy()
        next_ob, reward, terminated, truncated, info = env.step(ac)
        # A time limit is not an end: only a true terminal state cuts the bootstrap.
        buffer.insert(ob, ac, reward, next_ob, done=terminated)
        ob = next_ob
        if terminated or truncated:
            logger.log_scalar(info["episode"]["r"], "train_return", step)
            ob, _ = env.reset()
        if step >= random_steps:
            batch = buffer.sample(batch_size)
            update_info = agent.update(
                batch["observations"], batch["actions"], batch["rewards"], batch["next_observations"], batch["dones"]
            )
            if step % 1000 == 0:
                for name, value in update_info.items():
                    logger.log_scalar(value, name, step)
