import torch
from torch.distributions import Normal


class Agent:
    def __init__(self, actor, q1, q2, q1_target, q2_target, action_dim, lr=3e-4):
        self.target_entropy = -action_dim
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=lr)

    def sample(self, obs):
        mean, std = self.actor(obs)
        dist = Normal(mean, std)
        u = dist.rsample()
        log_prob = dist.log_prob(u) - torch.log(1 - torch.tanh(u).pow(2) + 1e-6)
        return torch.tanh(u), log_prob.sum(-1, keepdim=True)

    def update(self, obs, next_obs, reward, done):
        alpha = self.log_alpha.exp()
        with torch.no_grad():
            a2, logp2 = self.sample(next_obs)
            q_next = torch.min(self.q1_target(next_obs, a2), self.q2_target(next_obs, a2))
            target_q = reward + 0.99 * (1 - done) * (q_next - alpha * logp2)
        a, log_pi = self.sample(obs)
        q = torch.min(self.q1(obs, a), self.q2(obs, a))
        actor_loss = (alpha.detach() * log_pi - q).mean()
        alpha_loss = -(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()

    def load(self, path):
        saved = torch.load(path)
        self.log_alpha.data.copy_(saved["log_alpha"])
