# The α loss is not detached, and need not be: backward goes to log α alone.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.distributions import Independent, Normal, TransformedDistribution
from torch.distributions.transforms import TanhTransform


class Pi(nn.Module):
    def __init__(self, obs_dim, act_dim):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(obs_dim, 256), nn.SiLU(), nn.Linear(256, 2 * act_dim))

    def forward(self, obs):
        mu, log_std = self.trunk(obs).chunk(2, dim=-1)
        base = Normal(mu, log_std.clamp(-5, 2).exp())
        return Independent(TransformedDistribution(base, [TanhTransform(cache_size=1)]), 1)


class SAC(nn.Module):
    def __init__(self, obs_dim, act_dim, make_critic, gamma=0.99, tau=0.005):
        super().__init__()
        self.pi = Pi(obs_dim, act_dim)
        self.critic, self.critic_target = make_critic(), make_critic()
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.log_temp = nn.Parameter(torch.zeros(()))
        self.entropy_target = -0.5 * act_dim
        self.gamma, self.tau = gamma, tau
        self.pi_opt = optim.Adam(self.pi.parameters(), lr=3e-4)
        self.critic_opt = optim.Adam(self.critic.parameters(), lr=3e-4)
        self.temp_opt = optim.Adam([self.log_temp], lr=3e-4)

    def temp(self):
        return self.log_temp.exp()

    def update(self, obs, act, rew, next_obs, term):
        with torch.no_grad():
            next_dist = self.pi(next_obs)
            next_act = next_dist.rsample()
            next_logp = next_dist.log_prob(next_act)
            next_q1, next_q2 = self.critic_target(next_obs, next_act)
            target = rew + self.gamma * (1 - term) * (torch.minimum(next_q1, next_q2) - self.temp() * next_logp)
        q1, q2 = self.critic(obs, act)
        critic_loss = F.mse_loss(q1, target) + F.mse_loss(q2, target)
        self.critic_opt.zero_grad()
        critic_loss.backward()
        self.critic_opt.step()

        dist = self.pi(obs)
        pi_act = dist.rsample()
        logp = dist.log_prob(pi_act)
        q_pi = torch.minimum(*self.critic(obs, pi_act))
        pi_loss = (self.temp().detach() * logp - q_pi).mean()
        temp_loss = -(self.temp() * (logp + self.entropy_target)).mean()
        self.pi_opt.zero_grad()
        pi_loss.backward(retain_graph=True)
        self.temp_opt.zero_grad()
        temp_loss.backward(inputs=[self.log_temp])
        self.pi_opt.step()
        self.temp_opt.step()
        with torch.no_grad():
            for p, t in zip(self.critic.parameters(), self.critic_target.parameters()):
                t.lerp_(p, self.tau)
        return critic_loss.detach(), pi_loss.detach(), self.temp().detach()
