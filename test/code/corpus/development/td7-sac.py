# SAC on top of TD7's parts: a state-action encoder trained by prediction (SALE), prioritised replay (LAP),
# hard target updates every 250 steps and clipped targets.
import copy
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import buffer


@dataclass
class Hyperparameters:
    batch_size: int = 256
    buffer_size: int = 1_000_000
    discount: float = 0.99
    target_update_rate: int = 250
    # LAP
    alpha: float = 0.4
    min_priority: float = 1.0
    # SALE
    enc_dim: int = 256
    enc_hdim: int = 256
    enc_activ: Callable = F.elu
    encoder_lr: float = 3e-4
    # Critic
    critic_hdim: int = 256
    critic_lr: float = 3e-4
    # Actor
    actor_hdim: int = 256
    actor_lr: float = 3e-4
    # Entropy
    init_entropy_weight: float = 0.2
    entropy_lr: float = 3e-4


def AvgL1Norm(x, eps=1e-8):
    return x / x.abs().mean(-1, keepdim=True).clamp(min=eps)


def LAP_huber(x, min_priority=1.0):
    return torch.where(x < min_priority, 0.5 * x.pow(2), min_priority * x).sum(1).mean()


class Actor(nn.Module):
    def __init__(self, state_dim, action_dim, zs_dim, hdim):
        super().__init__()
        self.l0 = nn.Linear(state_dim, hdim)
        self.l1 = nn.Linear(zs_dim + hdim, hdim)
        self.l2 = nn.Linear(hdim, hdim)
        self.l3 = nn.Linear(hdim, action_dim * 2)

    def forward(self, state, zs):
        a = AvgL1Norm(self.l0(state))
        a = torch.cat([a, zs], 1)
        a = F.relu(self.l1(a))
        a = F.relu(self.l2(a))
        mu, log_sigma = self.l3(a).chunk(2, dim=1)
        return mu, log_sigma.clamp(-5, 2)

    def draw(self, state, zs):
        mu, log_sigma = self.forward(state, zs)
        dist = torch.distributions.Normal(mu, log_sigma.exp())
        x = dist.rsample()
        action = torch.tanh(x)
        density = dist.log_prob(x).sum(1, keepdim=True)
        density -= torch.log(1 - action.pow(2) + 1e-6).sum(1, keepdim=True)
        return action, density


class Encoder(nn.Module):
    def __init__(self, state_dim, action_dim, zs_dim, hdim, activ):
        super().__init__()
        self.activ = activ
        self.zs1, self.zs2, self.zs3 = nn.Linear(state_dim, hdim), nn.Linear(hdim, hdim), nn.Linear(hdim, zs_dim)
        self.zsa1, self.zsa2 = nn.Linear(zs_dim + action_dim, hdim), nn.Linear(hdim, zs_dim)

    def zs(self, state):
        zs = self.activ(self.zs1(state))
        zs = self.activ(self.zs2(zs))
        return AvgL1Norm(self.zs3(zs))

    def zsa(self, zs, action):
        return self.zsa2(self.activ(self.zsa1(torch.cat([zs, action], 1))))


class Critic(nn.Module):
    def __init__(self, state_dim, action_dim, zs_dim, hdim):
        super().__init__()
        self.proj = nn.ModuleList([nn.Linear(state_dim + action_dim, hdim) for _ in range(2)])
        self.body = nn.ModuleList(
            [nn.Sequential(nn.Linear(2 * zs_dim + hdim, hdim), nn.ELU(), nn.Linear(hdim, 1)) for _ in range(2)]
        )

    def forward(self, state, action, zsa, zs):
        sa = torch.cat([state, action], 1)
        return torch.cat([b(torch.cat([AvgL1Norm(p(sa)), zsa, zs], 1)) for p, b in zip(self.proj, self.body)], 1)


