import argparse
import os
from collections import deque
from datetime import datetime

import ale_py
import gymnasium as gym
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical
from torch.optim import Adam
from torch.utils.tensorboard import SummaryWriter

gym.register_envs(ale_py)


def initialize_weights_he(m):
    if isinstance(m, (nn.Linear, nn.Conv2d)):
        torch.nn.init.kaiming_uniform_(m.weight)
        if m.bias is not None:
            torch.nn.init.constant_(m.bias, 0)


class DQNBase(nn.Module):
    def __init__(self, num_channels):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(num_channels, 32, kernel_size=8, stride=4),
            nn.ReLU(),
            nn.Conv2d(32, 64, kernel_size=4, stride=2),
            nn.ReLU(),
            nn.Conv2d(64, 64, kernel_size=3, stride=1),
            nn.ReLU(),
            nn.Flatten(),
        ).apply(initialize_weights_he)

    def forward(self, states):
        return self.net(states.float() / 255.0)


class DuelingQ(nn.Module):
    def __init__(self, num_channels, num_actions):
        super().__init__()
        self.conv = DQNBase(num_channels)
        self.advantage = nn.Sequential(nn.Linear(7 * 7 * 64, 512), nn.ReLU(), nn.Linear(512, num_actions))
        self.value = nn.Sequential(nn.Linear(7 * 7 * 64, 512), nn.ReLU(), nn.Linear(512, 1))

    def forward(self, states):
        h = self.conv(states)
        a = self.advantage(h)
        return self.value(h) + a - a.mean(1, keepdim=True)


class CategoricalPolicy(nn.Module):
    def __init__(self, num_channels, num_actions):
        super().__init__()
        self.conv = DQNBase(num_channels)
        self.head = nn.Sequential(nn.Linear(7 * 7 * 64, 512), nn.ReLU(), nn.Linear(512, num_actions))

    def act(self, states):
        return self.head(self.conv(states)).argmax(dim=1)

    def sample(self, states):
        dist = Categorical(logits=self.head(self.conv(states)))
        return dist.sample(), dist.probs, dist.logits


class LazyReplay:
    def __init__(self, capacity, multi_step, gamma):
        self.rows = deque(maxlen=capacity)
        self.window = deque(maxlen=multi_step)
        self.multi_step, self.gamma = multi_step, gamma

    def append(self, state, action, reward, next_state, done, episode_done):
        self.window.append((state, action, reward))
        if len(self.window) == self.multi_step:
            self._flush_one(next_state, done)
        if episode_done:
            while self.window:
                self._flush_one(next_state, done)

    def _flush_one(self, next_state, done):
        ret = sum(self.gamma**i * r for i, (_, _, r) in enumerate(self.window))
        discount = self.gamma ** len(self.window)
        state, action, _ = self.window.popleft()
        self.rows.append((state, action, ret, next_state, done, discount))

    def sample(self, batch_size, device):
        rows = [self.rows[i] for i in np.random.randint(len(self.rows), size=batch_size)]
        s, a, r, s2, d, discount = (np.stack(c) for c in zip(*rows))
        return (
            torch.as_tensor(s, device=device),
            torch.as_tensor(a, dtype=torch.int64, device=device).view(-1, 1),
            torch.as_tensor(r, dtype=torch.float32, device=device).view(-1, 1),
            torch.as_tensor(s2, device=device),
            torch.as_tensor(d, dtype=torch.float32, device=device).view(-1, 1),
            torch.as_tensor(discount, dtype=torch.float32, device=device).view(-1, 1),
        )


