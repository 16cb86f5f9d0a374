"""Discrete SAC for CartPole."""
import random
from collections import deque

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import Adam
from torch.nn.utils import clip_grad_norm_

device = torch.device("cpu")


class Actor(nn.Module):
    def __init__(self, state_size, action_size, hidden_size=64):
        super(Actor, self).__init__()
        self.fc1 = nn.Linear(state_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, hidden_size)
        self.fc3 = nn.Linear(hidden_size, action_size)

    def forward(self, state):
        x = F.relu(self.fc1(state))
        x = F.relu(self.fc2(x))
        return F.softmax(self.fc3(x), dim=-1)

    def evaluate(self, state):
        action_probs = self.forward(state)
        z = (action_probs == 0.0).float() * 1e-8
        log_action_probabilities = torch.log(action_probs + z)
        return action_probs, log_action_probabilities

    def get_action(self, state):
        return torch.distributions.Categorical(self.forward(state)).sample().item()


class Critic(nn.Module):
    def __init__(self, state_size, action_size, hidden_size=64, seed=1):
        super(Critic, self).__init__()
        self.seed = torch.manual_seed(seed)
        self.fc1 = nn.Linear(state_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, hidden_size)
        self.fc3 = nn.Linear(hidden_size, action_size)

    def forward(self, state):
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(state)))))


class SAC:
    def __init__(self, state_size, action_size, learning_rate=5e-4):
        self.gamma = 0.99
        self.tau = 1e-2
        self.clip_grad_param = 1
        self.target_entropy = 0.6 * np.log(action_size)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha = self.log_alpha.exp().detach()
        self.alpha_optimizer = Adam(params=[self.log_alpha], lr=learning_rate)

        self.actor_local = Actor(state_size, action_size).to(device)
        self.actor_optimizer = Adam(self.actor_local.parameters(), lr=learning_rate)
        self.critic1 = Critic(state_size, action_size, seed=2).to(device)
        self.critic2 = Critic(state_size, action_size, seed=1).to(device)
        self.critic1_target = Critic(state_size, action_size).to(device)
        self.critic1_target.load_state_dict(self.critic1.state_dict())
        self.critic2_target = Critic(state_size, action_size).to(device)
        self.critic2_target.load_state_dict(self.critic2.state_dict())
        self.critic1_optimizer = Adam(self.critic1.parameters(), lr=learning_rate)
        self.critic2_optimizer = Adam(self.critic2.parameters(), lr=learning_rate)

    def get_action(self, state):
        with torch.no_grad():
            return self.actor_local.get_action(torch.from_numpy(state).float().to(device))

    def calc_policy_loss(self, states, alpha):
        action_probs, log_pis = self.actor_local.evaluate(states)
        with torch.no_grad():
            min_Q = torch.min(self.critic1(states), self.critic2(states))
        actor_loss = (action_probs * (alpha * log_pis - min_Q)).sum(1).mean()
        log_action_pi = torch.sum(log_pis * action_probs, dim=1)
        return actor_loss, log_action_pi

    def learn(self, experiences):
        states, actions, rewards, next_states, dones = experiences

        current_alpha = self.alpha
        actor_loss, log_pis = self.calc_policy_loss(states, current_alpha)
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()

        # Compute alpha loss
        alpha_loss = -(self.log_alpha.exp() * (log_pis.detach() + self.target_entropy)).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        self.alpha = self.log_alpha.exp().detach()

        with torch.no_grad():
            action_probs, log_pis = self.actor_local.evaluate(next_states)
            Q_target1_next = self.critic1_target(next_states)
            Q_target2_next = self.critic2_target(next_states)
            min_Q_next = torch.min(Q_target1_next, Q_target2_next)
            Q_target_next = (action_probs * (min_Q_next - self.alpha * log_pis)).sum(dim=1, keepdim=True)
            Q_targets = rewards + (self.gamma * (1 - dones) * Q_target_next)

        q1 = self.critic1(states).gather(1, actions.long())
        q2 = self.critic2(states).gather(1, actions.long())
        critic1_loss = 0.5 * F.mse_loss(q1, Q_targets)
        critic2_loss = 0.5 * F.mse_loss(q2, Q_targets)
        self.critic1_optimizer.zero_grad()
        critic1_loss.backward()
        clip_grad_norm_(self.critic1.parameters(), self.clip_grad_param)
        self.critic1_optimizer.step()
        self.critic2_optimizer.zero_grad()
        critic2_loss.backward()
        clip_grad_norm_(self.critic2.parameters(), self.clip_grad_param)
        self.critic2_optimizer.step()

        self.soft_update(self.critic1, self.critic1_target)
        self.soft_update(self.critic2, self.critic2_target)
        return actor_loss.item(), alpha_loss.item(), critic1_loss.item(), critic2_loss.item(), current_alpha.item()

    def soft_update(self, local_model, target_model):
        for target_param, local_param in zip(target_model.parameters(), local_model.parameters()):
            target_param.data.copy_(self.tau * local_param.data + (1.0 - self.tau) * target_param.data)


def to_batch(samples):
    states, actions, rewards, next_states, dones = zip(*samples)
    column = lambda x: torch.tensor(np.array(x), dtype=torch.float32).view(-1, 1).to(device)
    return (torch.tensor(np.array(states), dtype=torch.float32), column(actions), column(rewards),
            torch.tensor(np.array(next_states), dtype=torch.float32), column(dones))


def train(episodes=300, batch_size=256):
    env = gym.make("CartPole-v1")
    agent = SAC(env.observation_space.shape[0], env.action_space.n)
    buffer = deque(maxlen=100_000)
    steps, average10 = 0, deque(maxlen=10)
    for i in range(1, episodes + 1):
        state, _ = env.reset()
        episode_steps, rewards = 0, 0
        while True:
            action = agent.get_action(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            buffer.append((state, action, reward, next_state, int(terminated)))
            if len(buffer) >= batch_size:
                policy_loss, alpha_loss, bellmann_error1, bellmann_error2, current_alpha = agent.learn(
                    to_batch(random.sample(buffer, batch_size)))
            state = next_state
            rewards += reward
            steps += 1
            if terminated or truncated:
                break
        average10.append(rewards)
        print("Episode: {} | Reward: {} | Steps: {} | Average: {:.1f}".format(i, rewards, steps, np.mean(average10)))
    torch.save(agent.actor_local.state_dict(), "cartpole-actor.pth")


if __name__ == "__main__":
    train()
