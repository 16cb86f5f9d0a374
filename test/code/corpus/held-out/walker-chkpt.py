import os

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions.normal import Normal


class ReplayBuffer:
    def __init__(self, max_size, input_shape, n_actions):
        self.mem_size = max_size
        self.mem_cntr = 0
        self.state_memory = np.zeros((max_size, *input_shape), dtype=np.float32)
        self.new_state_memory = np.zeros((max_size, *input_shape), dtype=np.float32)
        self.action_memory = np.zeros((max_size, n_actions), dtype=np.float32)
        self.reward_memory = np.zeros(max_size, dtype=np.float32)
        self.terminal_memory = np.zeros(max_size, dtype=bool)

    def store_transition(self, state, action, reward, state_, done):
        index = self.mem_cntr % self.mem_size
        self.state_memory[index] = state
        self.new_state_memory[index] = state_
        self.action_memory[index] = action
        self.reward_memory[index] = reward
        self.terminal_memory[index] = done
        self.mem_cntr += 1

    def sample_buffer(self, batch_size):
        max_mem = min(self.mem_cntr, self.mem_size)
        batch = np.random.choice(max_mem, batch_size)
        return (self.state_memory[batch], self.action_memory[batch], self.reward_memory[batch],
                self.new_state_memory[batch], self.terminal_memory[batch])


class CriticNetwork(nn.Module):
    def __init__(self, beta, input_dims, n_actions, name, chkpt_dir, fc1_dims=256, fc2_dims=256):
        super(CriticNetwork, self).__init__()
        self.checkpoint_file = os.path.join(chkpt_dir, name + '_sac')
        self.fc1 = nn.Linear(input_dims[0] + n_actions, fc1_dims)
        self.fc2 = nn.Linear(fc1_dims, fc2_dims)
        self.q = nn.Linear(fc2_dims, 1)
        self.optimizer = optim.Adam(self.parameters(), lr=beta)
        self.device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')
        self.to(self.device)

    def forward(self, state, action):
        action_value = F.relu(self.fc1(torch.cat([state, action], dim=1)))
        action_value = F.relu(self.fc2(action_value))
        return self.q(action_value)

    def save_checkpoint(self):
        torch.save(self.state_dict(), self.checkpoint_file)

    def load_checkpoint(self):
        self.load_state_dict(torch.load(self.checkpoint_file))


class ActorNetwork(nn.Module):
    def __init__(self, alpha, input_dims, n_actions, max_action, chkpt_dir, fc1_dims=256, fc2_dims=256, name='actor'):
        super(ActorNetwork, self).__init__()
        self.checkpoint_file = os.path.join(chkpt_dir, name + '_sac')
        self.reparam_noise = 1e-6
        self.fc1 = nn.Linear(*input_dims, fc1_dims)
        self.fc2 = nn.Linear(fc1_dims, fc2_dims)
        self.mu = nn.Linear(fc2_dims, n_actions)
        self.sigma = nn.Linear(fc2_dims, n_actions)
        self.optimizer = optim.Adam(self.parameters(), lr=alpha)
        self.device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')
        self.to(self.device)
        self.max_action = torch.tensor(max_action).to(self.device)

    def forward(self, state):
        prob = F.relu(self.fc1(state))
        prob = F.relu(self.fc2(prob))
        mu = self.mu(prob)
        sigma = torch.clamp(F.softplus(self.sigma(prob)), min=self.reparam_noise, max=2)
        return mu, sigma

    def sample_normal(self, state, reparameterize=True):
        mu, sigma = self.forward(state)
        probabilities = Normal(mu, sigma)
        if reparameterize:
            actions = probabilities.rsample()
        else:
            actions = probabilities.sample()
        squashed = torch.tanh(actions)
        log_probs = probabilities.log_prob(actions)
        log_probs = log_probs - torch.log(1 - squashed.pow(2) + self.reparam_noise)
        log_probs = log_probs.sum(1, keepdim=True)
        return squashed * self.max_action, log_probs

    def save_checkpoint(self):
        torch.save(self.state_dict(), self.checkpoint_file)

    def load_checkpoint(self):
        self.load_state_dict(torch.load(self.checkpoint_file))


