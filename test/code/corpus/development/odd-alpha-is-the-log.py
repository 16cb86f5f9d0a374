# The attribute called alpha is log α: it is exponentiated wherever it is used. The target is +d, subtracted.
import torch
import torch.nn as nn
from torch.distributions.normal import Normal
from torch.optim import Adam

from networks import DoubleQ
from replay import Replay


class SquashedPolicy(nn.Module):
    def __init__(self, n_in, n_out, width=256):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.loc, self.scale = nn.Linear(width, n_out), nn.Linear(width, n_out)

    def rsample(self, x):
        h = self.net(x)
        sigma = torch.exp(torch.clamp(self.scale(h), -5, 2))
        normal = Normal(self.loc(h), sigma)
        z = normal.rsample()
        logp = normal.log_prob(z).sum(dim=-1, keepdim=True)
        logp = logp - torch.log(1.0 - torch.tanh(z) ** 2 + 1e-6).sum(dim=-1, keepdim=True)
        return torch.tanh(z), logp


class SAC:
    def __init__(self, state_size, action_size, gamma=0.99, tau=0.005, lr=3e-4):
        self.policy = SquashedPolicy(state_size, action_size)
        self.q, self.q_target = DoubleQ(state_size, action_size), DoubleQ(state_size, action_size)
        self.q_target.load_state_dict(self.q.state_dict())
        self.alpha = torch.zeros(1, requires_grad=True)
        self.target_entropy = action_size
        self.gamma, self.tau = gamma, tau
        self.policy_opt = Adam(self.policy.parameters(), lr=lr)
        self.q_opt = Adam(self.q.parameters(), lr=lr)
        self.alpha_opt = Adam([self.alpha], lr=3e-4)

    def q_loss(self, s, a, r, s2, term):
        with torch.no_grad():
            a2, logp2 = self.policy.rsample(s2)
            q1_t, q2_t = self.q_target(s2, a2)
            backup = r + self.gamma * (1 - term) * (torch.min(q1_t, q2_t) - self.alpha.exp() * logp2)
        q1, q2 = self.q(s, a)
        return ((q1 - backup) ** 2 + (q2 - backup) ** 2).mean()

    def update(self, memory: Replay, n=256):
        s, a, r, s2, term = memory.sample(n)
        self.q_opt.zero_grad()
        self.q_loss(s, a, r, s2, term).backward()
        self.q_opt.step()

        pi_a, logp = self.policy.rsample(s)
        policy_loss = (torch.exp(self.alpha).detach() * logp - torch.min(*self.q(s, pi_a))).mean()
        self.policy_opt.zero_grad()
        policy_loss.backward()
        self.policy_opt.step()

        alpha_loss = (-torch.exp(self.alpha) * (logp - self.target_entropy).detach()).mean()
        self.alpha_opt.zero_grad()
        alpha_loss.backward()
        self.alpha_opt.step()
        with torch.no_grad():
            for p, pt in zip(self.q.parameters(), self.q_target.parameters()):
                pt.mul_(1 - self.tau).add_(self.tau * p)
