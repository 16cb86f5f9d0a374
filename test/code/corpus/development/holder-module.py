import collections
import copy
from logging import getLogger

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from rl.agent import AttributeSavingMixin, BatchAgent
from rl.replay_buffer import batch_experiences
from rl.utils.copy_param import synchronize_parameters
from rl.utils.mode_of_distribution import mode_of_distribution


class TemperatureHolder(nn.Module):
    """Holds a temperature as a learnable parameter, by its logarithm."""

    def __init__(self, initial_log_temperature=0):
        super().__init__()
        self.log_temperature = nn.Parameter(torch.tensor(initial_log_temperature, dtype=torch.float32))

    def forward(self):
        return torch.exp(self.log_temperature)


class SoftActorCritic(AttributeSavingMixin, BatchAgent):
    saved_attributes = ("policy", "q_func1", "q_func2", "target_q_func1", "target_q_func2", "policy_optimizer",
                        "q_func1_optimizer", "q_func2_optimizer", "temperature_holder", "temperature_optimizer")

    def __init__(self, policy, q_func1, q_func2, policy_optimizer, q_func1_optimizer, q_func2_optimizer,
                 replay_buffer, gamma, replay_start_size=10000, minibatch_size=100, update_interval=1,
                 soft_update_tau=5e-3, logger=getLogger(__name__), initial_temperature=1.0, entropy_target=None,
                 temperature_optimizer_lr=3e-4):
        self.policy, self.q_func1, self.q_func2 = policy, q_func1, q_func2
        self.target_q_func1 = copy.deepcopy(self.q_func1).eval().requires_grad_(False)
        self.target_q_func2 = copy.deepcopy(self.q_func2).eval().requires_grad_(False)
        self.replay_buffer, self.gamma = replay_buffer, gamma
        self.soft_update_tau = soft_update_tau
        self.policy_optimizer = policy_optimizer
        self.q_func1_optimizer, self.q_func2_optimizer = q_func1_optimizer, q_func2_optimizer
        self.initial_temperature = initial_temperature
        self.entropy_target = entropy_target
        if self.entropy_target is not None:
            self.temperature_holder = TemperatureHolder(initial_log_temperature=np.log(initial_temperature))
            self.temperature_optimizer = torch.optim.Adam(
                self.temperature_holder.parameters(), lr=temperature_optimizer_lr)
        self.temperature_record = collections.deque(maxlen=100)

    @property
    def temperature(self):
        if self.entropy_target is None:
            return self.initial_temperature
        with torch.no_grad():
            return float(self.temperature_holder())

    def update_q_func(self, batch):
        batch_next_state, batch_rewards, batch_terminal = batch["next_state"], batch["reward"], batch["is_state_terminal"]
        with torch.no_grad():
            next_action_distrib = self.policy(batch_next_state)
            next_actions = next_action_distrib.sample()
            next_log_prob = next_action_distrib.log_prob(next_actions)
            next_q1 = self.target_q_func1((batch_next_state, next_actions))
            next_q2 = self.target_q_func2((batch_next_state, next_actions))
            next_q = torch.min(next_q1, next_q2)
            entropy_term = self.temperature * next_log_prob[..., None]
            target_q = batch_rewards + batch["discount"] * (1.0 - batch_terminal) * torch.flatten(next_q - entropy_term)
        predict_q1 = torch.flatten(self.q_func1((batch["state"], batch["action"])))
        predict_q2 = torch.flatten(self.q_func2((batch["state"], batch["action"])))
        for loss, optimizer in ((0.5 * F.mse_loss(target_q, predict_q1), self.q_func1_optimizer),
                                (0.5 * F.mse_loss(target_q, predict_q2), self.q_func2_optimizer)):
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def update_temperature(self, log_prob):
        assert not log_prob.requires_grad
        loss = -torch.mean(self.temperature_holder() * (log_prob + self.entropy_target))
        self.temperature_optimizer.zero_grad()
        loss.backward()
        self.temperature_optimizer.step()

    def update_policy_and_temperature(self, batch):
        batch_state = batch["state"]
        action_distrib = self.policy(batch_state)
        actions = action_distrib.rsample()
        log_prob = action_distrib.log_prob(actions)
        q1 = self.q_func1((batch_state, actions))
        q2 = self.q_func2((batch_state, actions))
        q = torch.min(q1, q2)
        entropy_term = self.temperature * log_prob[..., None]
        loss = torch.mean(entropy_term - q)
        self.policy_optimizer.zero_grad()
        loss.backward()
        self.policy_optimizer.step()
        if self.entropy_target is not None:
            self.update_temperature(log_prob.detach())
        self.temperature_record.append(self.temperature)


def make_agent(env, nets, optimizers, buffer):
    action_size = env.action_space.low.size
    return SoftActorCritic(*nets, *optimizers, buffer, gamma=0.99, entropy_target=-action_size)