class Agent():
    def __init__(self, env, alpha=0.0003, beta=0.0003, gamma=0.99, tau=0.005, max_size=1000000, batch_size=256,
                 chkpt_dir='tmp/sac'):
        self.gamma = gamma
        self.tau = tau
        self.batch_size = batch_size
        self.chkpt_dir = chkpt_dir
        os.makedirs(chkpt_dir, exist_ok=True)
        n_actions = env.action_space.shape[0]
        input_dims = env.observation_space.shape
        self.memory = ReplayBuffer(max_size, input_dims, n_actions)

        self.actor = ActorNetwork(alpha, input_dims, n_actions, env.action_space.high, chkpt_dir)
        self.critic_1 = CriticNetwork(beta, input_dims, n_actions, 'critic_1', chkpt_dir)
        self.critic_2 = CriticNetwork(beta, input_dims, n_actions, 'critic_2', chkpt_dir)
        self.target_critic_1 = CriticNetwork(beta, input_dims, n_actions, 'target_critic_1', chkpt_dir)
        self.target_critic_2 = CriticNetwork(beta, input_dims, n_actions, 'target_critic_2', chkpt_dir)
        self.update_network_parameters(tau=1)

        self.entropy_target = -n_actions
        self.log_temperature = torch.tensor(np.log(0.2), dtype=torch.float, device=self.actor.device, requires_grad=True)
        self.temperature_optimizer = optim.Adam([self.log_temperature], lr=0.0003)

    def choose_action(self, observation):
        state = torch.tensor(np.array([observation]), dtype=torch.float).to(self.actor.device)
        actions, _ = self.actor.sample_normal(state, reparameterize=False)
        return actions.cpu().detach().numpy()[0]

    def remember(self, state, action, reward, new_state, done):
        self.memory.store_transition(state, action, reward, new_state, done)

    def update_network_parameters(self, tau=None):
        tau = self.tau if tau is None else tau
        for net, target in ((self.critic_1, self.target_critic_1), (self.critic_2, self.target_critic_2)):
            for p, tp in zip(net.parameters(), target.parameters()):
                tp.data.copy_(tau * p.data + (1 - tau) * tp.data)

    def save_models(self):
        print('.... saving models ....')
        for net in (self.actor, self.critic_1, self.critic_2, self.target_critic_1, self.target_critic_2):
            net.save_checkpoint()
        torch.save(self.log_temperature.detach(), os.path.join(self.chkpt_dir, 'log_temperature'))

    def load_models(self):
        print('.... loading models ....')
        for net in (self.actor, self.critic_1, self.critic_2, self.target_critic_1, self.target_critic_2):
            net.load_checkpoint()
        with torch.no_grad():
            self.log_temperature.copy_(torch.load(os.path.join(self.chkpt_dir, 'log_temperature')))

    def learn(self):
        if self.memory.mem_cntr < self.batch_size:
            return
        state, action, reward, new_state, done = self.memory.sample_buffer(self.batch_size)
        device = self.actor.device
        reward = torch.tensor(reward, dtype=torch.float).to(device).view(-1, 1)
        done = torch.tensor(done).to(device).view(-1, 1)
        state_ = torch.tensor(new_state, dtype=torch.float).to(device)
        state = torch.tensor(state, dtype=torch.float).to(device)
        action = torch.tensor(action, dtype=torch.float).to(device)
        temperature = self.log_temperature.exp().detach()

        # critics
        with torch.no_grad():
            actions_, log_probs_ = self.actor.sample_normal(state_)
            q1_ = self.target_critic_1(state_, actions_)
            q2_ = self.target_critic_2(state_, actions_)
            value_ = torch.min(q1_, q2_) - temperature * log_probs_
            value_[done] = 0.0
            q_hat = reward + self.gamma * value_
        q1_old_policy = self.critic_1(state, action)
        q2_old_policy = self.critic_2(state, action)
        self.critic_1.optimizer.zero_grad()
        self.critic_2.optimizer.zero_grad()
        critic_loss = 0.5 * F.mse_loss(q1_old_policy, q_hat) + 0.5 * F.mse_loss(q2_old_policy, q_hat)
        critic_loss.backward()
        self.critic_1.optimizer.step()
        self.critic_2.optimizer.step()

        # actor
        actions, log_probs = self.actor.sample_normal(state, reparameterize=True)
        critic_value = torch.min(self.critic_1(state, actions), self.critic_2(state, actions))
        actor_loss = torch.mean(temperature * log_probs - critic_value)
        self.actor.optimizer.zero_grad()
        actor_loss.backward()
        self.actor.optimizer.step()

        # temperature
        log_probs = log_probs.detach()
        temperature_loss = (self.log_temperature.exp() * (-log_probs - self.entropy_target)).mean()
        self.temperature_optimizer.zero_grad()
        temperature_loss.backward()
        self.temperature_optimizer.step()
        self.update_network_parameters()


if __name__ == '__main__':
    env = gym.make('BipedalWalker-v3')
    agent = Agent(env)
    best_score = -np.inf
    score_history = []
    for i in range(1000):
        observation, info = env.reset()
        done, score = False, 0
        while not done:
            action = agent.choose_action(observation)
            observation_, reward, terminated, truncated, info = env.step(action)
            agent.remember(observation, action, reward, observation_, terminated)
            agent.learn()
            score += reward
            observation = observation_
            done = terminated or truncated
        score_history.append(score)
        avg_score = np.mean(score_history[-100:])
        if avg_score > best_score:
            best_score = avg_score
            agent.save_models()
        print('episode ', i, 'score %.1f' % score, 'avg score %.1f' % avg_score)
