# Copyright (c) the authors of this repository.
# SAC from pixels with random shifts and n-step returns: DrQ-v2's data path, SAC's exploration.
import hydra
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import distributions as pyd

import utils


class RandomShiftsAug(nn.Module):
    def __init__(self, pad):
        super().__init__()
        self.pad = pad

    def forward(self, x):
        n, c, h, w = x.size()
        assert h == w
        x = F.pad(x, tuple([self.pad] * 4), "replicate")
        eps = 1.0 / (h + 2 * self.pad)
        arange = torch.linspace(-1.0 + eps, 1.0 - eps, h + 2 * self.pad, device=x.device, dtype=x.dtype)[:h]
        arange = arange.unsqueeze(0).repeat(h, 1).unsqueeze(2)
        base_grid = torch.cat([arange, arange.transpose(1, 0)], dim=2).unsqueeze(0).repeat(n, 1, 1, 1)
        shift = torch.randint(0, 2 * self.pad + 1, size=(n, 1, 1, 2), device=x.device, dtype=x.dtype)
        shift *= 2.0 / (h + 2 * self.pad)
        return F.grid_sample(x, base_grid + shift, padding_mode="zeros", align_corners=False)


class Encoder(nn.Module):
    def __init__(self, obs_shape):
        super().__init__()
        self.repr_dim = 32 * 35 * 35
        self.convnet = nn.Sequential(
            nn.Conv2d(obs_shape[0], 32, 3, stride=2), nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=1), nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=1), nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=1), nn.ReLU(),
        )

    def forward(self, obs):
        h = self.convnet(obs / 255.0 - 0.5)
        return h.view(h.shape[0], -1)


class SquashedNormal(pyd.transformed_distribution.TransformedDistribution):
    def __init__(self, loc, scale):
        self.loc, self.scale = loc, scale
        super().__init__(pyd.Normal(loc, scale), [pyd.transforms.TanhTransform(cache_size=1)])

    @property
    def mean(self):
        return self.loc.tanh()


class Actor(nn.Module):
    def __init__(self, repr_dim, action_shape, feature_dim, hidden_dim, log_std_bounds):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(repr_dim, feature_dim), nn.LayerNorm(feature_dim), nn.Tanh())
        self.policy = nn.Sequential(
            nn.Linear(feature_dim, hidden_dim), nn.ReLU(inplace=True),
            nn.Linear(hidden_dim, hidden_dim), nn.ReLU(inplace=True),
            nn.Linear(hidden_dim, 2 * action_shape[0]),
        )
        self.log_std_bounds = log_std_bounds

    def forward(self, obs):
        mu, log_std = self.policy(self.trunk(obs)).chunk(2, dim=-1)
        lo, hi = self.log_std_bounds
        log_std = lo + 0.5 * (hi - lo) * (torch.tanh(log_std) + 1)
        return SquashedNormal(mu, log_std.exp())


class Critic(nn.Module):
    def __init__(self, repr_dim, action_shape, feature_dim, hidden_dim):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(repr_dim, feature_dim), nn.LayerNorm(feature_dim), nn.Tanh())
        head = lambda: nn.Sequential(
            nn.Linear(feature_dim + action_shape[0], hidden_dim), nn.ReLU(inplace=True),
            nn.Linear(hidden_dim, hidden_dim), nn.ReLU(inplace=True), nn.Linear(hidden_dim, 1),
        )
        self.Q1, self.Q2 = head(), head()

    def forward(self, obs, action):
        h_action = torch.cat([self.trunk(obs), action], dim=-1)
        return self.Q1(h_action), self.Q2(h_action)


