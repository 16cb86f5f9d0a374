"""SAC with LSTM encoders for partially observed tasks: whole padded episodes, masked losses."""

import gin
import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Independent, Normal

from pomdp.replay import EpisodeReplay


def masked_mean(values, mask):
    """Mean over the steps that were taken, not over the padding."""
    return (values * mask).sum() / mask.sum()


def polyak(source, target, rho):
    with torch.no_grad():
        for p, p_targ in zip(source.parameters(), target.parameters()):
            p_targ.data.mul_(rho).add_((1 - rho) * p.data)


class RecurrentActor(nn.Module):
    def __init__(self, input_dim, action_dim, hidden_dim=256):
        super().__init__()
        self.memory = nn.LSTM(input_dim, hidden_dim, batch_first=True)
        self.layers = nn.Sequential(nn.Linear(hidden_dim, hidden_dim), nn.ReLU())
        self.mu = nn.Linear(hidden_dim, action_dim)
        self.log_sigma = nn.Linear(hidden_dim, action_dim)

    def forward(self, observations, hidden=None):
        summary, hidden = self.memory(observations, hidden)
        features = self.layers(summary)
        return self.mu(features), self.log_sigma(features).clamp(-20, 2).exp(), hidden


class RecurrentCritic(nn.Module):
    def __init__(self, input_dim, action_dim, hidden_dim=256):
        super().__init__()
        self.memory = nn.LSTM(input_dim, hidden_dim, batch_first=True)
        self.layers = nn.Sequential(
            nn.Linear(hidden_dim + action_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, 1)
        )

    def forward(self, observations, actions):
        summary, _ = self.memory(observations)
        return self.layers(torch.cat([summary, actions], dim=-1))


