import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import Optimizer

from ....models.torch import ContinuousEnsembleQFunctionForwarder, Parameter, build_squashed_gaussian_distribution
from ....torch_utility import Modules, TorchMiniBatch
from ....types import Shape
from .ddpg_impl import DDPGBaseActorLoss, DDPGBaseImpl, DDPGBaseModules

__all__ = ["SACImpl", "SACModules", "SACActorLoss"]


@dataclasses.dataclass(frozen=True)
class SACModules(DDPGBaseModules):
    policy: nn.Module
    log_temp: Parameter
    temp_optim: Optimizer | None


@dataclasses.dataclass(frozen=True)
class SACActorLoss(DDPGBaseActorLoss):
    temp: torch.Tensor
    temp_loss: torch.Tensor


class SACImpl(DDPGBaseImpl):
    _modules: SACModules

    def __init__(self, observation_shape: Shape, action_size: int, modules: SACModules,
                 q_func_forwarder: ContinuousEnsembleQFunctionForwarder,
                 targ_q_func_forwarder: ContinuousEnsembleQFunctionForwarder,
                 gamma: float, tau: float, device: str):
        super().__init__(observation_shape, action_size, modules, q_func_forwarder, targ_q_func_forwarder,
                         gamma, tau, device)

    def compute_actor_loss(self, batch: TorchMiniBatch, action) -> SACActorLoss:
        dist = build_squashed_gaussian_distribution(action)
        sampled_action, log_prob = dist.sample_with_log_prob()

        if self._modules.temp_optim:
            temp_loss = self.update_temp(log_prob)
        else:
            temp_loss = torch.tensor(0.0, dtype=torch.float32, device=sampled_action.device)

        entropy = self._modules.log_temp().exp() * log_prob
        q_t = self._q_func_forwarder.compute_expected_q(batch.observations, sampled_action, "min")
        return SACActorLoss(
            actor_loss=(entropy - q_t).mean(),
            temp_loss=temp_loss,
            temp=self._modules.log_temp().exp()[0][0],
        )

    def update_temp(self, log_prob: torch.Tensor) -> torch.Tensor:
        assert self._modules.temp_optim
        self._modules.temp_optim.zero_grad()
        with torch.no_grad():
            targ_temp = log_prob - self._action_size
        loss = -(self._modules.log_temp().exp() * targ_temp).mean()
        loss.backward()
        self._modules.temp_optim.step()
        return loss

    def compute_target(self, batch: TorchMiniBatch) -> torch.Tensor:
        with torch.no_grad():
            dist = build_squashed_gaussian_distribution(self._modules.policy(batch.next_observations))
            action, log_prob = dist.sample_with_log_prob()
            entropy = self._modules.log_temp().exp() * log_prob
            target = self._targ_q_func_forwarder.compute_target(
                batch.next_observations, action, reduction="min",
            )
            return target - entropy

    def compute_critic_loss(self, batch: TorchMiniBatch, q_tpn: torch.Tensor):
        not_terminal = 1.0 - batch.terminals
        y = batch.rewards + self._gamma**batch.intervals * not_terminal * q_tpn
        q_functions = self._q_func_forwarder.forward(batch.observations, batch.actions)
        return sum(F.mse_loss(q, y) for q in q_functions)


class SACAlgo:
    def inner_create_impl(self, observation_shape: Shape, action_size: int) -> None:
        log_temp = Parameter(torch.full((1, 1), math.log(self._config.initial_temperature), device=self._device))
        temp_optim = self._config.temp_optim_factory.create(
            log_temp.named_modules(), lr=3e-4, compiled=self.compiled
        )
        policy, q_funcs, targ_q_funcs = self._build(observation_shape, action_size)
        modules = SACModules(policy=policy, q_funcs=q_funcs, targ_q_funcs=targ_q_funcs, log_temp=log_temp,
                             temp_optim=temp_optim)
        self._impl = SACImpl(observation_shape, action_size, modules, self._forwarder, self._targ_forwarder,
                             self._config.gamma, self._config.tau, self._device)
