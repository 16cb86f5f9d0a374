import numpy as np
import torch
import torch.nn.functional as F


class DiscreteAgent:
    def __init__(self, n_actions):
        self.target_entropy = 0.6 * np.log(n_actions)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=3e-4)

    def evaluate(self, obs):
        logits = self.actor(obs)
        probs = F.softmax(logits, dim=-1)
        log_probs = F.log_softmax(logits, dim=-1)
        return probs, log_probs

    def update(self, obs, next_obs, reward, done):
        alpha = self.log_alpha.exp().detach()
        with torch.no_grad():
            next_probs, next_log_probs = self.evaluate(next_obs)
            q_next = torch.min(self.q1_target(next_obs), self.q2_target(next_obs))
            v_next = (next_probs * (q_next - alpha * next_log_probs)).sum(-1)
        probs, log_probs = self.evaluate(obs)
        q = torch.min(self.q1(obs), self.q2(obs))
        actor_loss = (probs * (alpha * log_probs - q)).sum(-1).mean()
        alpha_loss = -(probs.detach() * self.log_alpha * (log_probs + self.target_entropy).detach()).sum(-1).mean()
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()
