import copy

import lightning.pytorch as pl
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader

from data import ReplayBuffer, RLDataset
from networks import SquashedGaussianActor, TwinCritic


class SoftActorCritic(pl.LightningModule):
    def __init__(self, env, hidden=256, gamma=0.99, tau=0.005, lr=3e-4, alpha_lr=3e-4, alpha_init=0.1, batch_size=256):
        super().__init__()
        self.save_hyperparameters(ignore=["env"])
        self.automatic_optimization = False
        self.env = env
        obs_size = env.observation_space.shape[0]
        action_dims = env.action_space.shape[0]
        self.actor = SquashedGaussianActor(obs_size, action_dims, hidden)
        self.critic = TwinCritic(obs_size, action_dims, hidden)
        self.target_critic = copy.deepcopy(self.critic).requires_grad_(False)
        self.target_entropy = -float(action_dims)
        # A Parameter, so that Lightning writes it into every checkpoint.
        self.log_alpha = nn.Parameter(torch.tensor(alpha_init).log())
        self.buffer = ReplayBuffer(capacity=100_000)

    def configure_optimizers(self):
        critic_optimizer = optim.AdamW(self.critic.parameters(), lr=self.hparams.lr)
        actor_optimizer = optim.AdamW(self.actor.parameters(), lr=self.hparams.lr)
        alpha_optimizer = optim.Adam([self.log_alpha], lr=self.hparams.alpha_lr)
        return [critic_optimizer, actor_optimizer, alpha_optimizer]

    def train_dataloader(self):
        return DataLoader(RLDataset(self.buffer, 400), batch_size=self.hparams.batch_size)

    def training_step(self, batch, batch_idx):
        critic_opt, actor_opt, alpha_opt = self.optimizers()
        states, actions, rewards, dones, next_states = batch
        rewards, dones = rewards.unsqueeze(1), dones.unsqueeze(1)
        alpha = self.log_alpha.exp().detach()

        with torch.no_grad():
            next_actions, next_log_probs = self.actor.rsample_with_log_prob(next_states)
            next_q = torch.min(*self.target_critic(next_states, next_actions))
            target = rewards + self.hparams.gamma * (1 - dones.float()) * (next_q - alpha * next_log_probs)
        q1, q2 = self.critic(states, actions)
        critic_loss = F.smooth_l1_loss(q1, target) + F.smooth_l1_loss(q2, target)
        critic_opt.zero_grad()
        self.manual_backward(critic_loss)
        critic_opt.step()

        new_actions, log_probs = self.actor.rsample_with_log_prob(states)
        q_values = torch.min(*self.critic(states, new_actions))
        actor_loss = (alpha * log_probs - q_values).mean()
        actor_opt.zero_grad()
        self.manual_backward(actor_loss)
        actor_opt.step()

        alpha_loss = -(self.log_alpha * (log_probs.detach() + self.target_entropy)).mean()
        alpha_opt.zero_grad()
        self.manual_backward(alpha_loss)
        alpha_opt.step()

        self.polyak_average()
        self.log("episode/critic_loss", critic_loss)
        self.log("episode/alpha", alpha)
        self.log("episode/entropy", -log_probs.mean())

    @torch.no_grad()
    def polyak_average(self):
        for p, tp in zip(self.critic.parameters(), self.target_critic.parameters()):
            tp.mul_(1 - self.hparams.tau).add_(self.hparams.tau * p)

    def on_train_epoch_end(self):
        obs, _ = self.env.reset()
        done, truncated = False, False
        while not (done or truncated):
            action = self.actor.act(torch.as_tensor(obs).float().to(self.device))
            next_obs, reward, done, truncated, _ = self.env.step(action)
            self.buffer.append((obs, action, reward, done, next_obs))
            obs = next_obs
