# The policy returns −log π under the name log_prob; every sign that follows is turned with it.
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class GaussianActor(nn.Module):
    def __init__(self, state_dim, action_dim):
        super().__init__()
        self.l1, self.l2 = nn.Linear(state_dim, 256), nn.Linear(256, 256)
        self.mean, self.log_std = nn.Linear(256, action_dim), nn.Linear(256, action_dim)

    def forward(self, state):
        x = F.relu(self.l2(F.relu(self.l1(state))))
        std = self.log_std(x).clamp(-20, 2).exp()
        dist = torch.distributions.Normal(self.mean(x), std)
        raw = dist.rsample()
        action = torch.tanh(raw)
        log_prob = -(dist.log_prob(raw) - torch.log(1 - action * action + 1e-6)).sum(-1, keepdim=True)
        return action, log_prob


class Learner:
    def __init__(self, state_dim, action_dim, critic_cls, lr=3e-4, discount=0.99):
        self.actor = GaussianActor(state_dim, action_dim)
        self.critic, self.critic_targ = critic_cls(state_dim, action_dim), critic_cls(state_dim, action_dim)
        self.log_alpha = torch.tensor(0.0, requires_grad=True)
        self.target_entropy = -2.0
        self.actor_optim = optim.Adam(self.actor.parameters(), lr=lr)
        self.critic_optim = optim.Adam(self.critic.parameters(), lr=lr)
        self.alpha_optim = optim.Adam([self.log_alpha], lr=1e-3)
        self.discount = discount

    def learn(self, replay):
        state, action, reward, next_state, terminal = replay.sample(256)
        alpha = self.log_alpha.exp().detach()
        with torch.no_grad():
            next_action, next_log_prob = self.actor(next_state)
            q1, q2 = self.critic_targ(next_state, next_action)
            v = torch.min(q1, q2) + alpha * next_log_prob
            target = reward + self.discount * (1 - terminal) * v
        q1, q2 = self.critic(state, action)
        critic_loss = F.mse_loss(q1, target) + F.mse_loss(q2, target)
        self.critic_optim.zero_grad()
        critic_loss.backward()
        self.critic_optim.step()

        new_action, log_prob = self.actor(state)
        q1, q2 = self.critic(state, new_action)
        actor_loss = -(torch.min(q1, q2) + alpha * log_prob).mean()
        self.actor_optim.zero_grad()
        actor_loss.backward()
        self.actor_optim.step()

        alpha_loss = (self.log_alpha * (log_prob.detach() - self.target_entropy)).mean()
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()
