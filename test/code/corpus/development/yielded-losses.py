import copy
import logging
from typing import List, Optional

import numpy as np
import torch
import torch.nn.functional as F

from trainers.base import TrainerModule
from trainers.optimizer import SoftUpdate
from trainers.parameters import param_hash

logger = logging.getLogger(__name__)


class SACTrainer(TrainerModule):
    """The losses are yielded in the order of the optimizers; the trainer zeroes, steps and goes on."""

    def __init__(self, actor_network, q1_network, q2_network=None, value_network=None, rl=None,
                 q_network_optimizer=None, actor_network_optimizer=None, alpha_optimizer=None,
                 minibatch_size: int = 1024, entropy_temperature: float = 0.01,
                 target_entropy: float = -4.0, crr_config=None):
        super().__init__()
        self.rl_parameters = rl
        self.q1_network, self.q2_network = q1_network, q2_network
        self.q1_network_target = copy.deepcopy(self.q1_network)
        self.q2_network_target = copy.deepcopy(self.q2_network)
        self.actor_network = actor_network
        self.q_network_optimizer = q_network_optimizer
        self.actor_network_optimizer = actor_network_optimizer
        self.entropy_temperature = entropy_temperature
        self.alpha_optimizer = alpha_optimizer
        if self.alpha_optimizer is not None:
            self.target_entropy = target_entropy
            self.log_alpha = torch.nn.Parameter(torch.tensor([np.log(self.entropy_temperature)]))

    def configure_optimizers(self):
        optimizers = []
        optimizers.append(self.q_network_optimizer.make_optimizer_scheduler(self.q1_network.parameters()))
        optimizers.append(self.q_network_optimizer.make_optimizer_scheduler(self.q2_network.parameters()))
        optimizers.append(self.actor_network_optimizer.make_optimizer_scheduler(self.actor_network.parameters()))
        if self.alpha_optimizer is not None:
            optimizers.append({"optimizer": torch.optim.Adam([self.log_alpha], lr=0.001)})
        target_params = [*self.q1_network_target.parameters(), *self.q2_network_target.parameters()]
        source_params = [*self.q1_network.parameters(), *self.q2_network.parameters()]
        optimizers.append(SoftUpdate.make_optimizer_scheduler(target_params, source_params, tau=self.tau))
        return optimizers

    def train_step_gen(self, training_batch, batch_idx: int):
        state, action = training_batch.state, training_batch.action
        reward, discount = training_batch.reward, torch.full_like(training_batch.reward, self.gamma)
        not_done_mask = training_batch.not_terminal

        next_actor_output = self.actor_network(training_batch.next_state)
        next_state_actor_action = (training_batch.next_state, next_actor_output.action)
        next_state_value = torch.min(
            self.q1_network_target(*next_state_actor_action), self.q2_network_target(*next_state_actor_action))
        log_prob_a = next_actor_output.log_prob.clamp(-20.0, 20.0)
        next_state_value -= self.entropy_temperature * log_prob_a
        target_q_value = reward + discount * next_state_value * not_done_mask.float()

        q1_value = self.q1_network(state, action)
        q1_loss = F.mse_loss(q1_value, target_q_value.detach())
        yield q1_loss
        q2_value = self.q2_network(state, action)
        q2_loss = F.mse_loss(q2_value, target_q_value.detach())
        yield q2_loss

        actor_output = self.actor_network(state)
        q1_actor_value = self.q1_network(state, actor_output.action)
        q2_actor_value = self.q2_network(state, actor_output.action)
        min_q_actor_value = torch.min(q1_actor_value, q2_actor_value)
        actor_log_prob = actor_output.log_prob
        actor_loss = self.entropy_temperature * actor_log_prob - min_q_actor_value
        yield actor_loss.mean()

        if self.alpha_optimizer is not None:
            alpha_loss = -(self.log_alpha * (actor_log_prob + self.target_entropy).detach()).mean()
            yield alpha_loss
            self.entropy_temperature = self.log_alpha.exp().detach()

        yield self.soft_update_result()
