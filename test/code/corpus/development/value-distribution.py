# Distributional SAC: a critic gives mean and deviation of the return; driving-lab code with containers of networks.

__all__ = ["ApproxContainer", "DistributionalSAC"]

import time
from copy import deepcopy
from typing import Any, Optional, Tuple

import torch
import torch.nn as nn
from torch.distributions import Normal
from torch.optim import Adam

from drivelab.create import create_approximator
from drivelab.tensorboard import tb_tags
from drivelab.types import DataDict

EPS = 1e-6


class TanhGauss:
    """Gaussian squashed to the limits of the action space."""

    def __init__(self, logits: torch.Tensor, high: torch.Tensor, low: torch.Tensor):
        self.mean, self.std = torch.chunk(logits, chunks=2, dim=-1)
        self.base = Normal(self.mean, self.std)
        self.half = (high - low) / 2
        self.center = (high + low) / 2

    def rsample(self) -> Tuple[torch.Tensor, torch.Tensor]:
        raw = self.base.rsample()
        limited = self.half * torch.tanh(raw) + self.center
        log_prob = self.base.log_prob(raw) - torch.log(1 + EPS - torch.tanh(raw) ** 2) - torch.log(self.half)
        return limited, log_prob.sum(-1)

    def mode(self) -> torch.Tensor:
        return self.half * torch.tanh(self.mean) + self.center


class ApproxContainer(nn.Module):
    def __init__(self, **kwargs):
        super().__init__()
        self.q1 = create_approximator(kind="distributional_value", **kwargs)
        self.q2 = create_approximator(kind="distributional_value", **kwargs)
        self.q1_target = deepcopy(self.q1)
        self.q2_target = deepcopy(self.q2)
        self.policy = create_approximator(kind="stochastic_policy", **kwargs)
        for p in list(self.q1_target.parameters()) + list(self.q2_target.parameters()):
            p.requires_grad = False
        self.log_alpha = nn.Parameter(torch.tensor(1, dtype=torch.float32))
        self.register_buffer("high", torch.as_tensor(kwargs["action_high_limit"], dtype=torch.float32))
        self.register_buffer("low", torch.as_tensor(kwargs["action_low_limit"], dtype=torch.float32))

        self.q1_optimizer = Adam(self.q1.parameters(), lr=kwargs["value_learning_rate"])
        self.q2_optimizer = Adam(self.q2.parameters(), lr=kwargs["value_learning_rate"])
        self.policy_optimizer = Adam(self.policy.parameters(), lr=kwargs["policy_learning_rate"])
        self.alpha_optimizer = Adam([self.log_alpha], lr=kwargs["alpha_learning_rate"])

    def action_distribution(self, obs: torch.Tensor) -> TanhGauss:
        return TanhGauss(self.policy(obs), self.high, self.low)