@gin.configurable(module=__name__)
class RSAC:
    def __init__(
        self,
        input_dim,
        action_dim,
        gamma=0.99,
        lr=3e-4,
        entropy_lr=3e-4,
        rho=0.995,
        initial_alpha=0.1,
        device="cpu",
    ):
        self.input_dim, self.action_dim = input_dim, action_dim
        self.gamma, self.rho, self.device = gamma, rho, device
        self.actor = RecurrentActor(input_dim, action_dim).to(device)
        self.Q1 = RecurrentCritic(input_dim, action_dim).to(device)
        self.Q2 = RecurrentCritic(input_dim, action_dim).to(device)
        self.Q1_targ = RecurrentCritic(input_dim, action_dim).to(device)
        self.Q2_targ = RecurrentCritic(input_dim, action_dim).to(device)
        self.Q1_targ.load_state_dict(self.Q1.state_dict())
        self.Q2_targ.load_state_dict(self.Q2.state_dict())
        for network in (self.Q1_targ, self.Q2_targ):
            for p in network.parameters():
                p.requires_grad = False

        self.log_alpha = torch.tensor(float(np.log(initial_alpha)), requires_grad=True, device=device)
        self.minimum_entropy = -1.0 * action_dim

        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=lr)
        self.Q1_optimizer = torch.optim.Adam(self.Q1.parameters(), lr=lr)
        self.Q2_optimizer = torch.optim.Adam(self.Q2.parameters(), lr=lr)
        self.log_alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=entropy_lr)
        self.hidden = None

    def reset(self):
        self.hidden = None

    def act(self, observation, deterministic=False):
        with torch.no_grad():
            o = torch.as_tensor(observation, dtype=torch.float32, device=self.device).view(1, 1, -1)
            means, stds, self.hidden = self.actor(o, self.hidden)
            u = means if deterministic else Normal(means, stds).sample()
        return torch.tanh(u).view(-1).cpu().numpy()

    def sample_action_from_distribution(self, means, stds):
        dist = Independent(Normal(means, stds), reinterpreted_batch_ndims=1)
        u = dist.rsample()
        log_pi = dist.log_prob(u)
        log_pi = log_pi - (2 * (np.log(2) - u - nn.functional.softplus(-2 * u))).sum(dim=-1)
        return torch.tanh(u), log_pi.unsqueeze(-1)

    def update_networks(self, b):
        bs, num_bptt = b.r.shape[0], b.r.shape[1]

        # All observations have one step more than actions: the last one is only a successor.
        means, stds, _ = self.actor(b.o)
        actions, log_pi = self.sample_action_from_distribution(means, stds)

        q1_predictions = self.Q1(b.o[:, :-1], b.a)
        q2_predictions = self.Q2(b.o[:, :-1], b.a)

        with torch.no_grad():
            n_actions, n_log_pi = actions[:, 1:], log_pi[:, 1:]
            padded = torch.cat([torch.zeros_like(n_actions[:, :1]), n_actions], dim=1)
            n_q = torch.min(self.Q1_targ(b.o, padded), self.Q2_targ(b.o, padded))[:, 1:]
            soft_value = n_q - self.log_alpha.exp() * n_log_pi
            targets = b.r + self.gamma * (1 - b.d) * soft_value

        assert q1_predictions.shape == targets.shape == (bs, num_bptt, 1)
        q1_loss = masked_mean((q1_predictions - targets) ** 2, b.m)
        q2_loss = masked_mean((q2_predictions - targets) ** 2, b.m)

        self.Q1_optimizer.zero_grad()
        q1_loss.backward()
        nn.utils.clip_grad_norm_(self.Q1.parameters(), 1.0)
        self.Q1_optimizer.step()
        self.Q2_optimizer.zero_grad()
        q2_loss.backward()
        nn.utils.clip_grad_norm_(self.Q2.parameters(), 1.0)
        self.Q2_optimizer.step()

        for network in (self.Q1, self.Q2):
            network.requires_grad_(False)
        pi, pi_log = actions[:, :-1], log_pi[:, :-1]
        q_values = torch.min(self.Q1(b.o[:, :-1], pi), self.Q2(b.o[:, :-1], pi))
        policy_loss = masked_mean(self.log_alpha.exp().detach() * pi_log - q_values, b.m)
        self.actor_optimizer.zero_grad()
        policy_loss.backward()
        nn.utils.clip_grad_norm_(self.actor.parameters(), 1.0)
        self.actor_optimizer.step()
        for network in (self.Q1, self.Q2):
            network.requires_grad_(True)

        mean_log_pi = masked_mean(pi_log.detach(), b.m)
        temperature_loss = -self.log_alpha * (mean_log_pi + self.minimum_entropy)
        self.log_alpha_optimizer.zero_grad()
        temperature_loss.backward()
        self.log_alpha_optimizer.step()

        polyak(self.Q1, self.Q1_targ, self.rho)
        polyak(self.Q2, self.Q2_targ, self.rho)
        return {
            "q1_loss": q1_loss.item(),
            "policy_loss": policy_loss.item(),
            "alpha": self.log_alpha.exp().item(),
            "entropy": -mean_log_pi.item(),
        }

    def save_checkpoint(self, path):
        torch.save(
            {
                "actor": self.actor.state_dict(),
                "Q1": self.Q1.state_dict(),
                "Q2": self.Q2.state_dict(),
                "log_alpha": self.log_alpha.detach(),
                "log_alpha_optimizer": self.log_alpha_optimizer.state_dict(),
            },
            path,
        )

    def load_checkpoint(self, path):
        saved = torch.load(path)
        self.actor.load_state_dict(saved["actor"])
        self.Q1.load_state_dict(saved["Q1"])
        self.Q2.load_state_dict(saved["Q2"])
        self.Q1_targ.load_state_dict(saved["Q1"])
        self.Q2_targ.load_state_dict(saved["Q2"])
        with torch.no_grad():
            self.log_alpha.copy_(saved["log_alpha"])
        self.log_alpha_optimizer.load_state_dict(saved["log_alpha_optimizer"])


def collect_episode(env, agent, replay):
    observation, _ = env.reset()
    agent.reset()
    total, over = 0.0, False
    while not over:
        action = agent.act(observation)
        next_observation, reward, terminated, truncated, _ = env.step(action)
        replay.push(observation, action, reward, next_observation, float(terminated))
        total += reward
        observation = next_observation
        over = terminated or truncated
    replay.close_episode()
    return total


@gin.configurable
def learn(env, episodes=2_000, batch_size=32, updates_per_episode=100):
    agent = RSAC(env.observation_space.shape[0], env.action_space.shape[0])
    replay = EpisodeReplay(capacity=5_000)
    for episode in range(episodes):
        ret = collect_episode(env, agent, replay)
        if len(replay) < batch_size:
            continue
        for _ in range(updates_per_episode):
            stats = agent.update_networks(replay.sample(batch_size))
        print(f"episode {episode}: return {ret:.1f}, " + ", ".join(f"{k} {v:.3f}" for k, v in stats.items()))
