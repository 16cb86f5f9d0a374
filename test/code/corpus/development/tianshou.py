from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Independent, Normal

from tianshou.algorithm.optim import OptimizerFactory
from tianshou.data import Batch, ReplayBuffer


class FixedAlpha:
    def __init__(self, alpha: float):
        self._value = alpha

    @property
    def value(self) -> float:
        return self._value

    def update(self, entropy: Tensor) -> float | None:
        return None


class AutoAlpha(torch.nn.Module):
    """The entropy coefficient as a parameter of its own, updated towards a target entropy."""

    def __init__(self, target_entropy: float, log_alpha: float, optim: OptimizerFactory):
        super().__init__()
        self._target_entropy = target_entropy
        self._log_alpha = torch.nn.Parameter(torch.tensor(log_alpha))
        self._optim, self._lr_scheduler = optim.create_instances(self)
        self._value = self._log_alpha.detach().exp().item()

    @property
    def value(self) -> float:
        return self._value

    def update(self, entropy: Tensor) -> float:
        entropy_deficit = self._target_entropy - entropy
        alpha_loss = -(self._log_alpha * entropy_deficit).mean()
        self._optim.zero_grad()
        alpha_loss.backward()
        self._optim.step()
        self._value = self._log_alpha.detach().exp().item()
        return alpha_loss.item()


class SACPolicy(torch.nn.Module):
    def forward(self, batch: Batch) -> Batch:
        (loc, scale), hidden = self.actor(batch.obs)
        dist = Independent(Normal(loc, scale), 1)
        act = dist.rsample()
        log_prob = dist.log_prob(act).unsqueeze(-1)
        squashed_action = torch.tanh(act)
        log_prob = log_prob - torch.log((1 - squashed_action.pow(2)) + np.finfo(np.float32).eps.item()).sum(
            -1, keepdim=True
        )
        return Batch(act=squashed_action, state=hidden, dist=dist, log_prob=log_prob)


class SAC:
    def __init__(self, policy, policy_optim, critic, critic_optim, critic2, critic2_optim, tau=0.005, gamma=0.99,
                 alpha: float | AutoAlpha | FixedAlpha = 0.2):
        self.policy, self.policy_optim = policy, policy_optim
        self.critic, self.critic_optim = critic, critic_optim
        self.critic2, self.critic2_optim = critic2, critic2_optim
        self.critic_old, self.critic2_old = self._add_lagged_network(critic), self._add_lagged_network(critic2)
        self.alpha = alpha if not isinstance(alpha, float) else FixedAlpha(alpha)
        self.tau, self.gamma = tau, gamma

    def _target_q(self, buffer: ReplayBuffer, indices: np.ndarray) -> Tensor:
        obs_next_batch = Batch(obs=buffer[indices].obs_next, info=[None] * len(indices))
        obs_next_result = self.policy(obs_next_batch)
        act_ = obs_next_result.act
        return (
            torch.min(self.critic_old(obs_next_batch.obs, act_), self.critic2_old(obs_next_batch.obs, act_))
            - self.alpha.value * obs_next_result.log_prob
        )

    def _update_with_batch(self, batch: Batch) -> dict:
        # critic ensemble; batch.returns were computed from _target_q without gradients
        target_q = batch.returns.flatten()
        for critic, optim in ((self.critic, self.critic_optim), (self.critic2, self.critic2_optim)):
            td = critic(batch.obs, batch.act).flatten() - target_q
            optim.step((td.pow(2) * batch.weight).mean())

        obs_result = self.policy(batch)
        act = obs_result.act
        current_q1a = self.critic(batch.obs, act).flatten()
        current_q2a = self.critic2(batch.obs, act).flatten()
        actor_loss = (
            self.alpha.value * obs_result.log_prob.flatten() - torch.min(current_q1a, current_q2a)
        ).mean()
        self.policy_optim.step(actor_loss)

        entropy = -obs_result.log_prob.detach()
        alpha_loss = self.alpha.update(entropy)
        self._update_lagged_network_weights()
        return {"actor_loss": actor_loss.item(), "alpha": self.alpha.value, "alpha_loss": alpha_loss}
