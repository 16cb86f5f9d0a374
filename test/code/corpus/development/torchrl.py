from __future__ import annotations

import math
from typing import Union

import numpy as np
import torch
from tensordict import TensorDict
from tensordict.nn import ProbabilisticTensorDictSequential, dispatch
from torch import Tensor, nn

from torchrl.objectives.common import LossModule
from torchrl.objectives.utils import distance_loss


class SACLoss(LossModule):
    """The losses of Soft Actor-Critic; an optimizer of each loss's own parameters steps outside."""

    def __init__(self, actor_network: ProbabilisticTensorDictSequential, qvalue_network, *, num_qvalue_nets: int = 2,
                 loss_function: str = "smooth_l1", alpha_init: float = 1.0, min_alpha: float = None,
                 max_alpha: float = None, action_spec=None, fixed_alpha: bool = False,
                 target_entropy: Union[str, float] = "auto", gamma: float = 0.99):
        super().__init__()
        self.convert_to_functional(actor_network, "actor_network")
        self.convert_to_functional(qvalue_network, "qvalue_network", num_qvalue_nets, create_target_params=True)
        self.loss_function = loss_function
        self.gamma = gamma
        self._action_spec = action_spec
        self.register_buffer("min_log_alpha", torch.as_tensor(-20.0 if min_alpha is None else math.log(min_alpha)))
        self.register_buffer("max_log_alpha", torch.as_tensor(20.0 if max_alpha is None else math.log(max_alpha)))
        if fixed_alpha:
            self.register_buffer("log_alpha", torch.tensor(math.log(alpha_init)))
        else:
            self.register_parameter("log_alpha", nn.Parameter(torch.tensor(math.log(alpha_init)), requires_grad=True))
        self._target_entropy = target_entropy

    @property
    def target_entropy(self) -> Tensor:
        if self._target_entropy == "auto":
            return -float(np.prod(self._action_spec.shape))
        return float(self._target_entropy)

    @property
    def _alpha(self) -> Tensor:
        # Bounds are applied whenever alpha is read, which is after the last step and before the next loss.
        with torch.no_grad():
            self.log_alpha.data.clamp_(self.min_log_alpha, self.max_log_alpha)
        return self.log_alpha.exp()

    @dispatch
    def forward(self, tensordict: TensorDict) -> TensorDict:
        loss_qvalue, value_metadata = self._qvalue_loss(tensordict)
        loss_actor, metadata_actor = self._actor_loss(tensordict)
        loss_alpha = self._alpha_loss(log_prob=metadata_actor["log_prob"])
        return TensorDict(
            {
                "loss_actor": loss_actor.mean(),
                "loss_qvalue": loss_qvalue.mean(),
                "loss_alpha": loss_alpha.mean(),
                "alpha": self._alpha.detach(),
                "entropy": -metadata_actor["log_prob"].mean(),
            }
        )

    def _actor_loss(self, tensordict):
        with self.actor_network_params.to_module(self.actor_network):
            dist = self.actor_network.get_dist(tensordict)
            a_reparm = dist.rsample()
        log_prob = dist.log_prob(a_reparm)
        td_q = tensordict.select(*self.qvalue_network.in_keys, strict=False)
        td_q.set("action", a_reparm)
        td_q = self._vmap_qnetwork(td_q, self.qvalue_network_params.data)
        min_q_logprob = td_q.get("state_action_value").min(0)[0].squeeze(-1)
        return self._alpha.detach() * log_prob - min_q_logprob, {"log_prob": log_prob.detach()}

    @torch.no_grad()
    def _compute_target(self, tensordict):
        next_tensordict = tensordict.get("next").clone(False)
        with self.actor_network_params.to_module(self.actor_network):
            next_dist = self.actor_network.get_dist(next_tensordict)
            next_action = next_dist.rsample()
        next_tensordict.set("action", next_action)
        next_sample_log_prob = next_dist.log_prob(next_action)
        next_td = self._vmap_qnetwork(next_tensordict, self.target_qvalue_network_params)
        state_action_value = next_td.get("state_action_value").min(0)[0]
        next_state_value = state_action_value - self._alpha * next_sample_log_prob.unsqueeze(-1)
        reward, terminated = tensordict.get(("next", "reward")), tensordict.get(("next", "terminated"))
        return (reward + self.gamma * (1 - terminated.float()) * next_state_value).squeeze(-1)

    def _qvalue_loss(self, tensordict):
        target_value = self._compute_target(tensordict)
        td_q = self._vmap_qnetwork(tensordict.select(*self.qvalue_network.in_keys), self.qvalue_network_params)
        pred_val = td_q.get("state_action_value").squeeze(-1)
        loss_qval = distance_loss(pred_val, target_value.expand_as(pred_val), loss_function=self.loss_function)
        return loss_qval.sum(0), {"td_error": (pred_val - target_value).abs().max(0)[0].detach()}

    def _alpha_loss(self, log_prob: Tensor) -> Tensor:
        if self.target_entropy is not None:
            # we can compute this loss even if log_alpha is not a parameter
            alpha_loss = -self.log_alpha * (log_prob + self.target_entropy)
        else:
            alpha_loss = torch.zeros_like(log_prob)
        return alpha_loss
