# What is called entropy here is Σ p log p, which is −H; the loss fits it.
import copy

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Policy(nn.Module):
    def __init__(self, obs_dim, n_actions):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(obs_dim, 128), nn.ReLU(), nn.Linear(128, n_actions))

    def evaluate(self, obs):
        probs = F.softmax(self.net(obs), dim=-1)
        log_probs = torch.log(probs + 1e-8)
        return probs, log_probs


class DiscreteSAC:
    def __init__(self, obs_dim, n_actions, make_q, gamma=0.99, tau=0.01, ratio=0.4):
        self.policy = Policy(obs_dim, n_actions)
        self.q1, self.q2 = make_q(), make_q()
        self.q1_target, self.q2_target = copy.deepcopy(self.q1), copy.deepcopy(self.q2)
        self.gamma, self.tau = gamma, tau
        self.policy_optimizer = torch.optim.Adam(self.policy.parameters(), lr=3e-4)
        self.q_optimizer = torch.optim.Adam([*self.q1.parameters(), *self.q2.parameters()], lr=3e-4)
        self.target_entropy = ratio * np.log(n_actions)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=5e-4)

    @torch.no_grad()
    def soft_value(self, obs):
        probs, log_probs = self.policy.evaluate(obs)
        q = torch.min(self.q1_target(obs), self.q2_target(obs))
        return (probs * (q - self.log_alpha.exp() * log_probs)).sum(-1, keepdim=True)

    def update(self, batch):
        obs, action, reward, next_obs, terminated = batch
        target = reward + self.gamma * (1 - terminated) * self.soft_value(next_obs)
        q1 = self.q1(obs).gather(1, action)
        q2 = self.q2(obs).gather(1, action)
        q_loss = F.mse_loss(q1, target) + F.mse_loss(q2, target)
        self.q_optimizer.zero_grad()
        q_loss.backward()
        self.q_optimizer.step()

        probs, log_probs = self.policy.evaluate(obs)
        with torch.no_grad():
            q = torch.min(self.q1(obs), self.q2(obs))
        policy_loss = (probs * (self.log_alpha.exp().detach() * log_probs - q)).sum(-1).mean()
        self.policy_optimizer.zero_grad()
        policy_loss.backward()
        self.policy_optimizer.step()

        entropy = (probs * log_probs).sum(-1).detach()
        alpha_loss = -(self.log_alpha * (entropy + self.target_entropy)).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        for net, target_net in ((self.q1, self.q1_target), (self.q2, self.q2_target)):
            for p, tp in zip(net.parameters(), target_net.parameters()):
                tp.data.lerp_(p.data, self.tau)


def collect(env, agent, buffer, steps):
    obs, _ = env.reset()
    for _ in range(steps):
        probs, _ = agent.policy.evaluate(torch.as_tensor(obs, dtype=torch.float32))
        action = torch.multinomial(probs, 1).item()
        next_obs, reward, terminated, truncated, _ = env.step(action)
        buffer.add(obs, action, reward, next_obs, terminated)
        obs = env.reset()[0] if terminated or truncated else next_obs
