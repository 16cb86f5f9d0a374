import math

import numpy as np
import torch
import torch.nn as nn
from torch.optim import Adam

LOG_SIG_MIN, LOG_SIG_MAX = -20, 2


class Policy(nn.Module):
    def __init__(self, num_inputs, num_actions, bound):
        super().__init__()
        self.base = nn.Sequential(nn.Linear(num_inputs, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU())
        self.mu_head = nn.Linear(256, num_actions)
        self.sigma_head = nn.Linear(256, num_actions)
        self.bound = bound

    def get_dist(self, state):
        h = self.base(state)
        sigma = torch.clamp(self.sigma_head(h), LOG_SIG_MIN, LOG_SIG_MAX).exp()
        return torch.distributions.Normal(self.mu_head(h), sigma)

    def evaluate(self, state):
        dist = self.get_dist(state)
        u = dist.rsample()
        log_prob = dist.log_prob(u).sum(axis=-1, keepdim=True)
        log_prob = log_prob - 2 * (math.log(2) - u - nn.functional.softplus(-2 * u)).sum(axis=-1, keepdim=True)
        return torch.tanh(u) * self.bound, log_prob


class SACAgent:
    def __init__(self, env, make_critic, device, config):
        self.device = device
        self.cfg = config
        self.policy = Policy(env.observation_space.shape[0], env.action_space.shape[0], env.action_space.high[0]).to(device)
        self.critic1, self.critic2 = make_critic(), make_critic()
        self.critic1_tgt, self.critic2_tgt = make_critic(), make_critic()
        self.critic1_tgt.load_state_dict(self.critic1.state_dict())
        self.critic2_tgt.load_state_dict(self.critic2.state_dict())
        self.entropy_goal = -np.prod(env.action_space.shape)
        self.log_alpha = torch.tensor(math.log(config["init_alpha"]), device=device, requires_grad=True)
        self.opts = [Adam(net.parameters(), lr=config["lr"]) for net in (self.policy, self.critic1, self.critic2)]
        self.alpha_opt = Adam(params=[self.log_alpha], lr=3e-5)

    def compute_target(self, rewards, masks, next_states):
        with torch.no_grad():
            next_actions, next_log_probs = self.policy.evaluate(next_states)
            next_q1 = self.critic1_tgt(next_states, next_actions)
            next_q2 = self.critic2_tgt(next_states, next_actions)
            min_next_q = torch.min(torch.cat([next_q1, next_q2], dim=1), dim=1, keepdim=True)[0]
            target_v = min_next_q - self.log_alpha.exp() * next_log_probs
            return rewards + masks * self.cfg["gamma"] * target_v

    def compute_policy_loss(self, states):
        actions, log_probs = self.policy.evaluate(states)
        q_values = torch.min(torch.cat([self.critic1(states, actions), self.critic2(states, actions)], dim=1), dim=1, keepdim=True)[0]
        return (self.log_alpha.exp().detach() * log_probs - q_values).mean(), log_probs

    def compute_alpha_loss(self, log_probs):
        return (-self.log_alpha.exp() * (log_probs.detach() + self.entropy_goal)).mean()

    def train(self, buffer, updates):
        policy_opt, critic1_opt, critic2_opt = self.opts
        for _ in range(updates):
            states, actions, rewards, next_states, masks = [torch.as_tensor(x).to(self.device) for x in buffer.sample()]
            y = self.compute_target(rewards, masks, next_states)
            for critic, opt in ((self.critic1, critic1_opt), (self.critic2, critic2_opt)):
                loss = nn.functional.mse_loss(critic(states, actions), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
            policy_loss, log_probs = self.compute_policy_loss(states)
            policy_opt.zero_grad()
            policy_loss.backward()
            policy_opt.step()
            alpha_loss = self.compute_alpha_loss(log_probs)
            self.alpha_opt.zero_grad()
            alpha_loss.backward()
            self.alpha_opt.step()