class DistributionalSAC:
    def __init__(self, index: int = 0, **kwargs: Any):
        self.networks = ApproxContainer(**kwargs)
        self.gamma = kwargs["gamma"]
        self.tau = kwargs["tau"]
        self.target_entropy = -kwargs["action_dim"]
        self.auto_alpha = kwargs["auto_alpha"]
        self.alpha = kwargs.get("alpha", 0.2)
        self.tau_b = kwargs.get("tau_b", self.tau)
        self.mean_std1: Optional[torch.Tensor] = None
        self.mean_std2: Optional[torch.Tensor] = None

    def local_update(self, data: DataDict, iteration: int) -> dict:
        tb_info = self._compute_gradient(data, iteration)
        self._update(iteration)
        return tb_info

    def _get_alpha(self, requires_grad: bool = False):
        if not self.auto_alpha:
            return self.alpha
        alpha = self.networks.log_alpha.exp()
        return alpha if requires_grad else alpha.item()

    def _compute_gradient(self, data: DataDict, iteration: int) -> dict:
        start = time.time()
        new_act, new_log_prob = self.networks.action_distribution(data["obs"]).rsample()
        data.update({"new_act": new_act, "new_log_prob": new_log_prob})

        self.networks.q1_optimizer.zero_grad()
        self.networks.q2_optimizer.zero_grad()
        loss_q, q1, q2, std1, std2 = self._compute_loss_q(data)
        loss_q.backward()

        for p in [*self.networks.q1.parameters(), *self.networks.q2.parameters()]:
            p.requires_grad = False
        self.networks.policy_optimizer.zero_grad()
        loss_policy, entropy = self._compute_loss_policy(data)
        loss_policy.backward()
        for p in [*self.networks.q1.parameters(), *self.networks.q2.parameters()]:
            p.requires_grad = True

        if self.auto_alpha:
            self.networks.alpha_optimizer.zero_grad()
            loss_alpha = self._compute_loss_alpha(data)
            loss_alpha.backward()

        return {
            tb_tags["loss_critic"]: loss_q.item(),
            tb_tags["loss_actor"]: loss_policy.item(),
            "SAC/critic_avg_q1": q1.item(),
            "SAC/critic_avg_std1": std1.item(),
            "SAC/entropy": entropy.item(),
            "SAC/alpha": self._get_alpha(),
            tb_tags["alg_time"]: (time.time() - start) * 1000,
        }

    def _q_evaluate(self, obs: torch.Tensor, act: torch.Tensor, qnet: nn.Module):
        mean, std = torch.chunk(qnet(obs, act), chunks=2, dim=-1)
        noise = torch.clamp(torch.randn_like(mean), -3, 3)
        sampled = mean + noise * std
        return mean.squeeze(-1), std.squeeze(-1), sampled.squeeze(-1)

    def _compute_loss_q(self, data: DataDict):
        obs, act, rew, obs2, done = data["obs"], data["act"], data["rew"], data["obs2"], data["done"]
        q1, q1_std, _ = self._q_evaluate(obs, act, self.networks.q1)
        q2, q2_std, _ = self._q_evaluate(obs, act, self.networks.q2)
        self.mean_std1 = self._running(self.mean_std1, q1_std)
        self.mean_std2 = self._running(self.mean_std2, q2_std)

        with torch.no_grad():
            act2, log_prob_act2 = self.networks.action_distribution(obs2).rsample()
            q1_next, _, q1_next_sample = self._q_evaluate(obs2, act2, self.networks.q1_target)
            q2_next, _, q2_next_sample = self._q_evaluate(obs2, act2, self.networks.q2_target)
            q_next = torch.min(q1_next, q2_next)
            q_next_sample = torch.where(q1_next < q2_next, q1_next_sample, q2_next_sample)

        target_q, target_q_sample = self._compute_target_q(rew, done, q_next, q_next_sample, log_prob_act2)
        loss1 = self._nll(q1, q1_std, target_q, target_q_sample, self.mean_std1)
        loss2 = self._nll(q2, q2_std, target_q, target_q_sample, self.mean_std2)
        return loss1 + loss2, q1.detach().mean(), q2.detach().mean(), q1_std.detach().mean(), q2_std.detach().mean()

    def _running(self, mean: Optional[torch.Tensor], std: torch.Tensor) -> torch.Tensor:
        now = std.detach().mean()
        return now if mean is None else (1 - self.tau_b) * mean + self.tau_b * now

    def _compute_target_q(self, r, done, q_next, q_next_sample, log_prob_a_next):
        alpha = self._get_alpha()
        target_q = r + (1 - done) * self.gamma * (q_next - alpha * log_prob_a_next)
        target_q_sample = r + (1.0 - done) * self.gamma * (q_next_sample - self._get_alpha() * log_prob_a_next)
        return target_q.detach(), target_q_sample.detach()

    def _nll(self, q, q_std, target, target_sample, mean_std):
        """Gradient of the Gaussian likelihood with bounded targets of the deviation."""
        bound = 3 * mean_std
        bounded = torch.clamp(target_sample - q.detach(), -bound, bound) + q.detach()
        std = torch.clamp(q_std, min=0.0).detach()
        scale = (mean_std**2 + 0.1) / (std**2 + 0.1)
        pull = -(target - q).detach() * q
        width = -(((q.detach() - bounded) ** 2 - std**2) / (std + 0.1)) * q_std
        return torch.mean(scale * (pull + width))

    def _compute_loss_policy(self, data: DataDict):
        obs, new_act, new_log_prob = data["obs"], data["new_act"], data["new_log_prob"]
        q1, _, _ = self._q_evaluate(obs, new_act, self.networks.q1)
        q2, _, _ = self._q_evaluate(obs, new_act, self.networks.q2)
        loss_policy = (self._get_alpha() * new_log_prob - torch.min(q1, q2)).mean()
        entropy = -new_log_prob.detach().mean()
        return loss_policy, entropy

    def _compute_loss_alpha(self, data: DataDict) -> torch.Tensor:
        new_log_prob = data["new_log_prob"]
        alpha = self._get_alpha(True)
        return -alpha * (new_log_prob.detach() + self.target_entropy).mean()

    def _update(self, iteration: int) -> None:
        self.networks.q1_optimizer.step()
        self.networks.q2_optimizer.step()
        self.networks.policy_optimizer.step()
        if self.auto_alpha:
            self.networks.alpha_optimizer.step()
        with torch.no_grad():
            polyak = 1 - self.tau
            for net, slow in (
                (self.networks.q1, self.networks.q1_target),
                (self.networks.q2, self.networks.q2_target),
            ):
                for p, p_targ in zip(net.parameters(), slow.parameters()):
                    p_targ.data.mul_(polyak)
                    p_targ.data.add_((1 - polyak) * p.data)