class SacdTrainer:
    def __init__(self, env, log_dir, num_steps=300_000, batch_size=64, lr=3e-4, memory_size=1_000_000, gamma=0.99,
                 multi_step=3, target_entropy_ratio=0.5, start_steps=20_000, update_interval=4,
                 target_update_interval=8000, max_episode_steps=27_000, cuda=True):
        self.env, self.log_dir, self.num_steps = env, log_dir, num_steps
        self.device = torch.device("cuda" if cuda and torch.cuda.is_available() else "cpu")
        channels, num_actions = env.observation_space.shape[0], env.action_space.n
        self.policy = CategoricalPolicy(channels, num_actions).to(self.device)
        self.online_q1, self.online_q2, self.target_q1, self.target_q2 = (
            DuelingQ(channels, num_actions).to(self.device) for _ in range(4)
        )
        self.target_q1.load_state_dict(self.online_q1.state_dict())
        self.target_q2.load_state_dict(self.online_q2.state_dict())
        for p in (*self.target_q1.parameters(), *self.target_q2.parameters()):
            p.requires_grad = False
        self.policy_optim = Adam(self.policy.parameters(), lr=lr)
        self.q1_optim = Adam(self.online_q1.parameters(), lr=lr)
        self.q2_optim = Adam(self.online_q2.parameters(), lr=lr)

        self.target_entropy = -np.log(1.0 / num_actions) * target_entropy_ratio
        self.log_alpha = torch.zeros(1, requires_grad=True, device=self.device)
        self.alpha = self.log_alpha.exp()
        self.alpha_optim = Adam([self.log_alpha], lr=lr)

        self.memory = LazyReplay(memory_size, multi_step, gamma)
        self.writer = SummaryWriter(log_dir=os.path.join(log_dir, "summary"))
        self.batch_size = batch_size
        self.start_steps, self.update_interval = start_steps, update_interval
        self.target_update_interval, self.max_episode_steps = target_update_interval, max_episode_steps
        self.steps = self.learning_steps = 0

    def run(self):
        while self.steps < self.num_steps:
            self.train_episode()

    def explore(self, state):
        if self.steps < self.start_steps:
            return self.env.action_space.sample()
        state = torch.as_tensor(state[None], device=self.device)
        with torch.no_grad():
            action, _, _ = self.policy.sample(state)
        return action.item()

    def train_episode(self):
        state, _ = self.env.reset()
        episode_return, episode_steps, over = 0.0, 0, False
        while not over:
            action = self.explore(np.asarray(state))
            next_state, reward, terminated, truncated, _ = self.env.step(action)
            episode_steps += 1
            over = terminated or truncated or episode_steps >= self.max_episode_steps
            clipped = max(min(reward, 1.0), -1.0)
            self.memory.append(np.asarray(state), action, clipped, np.asarray(next_state), terminated, over)
            state, episode_return, self.steps = next_state, episode_return + reward, self.steps + 1
            if self.steps >= self.start_steps and self.steps % self.update_interval == 0:
                self.learn()
            if self.steps % self.target_update_interval == 0:
                self.target_q1.load_state_dict(self.online_q1.state_dict())
                self.target_q2.load_state_dict(self.online_q2.state_dict())
        self.writer.add_scalar("return/train", episode_return, self.steps)

    def calc_target_q(self, rewards, next_states, dones, discounts):
        with torch.no_grad():
            _, action_probs, log_action_probs = self.policy.sample(next_states)
            next_q = torch.min(self.target_q1(next_states), self.target_q2(next_states))
            next_q = (action_probs * (next_q - self.alpha * log_action_probs)).sum(dim=1, keepdim=True)
        return rewards + (1.0 - dones) * discounts * next_q

    def calc_policy_loss(self, states):
        _, action_probs, log_action_probs = self.policy.sample(states)
        with torch.no_grad():
            q = torch.min(self.online_q1(states), self.online_q2(states))
        entropies = -torch.sum(action_probs * log_action_probs, dim=1, keepdim=True)
        expected_q = torch.sum(action_probs * q, dim=1, keepdim=True)
        policy_loss = (-expected_q - self.alpha.detach() * entropies).mean()
        return policy_loss, entropies.detach()

    def calc_entropy_loss(self, entropies):
        # Raises alpha while the entropy is below its target.
        return -torch.mean(self.log_alpha * (self.target_entropy - entropies))

    def learn(self):
        self.learning_steps += 1
        states, actions, rewards, next_states, dones, discounts = self.memory.sample(self.batch_size, self.device)
        target_q = self.calc_target_q(rewards, next_states, dones, discounts)
        for net, optim in ((self.online_q1, self.q1_optim), (self.online_q2, self.q2_optim)):
            loss = (net(states).gather(1, actions) - target_q).pow(2).mean()
            self.update_params(optim, loss)
        policy_loss, entropies = self.calc_policy_loss(states)
        self.update_params(self.policy_optim, policy_loss)
        entropy_loss = self.calc_entropy_loss(entropies)
        self.update_params(self.alpha_optim, entropy_loss)
        self.alpha = self.log_alpha.exp()
        if self.learning_steps % 100 == 0:
            self.writer.add_scalar("loss/policy", policy_loss.item(), self.learning_steps)
            self.writer.add_scalar("stats/alpha", self.alpha.item(), self.learning_steps)
            self.writer.add_scalar("stats/entropy", entropies.mean().item(), self.learning_steps)

    @staticmethod
    def update_params(optim, loss):
        optim.zero_grad()
        loss.backward()
        optim.step()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--env_id", type=str, default="ALE/MsPacman-v5")
    parser.add_argument("--cuda", action="store_true")
    args = parser.parse_args()
    env = gym.make(args.env_id, frameskip=1)
    env = gym.wrappers.FrameStackObservation(gym.wrappers.AtariPreprocessing(env), 4)
    time = datetime.now().strftime("%Y%m%d-%H%M")
    SacdTrainer(env, os.path.join("logs", args.env_id.split("/")[-1], time), cuda=args.cuda).run()
