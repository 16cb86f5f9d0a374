"""The first SAC with a state value of its own, and a tuned temperature beside it."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal


class Gaussian(nn.Module):
    def __init__(self, obs_dim, act_dim):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(obs_dim, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU())
        self.mean, self.log_std = nn.Linear(256, act_dim), nn.Linear(256, act_dim)

    def forward(self, state):
        x = self.body(state)
        return self.mean(x), self.log_std(x).clamp(-20, 2).exp()

    def evaluate(self, state, epsilon=1e-6):
        mu, sigma = self.forward(state)
        normal = Normal(mu, sigma)
        z = normal.rsample()
        action = torch.tanh(z)
        log_prob = normal.log_prob(z) - torch.log(1 - action.pow(2) + epsilon)
        return action, log_prob.sum(dim=-1, keepdim=True)


class SAC:
    def __init__(self, policy, qf1, qf2, vf, vf_target, act_dim, lr=3e-4, gamma=0.99, tau=5e-3):
        self.policy, self.qf1, self.qf2 = policy, qf1, qf2
        self.vf, self.vf_target = vf, vf_target
        self.vf_target.load_state_dict(self.vf.state_dict())
        self.gamma, self.tau = gamma, tau
        self.target_entropy = -float(act_dim)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=1e-4)
        self.policy_optim = torch.optim.Adam(policy.parameters(), lr=lr)
        self.q_optim = torch.optim.Adam(list(qf1.parameters()) + list(qf2.parameters()), lr=lr)
        self.vf_optim = torch.optim.Adam(vf.parameters(), lr=lr)

    def update(self, state, action, reward, next_state, mask_done):
        with torch.no_grad():
            target_v = self.vf_target(next_state)
            next_q = reward + (1 - mask_done) * self.gamma * target_v
        q_loss = F.mse_loss(self.qf1(state, action), next_q) + F.mse_loss(self.qf2(state, action), next_q)
        self.q_optim.zero_grad()
        q_loss.backward()
        self.q_optim.step()

        alpha = self.log_alpha.exp().detach()
        new_action, log_prob = self.policy.evaluate(state)
        q_min = torch.min(self.qf1(state, new_action), self.qf2(state, new_action))
        v_target = q_min - alpha * log_prob
        v_loss = F.mse_loss(self.vf(state), v_target.detach())
        self.vf_optim.zero_grad()
        v_loss.backward()
        self.vf_optim.step()

        advantage = q_min - self.vf(state).detach()
        policy_loss = (alpha * log_prob - advantage).mean()
        self.policy_optim.zero_grad()
        policy_loss.backward()
        self.policy_optim.step()

        alpha_loss = -(self.log_alpha * (log_prob.detach() + self.target_entropy)).mean()
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()

        for slow, fast in zip(self.vf_target.parameters(), self.vf.parameters()):
            slow.data.mul_(1 - self.tau).add_(self.tau * fast.data)
