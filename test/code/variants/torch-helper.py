import numpy as np
import torch
from torch.distributions import Normal


class Learner:
    def __init__(self, action_space):
        self.h_bar = -np.prod(action_space.shape)
        self.log_alpha = torch.nn.Parameter(torch.zeros(1))
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=3e-4)

    @property
    def alpha(self):
        return self.log_alpha.exp().detach()

    def temperature_loss(self, logp):
        error = -logp - self.h_bar
        return (self.log_alpha * error.detach()).mean()

    def policy_losses(self, obs):
        dist = Normal(*self.policy(obs))
        action = dist.rsample()
        logp = dist.log_prob(action).sum(-1)
        q = torch.min(*self.qs(obs, action))
        policy_loss = (self.alpha * logp - q).mean()
        return policy_loss, self.temperature_loss(logp)

    def train(self, obs, next_obs, reward, done):
        next_q = self.q_target(next_obs, self.next_action) - self.alpha * self.next_logp
        policy_loss, alpha_loss = self.policy_losses(obs)
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()