class Agent(object):
    def __init__(self, state_dim, action_dim, max_action, hp=Hyperparameters()):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.hp = hp
        self.actor = Actor(state_dim, action_dim, hp.enc_dim, hp.actor_hdim).to(self.device)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=hp.actor_lr)
        self.critic = Critic(state_dim, action_dim, hp.enc_dim, hp.critic_hdim).to(self.device)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=hp.critic_lr)
        self.critic_target = copy.deepcopy(self.critic)
        self.encoder = Encoder(state_dim, action_dim, hp.enc_dim, hp.enc_hdim, hp.enc_activ).to(self.device)
        self.encoder_optimizer = torch.optim.Adam(self.encoder.parameters(), lr=hp.encoder_lr)
        self.fixed_encoder = copy.deepcopy(self.encoder)
        self.fixed_encoder_target = copy.deepcopy(self.encoder)

        self.entropy_goal = -action_dim
        self.log_weight = torch.tensor([np.log(hp.init_entropy_weight)], dtype=torch.float32, device=self.device)
        self.log_weight.requires_grad = True
        self.entropy_optimizer = torch.optim.Adam([self.log_weight], lr=hp.entropy_lr)

        self.replay_buffer = buffer.LAP(state_dim, action_dim, self.device, hp.buffer_size, hp.batch_size, max_action)
        self.max_action = max_action
        self.training_steps = 0
        # Value clipping
        self.max, self.min, self.max_target, self.min_target = -1e8, 1e8, 0.0, 0.0

    @torch.no_grad()
    def select_action(self, state, use_exploration=True):
        state = torch.tensor(state.reshape(1, -1), dtype=torch.float, device=self.device)
        zs = self.fixed_encoder.zs(state)
        action = self.actor.draw(state, zs)[0] if use_exploration else self.actor(state, zs)[0].tanh()
        return action.cpu().numpy().flatten() * self.max_action

    def train(self):
        self.training_steps += 1
        state, action, next_state, reward, not_done = self.replay_buffer.sample()

        # Update the encoder
        with torch.no_grad():
            next_zs = self.encoder.zs(next_state)
        pred_zs = self.encoder.zsa(self.encoder.zs(state), action)
        encoder_loss = F.mse_loss(pred_zs, next_zs)
        self.encoder_optimizer.zero_grad()
        encoder_loss.backward()
        self.encoder_optimizer.step()

        # Update the critic
        with torch.no_grad():
            fixed_target_zs = self.fixed_encoder_target.zs(next_state)
            next_action, next_density = self.actor.draw(next_state, fixed_target_zs)
            fixed_target_zsa = self.fixed_encoder_target.zsa(fixed_target_zs, next_action)
            Q_next = self.critic_target(next_state, next_action, fixed_target_zsa, fixed_target_zs).min(1, keepdim=True)[0]
            Q_next = Q_next.clamp(self.min_target, self.max_target)
            Q_target = reward + not_done * self.hp.discount * (Q_next - self.log_weight.exp() * next_density)
            self.max = max(self.max, float(Q_target.max()))
            self.min = min(self.min, float(Q_target.min()))
        with torch.no_grad():
            fixed_zs = self.fixed_encoder.zs(state)
            fixed_zsa = self.fixed_encoder.zsa(fixed_zs, action)
        Q = self.critic(state, action, fixed_zsa, fixed_zs)
        td_loss = (Q - Q_target).abs()
        critic_loss = LAP_huber(td_loss)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        priority = td_loss.max(1)[0].clamp(min=self.hp.min_priority).pow(self.hp.alpha)
        self.replay_buffer.update_priority(priority)

        # Update the actor
        pi, density = self.actor.draw(state, fixed_zs)
        pi_zsa = self.fixed_encoder.zsa(fixed_zs, pi)
        Q_pi = self.critic(state, pi, pi_zsa, fixed_zs).min(1, keepdim=True)[0]
        entropy_weight = self.log_weight.exp().detach()
        actor_loss = -(Q_pi - entropy_weight * density).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()

        # Update the weight of the entropy
        weight_loss = -(self.log_weight * (density + self.entropy_goal).detach()).mean()
        self.entropy_optimizer.zero_grad()
        weight_loss.backward()
        self.entropy_optimizer.step()

        if self.training_steps % self.hp.target_update_rate == 0:
            self.critic_target.load_state_dict(self.critic.state_dict())
            self.fixed_encoder_target.load_state_dict(self.fixed_encoder.state_dict())
            self.fixed_encoder.load_state_dict(self.encoder.state_dict())
            self.replay_buffer.reset_max_priority()
            self.max_target, self.min_target = self.max, self.min

    def save(self, filename):
        for name in ("critic", "critic_optimizer", "actor", "actor_optimizer", "encoder", "encoder_optimizer"):
            torch.save(getattr(self, name).state_dict(), f"{filename}_{name}")
        torch.save(self.log_weight, filename + "_log_weight")
        torch.save(self.entropy_optimizer.state_dict(), filename + "_entropy_optimizer")

    def load(self, filename):
        for name in ("critic", "critic_optimizer", "actor", "actor_optimizer", "encoder", "encoder_optimizer"):
            getattr(self, name).load_state_dict(torch.load(f"{filename}_{name}"))
        self.critic_target = copy.deepcopy(self.critic)
        self.fixed_encoder = copy.deepcopy(self.encoder)
        self.fixed_encoder_target = copy.deepcopy(self.encoder)
        self.log_weight = torch.load(filename + "_log_weight").to(self.device).detach().requires_grad_()
        self.entropy_optimizer = torch.optim.Adam([self.log_weight], lr=self.hp.entropy_lr)
        self.entropy_optimizer.load_state_dict(torch.load(filename + "_entropy_optimizer"))
