"""Soft actor-critic under a cost limit: a Lagrange multiplier for the cost, a temperature for the entropy."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn, optim
from torch.distributions import Normal, TanhTransform, TransformedDistribution
from torch.nn.functional import mse_loss, softplus
from torch.nn.utils import clip_grad_norm_

from saferl.algorithms import registry
from saferl.algorithms.off_policy.base import OffPolicyAlgorithm
from saferl.models import build_mlp


class CostMultiplier:
    """λ of the constraint E[cost] <= limit, by dual ascent."""

    def __init__(self, cost_limit: float, init_value: float, lr: float, upper: float) -> None:
        self.cost_limit = cost_limit
        self.upper = upper
        self.raw = nn.Parameter(torch.as_tensor(max(init_value, 1e-3)))
        self.optimizer = optim.Adam([self.raw], lr=lr)

    @property
    def value(self) -> float:
        return self.raw.clamp(0.0, self.upper).item()

    def update(self, mean_cost: float) -> None:
        self.optimizer.zero_grad()
        loss = -self.raw * (mean_cost - self.cost_limit)
        loss.backward()
        self.optimizer.step()
        self.raw.data.clamp_(0.0, self.upper)


class Actor(nn.Module):
    def __init__(self, obs_dim: int, act_dim: int, hidden: list[int]) -> None:
        super().__init__()
        self.net = build_mlp([obs_dim, *hidden, 2 * act_dim])

    def distribution(self, obs: torch.Tensor) -> TransformedDistribution:
        mean, log_std = torch.chunk(self.net(obs), 2, dim=-1)
        std = torch.clamp(log_std, -20.0, 2.0).exp()
        return TransformedDistribution(Normal(mean, std), [TanhTransform(cache_size=1)])

    def predict(self, obs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        dist = self.distribution(obs)
        act = dist.rsample()
        logp = dist.log_prob(act).sum(dim=-1)
        return act, logp


class Critic(nn.Module):
    def __init__(self, obs_dim: int, act_dim: int, hidden: list[int], count: int) -> None:
        super().__init__()
        self.nets = nn.ModuleList(build_mlp([obs_dim + act_dim, *hidden, 1]) for _ in range(count))

    def forward(self, obs: torch.Tensor, act: torch.Tensor) -> list[torch.Tensor]:
        joint = torch.cat([obs, act], dim=-1)
        return [net(joint).squeeze(-1) for net in self.nets]


class ActorCritic:
    def __init__(self, obs_dim: int, act_dim: int, model_cfgs) -> None:
        self.actor = Actor(obs_dim, act_dim, model_cfgs.hidden_sizes)
        self.reward_critic = Critic(obs_dim, act_dim, model_cfgs.hidden_sizes, count=2)
        self.cost_critic = Critic(obs_dim, act_dim, model_cfgs.hidden_sizes, count=1)
        self.target_reward_critic = deepcopy(self.reward_critic).requires_grad_(False)
        self.target_cost_critic = deepcopy(self.cost_critic).requires_grad_(False)
        self.actor_optimizer = optim.Adam(self.actor.parameters(), lr=model_cfgs.actor.lr)
        self.reward_critic_optimizer = optim.Adam(self.reward_critic.parameters(), lr=model_cfgs.critic.lr)
        self.cost_critic_optimizer = optim.Adam(self.cost_critic.parameters(), lr=model_cfgs.critic.lr)

    def polyak_update(self, tau: float) -> None:
        for online, slow in (
            (self.reward_critic, self.target_reward_critic),
            (self.cost_critic, self.target_cost_critic),
        ):
            for param, target_param in zip(online.parameters(), slow.parameters()):
                target_param.data.copy_(tau * param.data + (1 - tau) * target_param.data)


@registry.register
class SACLag(OffPolicyAlgorithm):
    def _init(self) -> None:
        super()._init()
        algo = self._cfgs.algo_cfgs
        self._actor_critic = ActorCritic(self._env.obs_dim, self._env.act_dim, self._cfgs.model_cfgs)
        self._multiplier = CostMultiplier(**self._cfgs.lagrange_cfgs)
        # The temperature is the dual variable of E[-log pi] >= entropy bound; softplus keeps it positive.
        self._dual = torch.full((1,), algo.dual_init, requires_grad=True, device=self._device)
        self._dual_optimizer = optim.Adam([self._dual], lr=algo.dual_lr)
        self._entropy_bound = -self._env.act_dim

    def _init_log(self) -> None:
        super()._init_log()
        for key in ("Value/alpha", "Loss/Loss_alpha", "Train/Entropy", "Metrics/LagrangeMultiplier"):
            self._logger.register_key(key)

    @property
    def _alpha(self) -> torch.Tensor:
        return softplus(self._dual)

    def _update_reward_critic(self, obs, act, reward, terminated, next_obs) -> None:
        with torch.no_grad():
            next_act, next_logp = self._actor_critic.actor.predict(next_obs)
            next_q1, next_q2 = self._actor_critic.target_reward_critic(next_obs, next_act)
            soft_next_q = torch.min(next_q1, next_q2) - self._alpha * next_logp
            target_q = reward + self._cfgs.algo_cfgs.gamma * (1 - terminated) * soft_next_q
        q1, q2 = self._actor_critic.reward_critic(obs, act)
        loss = mse_loss(q1, target_q) + mse_loss(q2, target_q)
        self._actor_critic.reward_critic_optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(self._actor_critic.reward_critic.parameters(), self._cfgs.algo_cfgs.max_grad_norm)
        self._actor_critic.reward_critic_optimizer.step()
        self._logger.store({"Loss/Loss_reward_critic": loss.mean().item()})

    def _update_cost_critic(self, obs, act, cost, terminated, next_obs) -> None:
        with torch.no_grad():
            cost_act, _ = self._actor_critic.actor.predict(next_obs)
            (next_cost,) = self._actor_critic.target_cost_critic(next_obs, cost_act)
            target_cost = cost + self._cfgs.algo_cfgs.cost_gamma * (1.0 - terminated) * next_cost
        (q_cost,) = self._actor_critic.cost_critic(obs, act)
        loss = mse_loss(q_cost, target_cost)
        self._actor_critic.cost_critic_optimizer.zero_grad()
        loss.backward()
        self._actor_critic.cost_critic_optimizer.step()

    def _loss_pi(self, obs: torch.Tensor) -> torch.Tensor:
        action, log_prob = self._actor_critic.actor.predict(obs)
        q1_r, q2_r = self._actor_critic.reward_critic(obs, action)
        (q_c,) = self._actor_critic.cost_critic(obs, action)
        lagrange = self._multiplier.value
        loss_r = self._alpha.detach() * log_prob - torch.min(q1_r, q2_r)
        loss_c = lagrange * q_c
        return (loss_r + loss_c).mean() / (1 + lagrange)

    def _update_actor(self, obs: torch.Tensor) -> None:
        for net in (self._actor_critic.reward_critic, self._actor_critic.cost_critic):
            net.requires_grad_(False)
        loss = self._loss_pi(obs)
        self._actor_critic.actor_optimizer.zero_grad()
        loss.backward()
        self._actor_critic.actor_optimizer.step()
        for net in (self._actor_critic.reward_critic, self._actor_critic.cost_critic):
            net.requires_grad_(True)
        self._update_alpha(obs)

    def _update_alpha(self, obs: torch.Tensor) -> None:
        with torch.no_grad():
            _, log_prob = self._actor_critic.actor.predict(obs)
        slack = -log_prob - self._entropy_bound
        alpha_loss = (self._alpha * slack).mean()
        self._dual_optimizer.zero_grad()
        alpha_loss.backward()
        self._dual_optimizer.step()
        self._logger.store(
            {
                "Value/alpha": self._alpha.item(),
                "Loss/Loss_alpha": alpha_loss.item(),
                "Train/Entropy": -log_prob.mean().item(),
            }
        )

    def _update(self) -> None:
        for _ in range(self._cfgs.algo_cfgs.update_iters):
            data = self._buf.sample_batch()
            obs, act, next_obs = data["obs"], data["act"], data["next_obs"]
            terminated = data["terminated"].float()
            self._update_reward_critic(obs, act, data["reward"], terminated, next_obs)
            self._update_cost_critic(obs, act, data["cost"], terminated, next_obs)
            self._update_actor(obs)
            self._actor_critic.polyak_update(self._cfgs.algo_cfgs.polyak)
        self._multiplier.update(self._logger.get_stats("Metrics/EpCost")[0])
        self._logger.store({"Metrics/LagrangeMultiplier": self._multiplier.value})
