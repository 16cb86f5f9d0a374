"""SAC with mixed precision: every loss goes through its own scaler."""

import math
from copy import deepcopy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.cuda.amp import GradScaler, autocast
from torch.optim import Adam

from nets import Critic, mlp

LOG_STD_MIN, LOG_STD_MAX = -10, 2


class Policy(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=(256, 256)):
        super().__init__()
        self.net = mlp([obs_dim, *hidden], nn.ReLU)
        self.mu = nn.Linear(hidden[-1], act_dim)
        self.log_std = nn.Linear(hidden[-1], act_dim)

    def forward(self, obs):
        h = self.net(obs)
        mu = self.mu(h).float()
        log_std = self.log_std(h).float().clamp(LOG_STD_MIN, LOG_STD_MAX)
        std = log_std.exp()
        noise = torch.randn_like(mu)
        u = mu + std * noise
        a = torch.tanh(u)
        logp = (-0.5 * noise.pow(2) - log_std - 0.5 * math.log(2 * math.pi)).sum(-1)
        logp = logp - (2 * (math.log(2) - u - F.softplus(-2 * u))).sum(-1)
        return a, logp


class Learner:
    def __init__(self, obs_dim, act_dim, gamma=0.99, tau=0.005, lr=1e-4, init_temperature=0.2, device="cuda"):
        self.device, self.gamma, self.tau = device, gamma, tau
        self.policy = Policy(obs_dim, act_dim).to(device)
        self.critic = Critic(obs_dim, act_dim).to(device)
        self.critic_targ = deepcopy(self.critic)
        self.log_alpha = torch.full((), math.log(init_temperature), device=device, requires_grad=True)
        self.h_bar = -act_dim
        self.pi_opt = Adam(self.policy.parameters(), lr=lr)
        self.q_opt = Adam(self.critic.parameters(), lr=lr)
        self.alpha_opt = Adam([self.log_alpha], lr=1e-4)
        self.pi_scaler, self.q_scaler, self.alpha_scaler = GradScaler(), GradScaler(), GradScaler()

    def optimizer_backward(self, optimizer, scaler, loss, retain_graph=False):
        optimizer.zero_grad(set_to_none=True)
        scaler.scale(loss).backward(retain_graph=retain_graph)
        scaler.step(optimizer)
        scaler.update()

    def update(self, batch):
        obs, act, rew, obs2, done = (x.to(self.device) for x in batch)
        alpha = self.log_alpha.detach().exp()
        with autocast():
            with torch.no_grad():
                act2, logp2 = self.policy(obs2)
                q_targ = torch.min(*self.critic_targ(obs2, act2))
                backup = rew + self.gamma * (1 - done) * (q_targ - alpha * logp2)
            q1, q2 = self.critic(obs, act)
            loss_q = F.mse_loss(q1, backup) + F.mse_loss(q2, backup)
        self.optimizer_backward(self.q_opt, self.q_scaler, loss_q)

        with autocast():
            pi, logp_pi = self.policy(obs)
            q_pi = torch.min(*self.critic(obs, pi))
            loss_pi = (alpha * logp_pi - q_pi).mean()
        self.optimizer_backward(self.pi_opt, self.pi_scaler, loss_pi)

        loss_alpha = (self.log_alpha.exp() * (-logp_pi.detach() - self.h_bar)).mean()
        self.optimizer_backward(self.alpha_opt, self.alpha_scaler, loss_alpha)
        with torch.no_grad():
            self.log_alpha.clamp_(-7.0, 3.0)
            for p, p_targ in zip(self.critic.parameters(), self.critic_targ.parameters()):
                p_targ.lerp_(p, self.tau)
        return {"q": loss_q.item(), "pi": loss_pi.item(), "alpha": self.log_alpha.exp().item()}

    def state(self):
        return {"policy": self.policy.state_dict(), "critic": self.critic.state_dict(),
                "log_alpha": self.log_alpha.detach(), "alpha_opt": self.alpha_opt.state_dict()}
