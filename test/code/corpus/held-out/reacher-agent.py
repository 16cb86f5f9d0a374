"""My solution of the continuous control project: one robot arm, soft actor-critic."""
import copy
import random
from collections import deque, namedtuple

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

BUFFER_SIZE = int(1e6)  # replay buffer size
BATCH_SIZE = 128        # minibatch size
GAMMA = 0.99            # discount factor
TAU = 5e-3              # for soft update of target parameters
LR_ACTOR = 5e-4
LR_CRITIC = 5e-4
LR_ALPHA = 2e-4
UPDATE_EVERY = 1

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def hidden_init(layer):
    lim = 1.0 / np.sqrt(layer.weight.data.size()[0])
    return (-lim, lim)


class Actor(nn.Module):
    """Actor (Policy) Model."""

    def __init__(self, state_size, action_size, seed, fc_units=256, log_std_min=-10, log_std_max=2):
        super(Actor, self).__init__()
        self.seed = torch.manual_seed(seed)
        self.log_std_min, self.log_std_max = log_std_min, log_std_max
        self.fc1 = nn.Linear(state_size, fc_units)
        self.fc2 = nn.Linear(fc_units, fc_units)
        self.mu = nn.Linear(fc_units, action_size)
        self.log_std_linear = nn.Linear(fc_units, action_size)
        self.fc1.weight.data.uniform_(*hidden_init(self.fc1))
        self.mu.weight.data.uniform_(-3e-3, 3e-3)

    def forward(self, state):
        x = F.relu(self.fc1(state))
        x = F.relu(self.fc2(x))
        log_std = self.log_std_linear(x).clamp(self.log_std_min, self.log_std_max)
        return self.mu(x), log_std

    def evaluate(self, state):
        mu, log_std = self.forward(state)
        std = log_std.exp()
        noise = torch.randn_like(std)
        e = mu + std * noise
        action = torch.tanh(e)
        gaussian = -0.5 * noise.pow(2) - log_std - 0.5 * np.log(2 * np.pi)
        log_prob = (gaussian - torch.log(1 - action.pow(2) + 1e-6)).sum(1, keepdim=True)
        return action, log_prob

    def get_action(self, state):
        mu, log_std = self.forward(state)
        return torch.tanh(mu + log_std.exp() * torch.randn_like(mu)).cpu()


