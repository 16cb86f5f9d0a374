# The names mislead here, the products do not: `entropy` holds log π, and the target is +d.
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=256):
        super().__init__()
        self.base = nn.Sequential(nn.Linear(obs_dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.mu = nn.Linear(hidden, act_dim)
        self.ls = nn.Linear(hidden, act_dim)

    def evaluate(self, obs):
        h = self.base(obs)
        dist = Normal(self.mu(h), self.ls(h).clamp(-20, 2).exp())
        z = dist.rsample()
        act = z.tanh()
        entropy = (dist.log_prob(z) - torch.log(1 - act.pow(2) + 1e-6)).sum(-1, keepdim=True)
        return act, entropy


class Agent:
    def __init__(self, obs_dim, act_dim, critics, targets, gamma=0.98, lr=0.001, alpha_lr=0.001):
        self.actor = Actor(obs_dim, act_dim)
        self.q1, self.q2 = critics
        self.q1_t, self.q2_t = targets
        self.gamma = gamma
        self.pi_opt = optim.Adam(self.actor.parameters(), lr=lr)
        self.q_opt = optim.Adam(list(self.q1.parameters()) + list(self.q2.parameters()), lr=lr)
        self.target = act_dim
        self.log_alpha = torch.tensor(np.log(0.01), requires_grad=True)
        self.alpha_opt = optim.Adam([self.log_alpha], lr=alpha_lr)

    def learn(self, s, a, r, s2, done):
        with torch.no_grad():
            a2, entropy2 = self.actor.evaluate(s2)
            q2 = torch.min(self.q1_t(s2, a2), self.q2_t(s2, a2))
            y = r + self.gamma * (1 - done) * (q2 - self.log_alpha.exp() * entropy2)
        critic_loss = F.mse_loss(self.q1(s, a), y) + F.mse_loss(self.q2(s, a), y)
        self.q_opt.zero_grad()
        critic_loss.backward()
        self.q_opt.step()

        new_a, entropy = self.actor.evaluate(s)
        q = torch.min(self.q1(s, new_a), self.q2(s, new_a))
        actor_loss = (self.log_alpha.exp().detach() * entropy - q).mean()
        self.pi_opt.zero_grad()
        actor_loss.backward()
        self.pi_opt.step()

        alpha_loss = ((self.target - entropy).detach() * self.log_alpha.exp()).mean()
        self.alpha_opt.zero_grad()
        alpha_loss.backward()
        self.alpha_opt.step()
        return critic_loss.item(), actor_loss.item()
