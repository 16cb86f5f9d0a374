# One sum of all losses and one backward: detach keeps each part with its own parameters.
import torch
import torch.nn as nn
import torch.nn.functional as F

from models import GaussianPolicy, QEnsemble


class FusedSAC(nn.Module):
    def __init__(self, obs_dim, act_dim, gamma=0.99, tau=0.005, lr=3e-4, alpha_lr=5e-3):
        super().__init__()
        self.actor = GaussianPolicy(obs_dim, act_dim)
        self.critic = QEnsemble(obs_dim, act_dim, n=2)
        self.critic_target = QEnsemble(obs_dim, act_dim, n=2)
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.log_alpha = nn.Parameter(torch.tensor(-1.6))
        self.target_entropy = -float(act_dim)
        self.gamma, self.tau = gamma, tau
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=lr)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=lr)
        self.log_alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=alpha_lr)

    @property
    def alpha(self):
        return self.log_alpha.exp()

    def critic_losses(self, obs, action, reward, next_obs, terminated):
        with torch.no_grad():
            next_action, next_log_prob = self.actor.rsample(next_obs)
            next_q = self.critic_target(next_obs, next_action).min(dim=0).values
            target_v = next_q - self.alpha * next_log_prob
            target_q = reward + self.gamma * (1.0 - terminated) * target_v
        qs = self.critic(obs, action)
        return F.mse_loss(qs, target_q.expand_as(qs)) * 2

    def actor_and_alpha_loss(self, obs):
        action, log_prob = self.actor.rsample(obs)
        for p in self.critic.parameters():
            p.requires_grad_(False)
        actor_q = self.critic(obs, action).min(dim=0).values
        for p in self.critic.parameters():
            p.requires_grad_(True)
        actor_loss = (self.alpha.detach() * log_prob - actor_q).mean()
        alpha_loss = (self.alpha * (-log_prob - self.target_entropy).detach()).mean()
        return actor_loss + alpha_loss, -log_prob.mean().detach()

    def update(self, batch):
        loss, entropy = self.actor_and_alpha_loss(batch.obs)
        loss = loss + self.critic_losses(batch.obs, batch.action, batch.reward, batch.next_obs, batch.terminated)
        optimizers = (self.actor_optimizer, self.critic_optimizer, self.log_alpha_optimizer)
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        with torch.no_grad():
            for p, t in zip(self.critic.parameters(), self.critic_target.parameters()):
                t.lerp_(p, self.tau)
        return {"loss": loss.item(), "alpha": self.alpha.item(), "entropy": entropy.item()}


def rollout(env, agent, buffer):
    obs, _ = env.reset()
    terminated = truncated = False
    while not (terminated or truncated):
        with torch.no_grad():
            action, _ = agent.actor.rsample(torch.as_tensor(obs, dtype=torch.float32))
        next_obs, reward, terminated, truncated, _ = env.step(action.numpy())
        buffer.push(obs, action, reward, next_obs, terminated)
        obs = next_obs
