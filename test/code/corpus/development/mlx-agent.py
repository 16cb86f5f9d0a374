"""SAC on mlx: gradients of methods, optimisers that update modules, a module for the temperature."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim


class Temperature(nn.Module):
    def __init__(self, initial=1.0):
        super().__init__()
        self.log_alpha = mx.log(mx.array(initial))

    def __call__(self):
        return mx.exp(self.log_alpha)


class Agent:
    def __init__(self, actor, critic, critic_target, act_dim):
        self.actor, self.critic, self.critic_target = actor, critic, critic_target
        self.critic_target.update(self.critic.parameters())
        self.temperature = Temperature()
        self.target_entropy = -act_dim
        self.actor_opt = optim.Adam(learning_rate=3e-4)
        self.critic_opt = optim.Adam(learning_rate=3e-4)
        self.alpha_opt = optim.Adam(learning_rate=1e-3)
        self.gamma = 0.99

    def critic_loss(self, critic, obs, act, target):
        q1, q2 = critic(obs, act)
        return mx.mean(mx.square(q1 - target)) + mx.mean(mx.square(q2 - target))

    def actor_loss(self, actor, obs):
        action, log_prob = actor.sample(obs)
        q1, q2 = self.critic(obs, action)
        alpha = mx.stop_gradient(self.temperature())
        return mx.mean(alpha * log_prob - mx.minimum(q1, q2))

    def alpha_loss(self, temperature, log_prob):
        return -mx.mean(temperature() * (log_prob + self.target_entropy))

    def td_target(self, reward, next_obs, done):
        next_action, next_log_prob = self.actor.sample(next_obs)
        next_q1, next_q2 = self.critic_target(next_obs, next_action)
        next_value = mx.minimum(next_q1, next_q2) - self.temperature() * next_log_prob
        return mx.stop_gradient(reward + self.gamma * (1 - done) * next_value)

    def step(self, obs, act, reward, next_obs, done):
        target = self.td_target(reward, next_obs, done)
        _, grads = nn.value_and_grad(self.critic, self.critic_loss)(self.critic, obs, act, target)
        self.critic_opt.update(self.critic, grads)
        _, grads = nn.value_and_grad(self.actor, self.actor_loss)(self.actor, obs)
        self.actor_opt.update(self.actor, grads)
        _, log_prob = self.actor.sample(obs)
        log_prob = mx.stop_gradient(log_prob)
        _, grads = nn.value_and_grad(self.temperature, self.alpha_loss)(self.temperature, log_prob)
        self.alpha_opt.update(self.temperature, grads)