class Critic(nn.Module):
    """Critic (Value) Model."""

    def __init__(self, state_size, action_size, seed, hidden_size=256):
        super(Critic, self).__init__()
        self.seed = torch.manual_seed(seed)
        self.fc1 = nn.Linear(state_size + action_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, hidden_size)
        self.fc3 = nn.Linear(hidden_size, 1)

    def forward(self, state, action):
        x = torch.cat((state, action), dim=1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Agent():
    """Interacts with and learns from the environment."""

    def __init__(self, state_size, action_size, random_seed):
        self.seed = random.seed(random_seed)
        self.target_entropy = -action_size  # -dim(A)
        self.log_alpha = torch.tensor([0.0], device=device, requires_grad=True)
        self.alpha = self.log_alpha.exp().detach()
        self.alpha_optimizer = optim.Adam(params=[self.log_alpha], lr=LR_ALPHA)

        self.actor_local = Actor(state_size, action_size, random_seed).to(device)
        self.actor_optimizer = optim.Adam(self.actor_local.parameters(), lr=LR_ACTOR)

        self.critic1 = Critic(state_size, action_size, random_seed).to(device)
        self.critic2 = Critic(state_size, action_size, random_seed + 1).to(device)
        self.critic1_target = copy.deepcopy(self.critic1)
        self.critic2_target = copy.deepcopy(self.critic2)
        self.critic1_optimizer = optim.Adam(self.critic1.parameters(), lr=LR_CRITIC)
        self.critic2_optimizer = optim.Adam(self.critic2.parameters(), lr=LR_CRITIC)
        self.memory = ReplayBuffer(BUFFER_SIZE, BATCH_SIZE)

    def step(self, state, action, reward, next_state, done, t):
        self.memory.add(state, action, reward, next_state, done)
        if len(self.memory) > BATCH_SIZE and t % UPDATE_EVERY == 0:
            self.learn(self.memory.sample(), GAMMA)

    def act(self, state):
        state = torch.from_numpy(state).float().unsqueeze(0).to(device)
        with torch.no_grad():
            return self.actor_local.get_action(state).numpy()[0]

    def learn(self, experiences, gamma):
        """Q_targets = r + γ * (min_critic_target(next_state, actor(next_state)) - α * log_pi(next_action|next_state))"""
        states, actions, rewards, next_states, dones = experiences

        # ---------------------------- update critic ---------------------------- #
        next_action, log_pis_next = self.actor_local.evaluate(next_states)
        Q_target1_next = self.critic1_target(next_states, next_action)
        Q_target2_next = self.critic2_target(next_states, next_action)
        Q_target_next = torch.min(Q_target1_next, Q_target2_next)
        Q_targets = rewards + (gamma * (1 - dones) * (Q_target_next - self.alpha * log_pis_next))
        Q_1 = self.critic1(states, actions)
        Q_2 = self.critic2(states, actions)
        critic1_loss = 0.5 * F.mse_loss(Q_1, Q_targets.detach())
        critic2_loss = 0.5 * F.mse_loss(Q_2, Q_targets.detach())
        self.critic1_optimizer.zero_grad()
        critic1_loss.backward()
        self.critic1_optimizer.step()
        self.critic2_optimizer.zero_grad()
        critic2_loss.backward()
        self.critic2_optimizer.step()

        # ---------------------------- update actor ---------------------------- #
        actions_pred, log_pis = self.actor_local.evaluate(states)
        Q = torch.min(self.critic1(states, actions_pred), self.critic2(states, actions_pred))
        actor_loss = (self.alpha * log_pis - Q).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()

        # ---------------------------- update alpha ---------------------------- #
        alpha_loss = -(self.log_alpha.exp() * (log_pis + self.target_entropy).detach()).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        self.alpha = self.log_alpha.exp().detach()

        self.soft_update(self.critic1, self.critic1_target, TAU)
        self.soft_update(self.critic2, self.critic2_target, TAU)

    def soft_update(self, local_model, target_model, tau):
        for target_param, local_param in zip(target_model.parameters(), local_model.parameters()):
            target_param.data.copy_(tau * local_param.data + (1.0 - tau) * target_param.data)


class ReplayBuffer:
    def __init__(self, buffer_size, batch_size):
        self.memory = deque(maxlen=buffer_size)
        self.batch_size = batch_size
        self.experience = namedtuple("Experience", field_names=["state", "action", "reward", "next_state", "done"])

    def add(self, state, action, reward, next_state, done):
        self.memory.append(self.experience(state, action, reward, next_state, done))

    def sample(self):
        experiences = random.sample(self.memory, k=self.batch_size)
        states = torch.from_numpy(np.stack([e.state for e in experiences])).float().to(device)
        actions = torch.from_numpy(np.stack([e.action for e in experiences])).float().to(device)
        rewards = torch.from_numpy(np.vstack([e.reward for e in experiences])).float().to(device)
        next_states = torch.from_numpy(np.stack([e.next_state for e in experiences])).float().to(device)
        dones = torch.from_numpy(np.vstack([e.done for e in experiences]).astype(np.uint8)).float().to(device)
        return (states, actions, rewards, next_states, dones)

    def __len__(self):
        return len(self.memory)


def sac(n_episodes=500, max_t=1000, print_every=10):
    env = gym.make("Reacher-v5")
    agent = Agent(env.observation_space.shape[0], env.action_space.shape[0], random_seed=0)
    scores_deque = deque(maxlen=100)
    for i_episode in range(1, n_episodes + 1):
        state, _ = env.reset()
        score = 0
        for t in range(max_t):
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.step(state, action, reward, next_state, terminated, t)
            state = next_state
            score += reward
            if terminated or truncated:
                break
        scores_deque.append(score)
        if i_episode % print_every == 0:
            print("\rEpisode {}\tAverage: {:.2f}\tAlpha: {:.3f}".format(i_episode, np.mean(scores_deque), agent.alpha.item()))
            torch.save(agent.actor_local.state_dict(), "checkpoint_actor.pth")


if __name__ == "__main__":
    sac()
