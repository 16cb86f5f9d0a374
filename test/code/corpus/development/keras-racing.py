"""CarRacing with SAC in TensorFlow 2: Keras models by subclassing, one tape per update."""

import os

import gymnasium as gym
import numpy as np
import tensorflow as tf
import tensorflow.keras as keras
from tensorflow.keras.layers import Conv2D, Dense, Flatten
from tensorflow.keras.optimizers import Adam

from buffer import ReplayBuffer


class Vision(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(16, 8, strides=4, activation="relu")
        self.conv2 = Conv2D(32, 3, strides=2, activation="relu")
        self.flat = Flatten()

    def call(self, frames):
        return self.flat(self.conv2(self.conv1(tf.cast(frames, tf.float32) / 255.0)))


class CriticNetwork(keras.Model):
    def __init__(self, fc1_dims=256, fc2_dims=256, name="critic", chkpt_dir="models"):
        super().__init__(name=name)
        self.checkpoint_file = os.path.join(chkpt_dir, name + ".weights.h5")
        self.vision = Vision()
        self.fc1 = Dense(fc1_dims, activation="relu")
        self.fc2 = Dense(fc2_dims, activation="relu")
        self.q = Dense(1, activation=None)

    def call(self, state, action):
        x = tf.concat([self.vision(state), action], axis=1)
        return tf.squeeze(self.q(self.fc2(self.fc1(x))), 1)


class ActorNetwork(keras.Model):
    def __init__(self, n_actions, fc1_dims=256, fc2_dims=256, name="actor", chkpt_dir="models"):
        super().__init__(name=name)
        self.checkpoint_file = os.path.join(chkpt_dir, name + ".weights.h5")
        self.vision = Vision()
        self.fc1 = Dense(fc1_dims, activation="relu")
        self.fc2 = Dense(fc2_dims, activation="relu")
        self.mu = Dense(n_actions, activation=None)
        self.log_sigma = Dense(n_actions, activation=None)

    def call(self, state):
        prob = self.fc2(self.fc1(self.vision(state)))
        return self.mu(prob), tf.clip_by_value(self.log_sigma(prob), -20.0, 2.0)

    def sample_normal(self, state):
        mu, log_sigma = self.call(state)
        sigma = tf.exp(log_sigma)
        x = mu + sigma * tf.random.normal(tf.shape(mu))
        action = tf.math.tanh(x)
        log_probs = -0.5 * tf.square((x - mu) / sigma) - log_sigma - 0.5 * tf.math.log(2.0 * np.pi)
        log_probs -= tf.math.log(1.0 - tf.square(action) + 1e-6)
        return action, tf.reduce_sum(log_probs, axis=1)


class Agent:
    def __init__(self, input_dims, n_actions, gamma=0.99, tau=0.005, lr=3e-4, max_size=200_000, batch_size=128):
        self.gamma, self.tau, self.batch_size, self.n_actions = gamma, tau, batch_size, n_actions
        self.memory = ReplayBuffer(max_size, input_dims, n_actions)
        self.actor = ActorNetwork(n_actions)
        self.critic_1, self.critic_2 = CriticNetwork(name="critic_1"), CriticNetwork(name="critic_2")
        self.target_1, self.target_2 = CriticNetwork(name="target_1"), CriticNetwork(name="target_2")
        self.actor.optimizer_ = Adam(learning_rate=lr)
        self.critic_optimizer_1, self.critic_optimizer_2 = Adam(learning_rate=lr), Adam(learning_rate=lr)

        self.entropy_target = tf.constant(-float(n_actions))
        self.alpha_log = tf.Variable(tf.math.log(0.5), dtype=tf.float32, name="alpha_log")
        self.alpha_optimizer = Adam(learning_rate=3e-4)
        self._build(input_dims)
        self.update_network_parameters(tau=1.0)

    def _build(self, input_dims):
        frame, action = tf.zeros((1, *input_dims)), tf.zeros((1, self.n_actions))
        self.actor(frame)
        for critic in (self.critic_1, self.critic_2, self.target_1, self.target_2):
            critic(frame, action)

    def choose_action(self, observation):
        actions, _ = self.actor.sample_normal(tf.convert_to_tensor([observation]))
        return actions[0].numpy()

    def remember(self, state, action, reward, new_state, done):
        self.memory.store_transition(state, action, reward, new_state, done)

    def update_network_parameters(self, tau=None):
        tau = self.tau if tau is None else tau
        for target, critic in ((self.target_1, self.critic_1), (self.target_2, self.critic_2)):
            weights = [tau * w + (1.0 - tau) * t for w, t in zip(critic.get_weights(), target.get_weights())]
            target.set_weights(weights)

    def learn(self):
        if self.memory.mem_cntr < self.batch_size:
            return
        state, action, reward, new_state, done = self.memory.sample_buffer(self.batch_size)
        states = tf.convert_to_tensor(state, dtype=tf.float32)
        states_ = tf.convert_to_tensor(new_state, dtype=tf.float32)
        actions = tf.convert_to_tensor(action, dtype=tf.float32)
        rewards = tf.convert_to_tensor(reward, dtype=tf.float32)
        dones = tf.convert_to_tensor(done, dtype=tf.float32)
        alpha = tf.exp(self.alpha_log)

        new_actions, new_log_probs = self.actor.sample_normal(states_)
        target_q = tf.minimum(self.target_1(states_, new_actions), self.target_2(states_, new_actions))
        value_ = target_q - alpha * new_log_probs
        y = rewards + self.gamma * (1.0 - dones) * value_
        for critic, optimizer in ((self.critic_1, self.critic_optimizer_1), (self.critic_2, self.critic_optimizer_2)):
            with tf.GradientTape() as tape:
                critic_loss = 0.5 * keras.losses.mse(y, critic(states, actions))
            critic_gradient = tape.gradient(critic_loss, critic.trainable_variables)
            optimizer.apply_gradients(zip(critic_gradient, critic.trainable_variables))

        with tf.GradientTape() as tape:
            pi, log_probs = self.actor.sample_normal(states)
            critic_value = tf.minimum(self.critic_1(states, pi), self.critic_2(states, pi))
            actor_loss = tf.reduce_mean(alpha * log_probs - critic_value)
        actor_gradient = tape.gradient(actor_loss, self.actor.trainable_variables)
        self.actor.optimizer_.apply_gradients(zip(actor_gradient, self.actor.trainable_variables))

        with tf.GradientTape() as tape:
            alpha_loss = -tf.reduce_mean(tf.exp(self.alpha_log) * (tf.stop_gradient(log_probs) + self.entropy_target))
        alpha_gradient = tape.gradient(alpha_loss, [self.alpha_log])
        self.alpha_optimizer.apply_gradients(zip(alpha_gradient, [self.alpha_log]))

        self.update_network_parameters()

    def save_models(self):
        print("... saving models ...")
        for model in (self.actor, self.critic_1, self.critic_2, self.target_1, self.target_2):
            model.save_weights(model.checkpoint_file)
        np.save("models/alpha_log.npy", self.alpha_log.numpy())

    def load_models(self):
        print("... loading models ...")
        for model in (self.actor, self.critic_1, self.critic_2, self.target_1, self.target_2):
            model.load_weights(model.checkpoint_file)
        self.alpha_log.assign(np.load("models/alpha_log.npy"))


if __name__ == "__main__":
    env = gym.make("CarRacing-v3")
    agent = Agent(input_dims=env.observation_space.shape, n_actions=env.action_space.shape[0])
    low, high = env.action_space.low, env.action_space.high
    best_score, score_history = -np.inf, []
    for i in range(1000):
        observation, _ = env.reset()
        finished, score = False, 0.0
        while not finished:
            action = agent.choose_action(observation)
            observation_, reward, terminated, truncated, _ = env.step(low + (action + 1.0) * 0.5 * (high - low))
            agent.remember(observation, action, reward, observation_, terminated)
            agent.learn()
            finished = terminated or truncated
            observation = observation_
            score += reward
        score_history.append(score)
        avg_score = np.mean(score_history[-50:])
        if avg_score > best_score:
            best_score = avg_score
            agent.save_models()
        print("episode", i, "score %.1f" % score, "average %.1f" % avg_score, "alpha %.4f" % np.exp(agent.alpha_log.numpy()))