class DrQSACAgent:
    def __init__(self, obs_shape, action_shape, device, lr, feature_dim, hidden_dim, critic_target_tau,
                 num_expl_steps, update_every_steps, init_temperature, log_std_bounds, use_tb):
        self.device = device
        self.critic_target_tau = critic_target_tau
        self.update_every_steps = update_every_steps
        self.num_expl_steps = num_expl_steps
        self.use_tb = use_tb

        self.encoder = Encoder(obs_shape).to(device)
        self.actor = Actor(self.encoder.repr_dim, action_shape, feature_dim, hidden_dim, log_std_bounds).to(device)
        self.critic = Critic(self.encoder.repr_dim, action_shape, feature_dim, hidden_dim).to(device)
        self.critic_target = Critic(self.encoder.repr_dim, action_shape, feature_dim, hidden_dim).to(device)
        self.critic_target.load_state_dict(self.critic.state_dict())

        self.log_alpha = torch.tensor(np.log(init_temperature)).to(device)
        self.log_alpha.requires_grad = True
        # set target entropy to -|A|
        self.target_entropy = -action_shape[0]

        self.encoder_opt = torch.optim.Adam(self.encoder.parameters(), lr=lr)
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=lr)
        self.critic_opt = torch.optim.Adam(self.critic.parameters(), lr=lr)
        self.log_alpha_opt = torch.optim.Adam([self.log_alpha], lr=lr)
        self.aug = RandomShiftsAug(pad=4)
        self.train()

    def train(self, training=True):
        self.training = training
        for net in (self.encoder, self.actor, self.critic):
            net.train(training)

    @property
    def alpha(self):
        return self.log_alpha.exp()

    def act(self, obs, step, eval_mode):
        obs = torch.as_tensor(obs, device=self.device)
        dist = self.actor(self.encoder(obs.unsqueeze(0)))
        if eval_mode:
            action = dist.mean
        else:
            action = dist.sample()
            if step < self.num_expl_steps:
                action.uniform_(-1.0, 1.0)
        return action.detach().cpu().numpy()[0]

    def update_critic(self, obs, action, reward, discount, next_obs):
        metrics = dict()
        with torch.no_grad():
            dist = self.actor(next_obs)
            next_action = dist.rsample()
            next_log_prob = dist.log_prob(next_action).sum(-1, keepdim=True)
            target_Q1, target_Q2 = self.critic_target(next_obs, next_action)
            target_V = torch.min(target_Q1, target_Q2) - self.alpha.detach() * next_log_prob
            # the buffer's discount is 0 where the episode terminated, gamma^n elsewhere
            target_Q = reward + (discount * target_V)

        Q1, Q2 = self.critic(obs, action)
        critic_loss = F.mse_loss(Q1, target_Q) + F.mse_loss(Q2, target_Q)
        self.encoder_opt.zero_grad(set_to_none=True)
        self.critic_opt.zero_grad(set_to_none=True)
        critic_loss.backward()
        self.critic_opt.step()
        self.encoder_opt.step()
        if self.use_tb:
            metrics["critic_target_q"] = target_Q.mean().item()
            metrics["critic_loss"] = critic_loss.item()
        return metrics

    def update_actor_and_alpha(self, obs):
        metrics = dict()
        dist = self.actor(obs)
        action = dist.rsample()
        log_prob = dist.log_prob(action).sum(-1, keepdim=True)
        Q = torch.min(*self.critic(obs, action))
        actor_loss = (self.alpha.detach() * log_prob - Q).mean()

        self.actor_opt.zero_grad(set_to_none=True)
        actor_loss.backward()
        self.actor_opt.step()

        self.log_alpha_opt.zero_grad(set_to_none=True)
        entropy_gap = -log_prob.detach() - self.target_entropy
        alpha_loss = torch.mean(self.alpha * entropy_gap)
        alpha_loss.backward()
        self.log_alpha_opt.step()
        if self.use_tb:
            metrics["actor_loss"] = actor_loss.item()
            metrics["actor_ent"] = -log_prob.mean().item()
            metrics["alpha"] = self.alpha.item()
        return metrics

    def update(self, replay_iter, step):
        metrics = dict()
        if step % self.update_every_steps != 0:
            return metrics
        batch = next(replay_iter)
        obs, action, reward, discount, next_obs = utils.to_torch(batch, self.device)
        obs = self.encoder(self.aug(obs.float()))
        with torch.no_grad():
            next_obs = self.encoder(self.aug(next_obs.float()))
        metrics.update(self.update_critic(obs, action, reward, discount, next_obs))
        metrics.update(self.update_actor_and_alpha(obs.detach()))
        utils.soft_update_params(self.critic, self.critic_target, self.critic_target_tau)
        return metrics


def n_step(episode, idx, nstep, gamma):
    """Reward and discount of the n steps from idx; a step's discount is 0 if it terminated the episode."""
    reward, discount = np.zeros_like(episode["reward"][idx]), np.ones_like(episode["discount"][idx])
    for i in range(nstep):
        reward += discount * episode["reward"][idx + i]
        discount *= episode["discount"][idx + i] * gamma
    return reward, discount


@hydra.main(config_path="cfgs", config_name="config")
def main(cfg):
    from train import Workspace

    workspace = Workspace(cfg, agent=hydra.utils.instantiate(cfg.agent))
    workspace.train()


if __name__ == "__main__":
    main()
