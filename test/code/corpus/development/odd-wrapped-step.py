# Adam whose step clamps, and a clamp at the start of each call, before the loss: either holds the bounds.
import numpy as np
import torch
import torch.nn.functional as F

from models import Critic, StochasticActor
from utils import polyak


class BoundedAdam(torch.optim.Adam):
    """Adam whose parameters stay between two bounds after every step."""

    def __init__(self, params, lr, low, high):
        super().__init__(params, lr=lr)
        self.low, self.high = low, high

    @torch.no_grad()
    def step(self, closure=None):
        super().step(closure)
        for group in self.param_groups:
            for p in group["params"]:
                p.clamp_(self.low, self.high)


class Trainer:
    def __init__(self, state_dim, action_dim, cfg):
        self.actor = StochasticActor(state_dim, action_dim, cfg.hidden)
        self.critic1, self.critic2 = Critic(state_dim, action_dim), Critic(state_dim, action_dim)
        self.critic1_target, self.critic2_target = Critic(state_dim, action_dim), Critic(state_dim, action_dim)
        polyak(self.critic1, self.critic1_target, 1.0)
        polyak(self.critic2, self.critic2_target, 1.0)
        self.target_entropy = -float(action_dim)
        self.log_alpha = torch.zeros(1, requires_grad=True, device=cfg.device)
        self.alpha_optimizer = BoundedAdam([self.log_alpha], lr=cfg.alpha_lr, low=-6.0, high=2.0)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=cfg.actor_lr)
        self.critic_optimizer = torch.optim.Adam(
            list(self.critic1.parameters()) + list(self.critic2.parameters()), lr=cfg.critic_lr
        )
        self.cfg = cfg

    def train_step(self, buffer):
        with torch.no_grad():
            self.log_alpha.clamp_(-6.0, 2.0)
        alpha = self.log_alpha.exp()
        states, actions, rewards, next_states, terminals = buffer.sample(self.cfg.batch_size)

        with torch.no_grad():
            next_actions, next_log_probs = self.actor.sample(next_states)
            next_q = torch.min(
                self.critic1_target(next_states, next_actions), self.critic2_target(next_states, next_actions)
            )
            target_q = rewards + self.cfg.gamma * (1.0 - terminals) * (next_q - alpha * next_log_probs)
        critic_loss = F.mse_loss(self.critic1(states, actions), target_q)
        critic_loss += F.mse_loss(self.critic2(states, actions), target_q)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()

        new_actions, log_probs = self.actor.sample(states)
        q_new = torch.min(self.critic1(states, new_actions), self.critic2(states, new_actions))
        actor_loss = torch.mean(alpha.detach() * log_probs - q_new)
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()

        temperature_loss = -1.0 * torch.mean(alpha * (log_probs.detach() + self.target_entropy))
        self.alpha_optimizer.zero_grad()
        temperature_loss.backward()
        self.alpha_optimizer.step()

        polyak(self.critic1, self.critic1_target, self.cfg.tau)
        polyak(self.critic2, self.critic2_target, self.cfg.tau)
        return {"alpha": alpha.item(), "entropy": -log_probs.mean().item()}
