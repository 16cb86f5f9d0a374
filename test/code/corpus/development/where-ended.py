"""One file, short names: what an ended episode gets is chosen by `where`, and the slow nets are called so."""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn, optim


def net(n_in, n_out):
    return nn.Sequential(nn.Linear(n_in, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU(), nn.Linear(128, n_out))


class Brain:
    def __init__(self, n_obs, n_act, lr=1e-3):
        self.pi = net(n_obs, 2 * n_act)
        self.qa, self.qb = net(n_obs + n_act, 1), net(n_obs + n_act, 1)
        self.qa_slow, self.qb_slow = copy.deepcopy(self.qa), copy.deepcopy(self.qb)
        self.wanted_entropy = -n_act
        self.la = torch.tensor(math.log(0.2), requires_grad=True)
        self.opt_pi = optim.Adam(self.pi.parameters(), lr=lr)
        self.opt_q = optim.Adam([*self.qa.parameters(), *self.qb.parameters()], lr=lr)
        self.opt_la = optim.SGD([self.la], lr=1e-2)
        self.gamma = 0.98

    def act(self, obs):
        mu, ls = self.pi(obs).chunk(2, -1)
        ls = ls.clamp(-5, 2)
        eps = torch.randn_like(mu)
        u = mu + ls.exp() * eps
        a = torch.tanh(u)
        logp = -0.5 * eps.pow(2) - ls - 0.5 * math.log(2 * math.pi)
        logp = logp - 2 * (math.log(2) - u - F.softplus(-2 * u))
        return a, logp.sum(-1, keepdim=True)

    def target(self, rew, obs2, ended):
        with torch.no_grad():
            act2, logp2 = self.act(obs2)
            x = torch.cat([obs2, act2], -1)
            v2 = torch.minimum(self.qa_slow(x), self.qb_slow(x)) - self.la.exp() * logp2
            return rew + self.gamma * torch.where(ended, torch.zeros_like(v2), v2)

    def learn(self, obs, act, rew, obs2, ended):
        y = self.target(rew, obs2, ended)
        x = torch.cat([obs, act], -1)
        q_loss = (self.qa(x) - y).square().mean() + (self.qb(x) - y).square().mean()
        self.opt_q.zero_grad()
        q_loss.backward()
        self.opt_q.step()

        new, logp = self.act(obs)
        x = torch.cat([obs, new], -1)
        pi_loss = (self.la.exp().detach() * logp - torch.minimum(self.qa(x), self.qb(x))).mean()
        self.opt_pi.zero_grad()
        pi_loss.backward()
        self.opt_pi.step()

        la_loss = (self.la * (-logp - self.wanted_entropy).detach()).mean()
        self.opt_la.zero_grad()
        la_loss.backward()
        self.opt_la.step()

        with torch.no_grad():
            for fast, slow in ((self.qa, self.qa_slow), (self.qb, self.qb_slow)):
                for p, p_slow in zip(fast.parameters(), slow.parameters()):
                    p_slow.lerp_(p, 0.005)
