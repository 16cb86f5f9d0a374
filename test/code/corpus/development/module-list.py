import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal


def mlp(sizes):
    layers = []
    for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
        layers.append(nn.Linear(a, b))
        if i < len(sizes) - 2:
            layers.append(nn.SiLU())
    return nn.Sequential(*layers)


class Critics(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden, members=2):
        super().__init__()
        self.members = nn.ModuleList([mlp([obs_dim + act_dim, hidden, hidden, 1]) for _ in range(members)])

    def forward(self, obs, act):
        x = torch.cat([obs, act], dim=-1)
        return torch.cat([member(x) for member in self.members], dim=-1)


class GaussianPolicy(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden):
        super().__init__()
        self.trunk = mlp([obs_dim, hidden, 2 * act_dim])

    def forward(self, obs):
        mean, log_std = self.trunk(obs).chunk(2, dim=-1)
        base = Normal(mean, log_std.clamp(-20, 2).exp())
        pre_tanh = base.rsample()
        act = pre_tanh.tanh()
        log_prob = base.log_prob(pre_tanh) - torch.log(1 - act.pow(2) + 1e-6)
        return act, log_prob.sum(dim=-1, keepdim=True)


class Trainer:
    def __init__(self, obs_dim, act_dim, hidden=256, discount=0.99, device="cpu"):
        self.discount = discount
        self.policy = GaussianPolicy(obs_dim, act_dim, hidden).to(device)
        self.critics = Critics(obs_dim, act_dim, hidden).to(device)
        self.lagged_critics = copy.deepcopy(self.critics).requires_grad_(False)
        self.desired_entropy = -act_dim
        self.log_coef = nn.Parameter(torch.zeros(1, device=device))
        self.policy_optimizer = torch.optim.AdamW(self.policy.parameters(), lr=3e-4)
        self.critics_optimizer = torch.optim.AdamW(self.critics.parameters(), lr=3e-4)
        self.coef_optimizer = torch.optim.Adam([self.log_coef], lr=3e-4)

    @torch.no_grad()
    def _target(self, reward, nonterminal, next_obs):
        next_act, next_log_prob = self.policy(next_obs)
        values = self.lagged_critics(next_obs, next_act).min(dim=-1, keepdim=True)[0]
        values = values - self.log_coef.exp() * next_log_prob
        return reward + self.discount * nonterminal * values

    def step(self, obs, act, reward, nonterminal, next_obs):
        target = self._target(reward, nonterminal, next_obs)
        predictions = self.critics(obs, act)
        critics_loss = F.mse_loss(predictions, target.expand_as(predictions))
        self.critics_optimizer.zero_grad(set_to_none=True)
        critics_loss.backward()
        self.critics_optimizer.step()

        new_act, log_prob = self.policy(obs)
        value = self.critics(obs, new_act).min(dim=-1, keepdim=True)[0]
        policy_loss = torch.mean(self.log_coef.exp().detach() * log_prob - value)
        self.policy_optimizer.zero_grad(set_to_none=True)
        policy_loss.backward()
        self.policy_optimizer.step()

        coef_loss = torch.mean(-self.log_coef * (log_prob.detach() + self.desired_entropy))
        self.coef_optimizer.zero_grad(set_to_none=True)
        coef_loss.backward()
        self.coef_optimizer.step()

        for slow, fast in zip(self.lagged_critics.parameters(), self.critics.parameters()):
            slow.data.lerp_(fast.data, 0.005)
