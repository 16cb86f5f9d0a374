"""Discrete soft actor-critic whose state value is a method and whose batch is a dictionary."""

import math

import torch
from torch.distributions import Categorical
from torch.nn.functional import mse_loss


class SACDiscrete:
    def __init__(self, actor, critic, critic_target, num_actions, lr=3e-4, gamma=0.99):
        self.actor = actor
        self.critic = critic
        self.critic_target = critic_target
        self.gamma = gamma
        self.log_temperature = torch.zeros((), requires_grad=True)
        self.target_entropy = 0.5 * math.log(num_actions)
        self.actor_optimizer = torch.optim.Adam(actor.parameters(), lr=lr)
        self.critic_optimizer = torch.optim.Adam(critic.parameters(), lr=lr)
        self.temperature_optimizer = torch.optim.SGD([self.log_temperature], lr=0.01)

    @property
    def temperature(self):
        return self.log_temperature.exp()

    def soft_value(self, observation):
        policy = Categorical(logits=self.actor(observation))
        q1, q2 = self.critic_target(observation)
        q = torch.min(q1, q2)
        return (policy.probs * q).sum(-1) + self.temperature * policy.entropy()

    def update_critic(self, batch):
        with torch.no_grad():
            not_done = 1.0 - batch["terminated"].float()
            target = batch["reward"] + self.gamma * not_done * self.soft_value(batch["next_observation"])
        q1, q2 = self.critic(batch["observation"])
        index = batch["action"].long().unsqueeze(-1)
        loss = mse_loss(q1.gather(-1, index).squeeze(-1), target) + mse_loss(q2.gather(-1, index).squeeze(-1), target)
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()

    def update_actor(self, batch):
        policy = Categorical(logits=self.actor(batch["observation"]))
        with torch.no_grad():
            q1, q2 = self.critic(batch["observation"])
            q = torch.min(q1, q2)
        entropy = policy.entropy()
        expected_q = (policy.probs * q).sum(-1)
        loss = -(expected_q + self.temperature.detach() * entropy).mean()
        self.actor_optimizer.zero_grad()
        loss.backward()
        self.actor_optimizer.step()
        return entropy.detach()

    def update_temperature(self, entropy):
        loss = (self.temperature * (entropy - self.target_entropy)).mean()
        self.temperature_optimizer.zero_grad()
        loss.backward()
        self.temperature_optimizer.step()
