import torch
from torch.distributions import Normal


class Agent:
    def __init__(self, action_dim):
        self.target_entropy = -float(action_dim)
        self.log_alpha = torch.tensor(0.0, requires_grad=True)
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=1e-4)

    def evaluate(self, obs):
        mean, log_std = self.actor(obs)
        dist = Normal(mean, log_std.exp())
        u = dist.rsample()
        log_prob = (dist.log_prob(u) - torch.log(1 - torch.tanh(u) ** 2 + 1e-6)).sum(-1)
        return torch.tanh(u), log_prob

    def calc_target(self, rewards, next_states, dones):
        next_actions, log_prob = self.evaluate(next_states)
        entropy = -log_prob
        q_next = torch.min(self.target_critic1(next_states, next_actions), self.target_critic2(next_states, next_actions))
        next_value = q_next + self.log_alpha.exp() * entropy
        return rewards + 0.99 * next_value * (1 - dones)

    def update(self, states):
        new_actions, log_prob = self.evaluate(states)
        entropy = -log_prob
        q_value = torch.min(self.critic1(states, new_actions), self.critic2(states, new_actions))
        actor_loss = torch.mean(-self.log_alpha.exp() * entropy - q_value)
        alpha_loss = torch.mean((entropy - self.target_entropy).detach() * self.log_alpha.exp())
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()
