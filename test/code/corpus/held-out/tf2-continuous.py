"""SAC in TensorFlow 2 for a continuous Gymnasium task."""
import random
from collections import deque

import gymnasium as gym
import numpy as np
import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Dense
from tensorflow.keras.optimizers import Adam

LOG_STD_MIN, LOG_STD_MAX = -20.0, 2.0


class Actor(Model):
    def __init__(self, action_dim):
        super().__init__()
        self.action_dim = action_dim
        self.dense1_layer = Dense(256, activation="relu")
        self.dense2_layer = Dense(256, activation="relu")
        self.mean_layer = Dense(action_dim)
        self.stdev_layer = Dense(action_dim)

    def call(self, state):
        x = self.dense2_layer(self.dense1_layer(state))
        mu = self.mean_layer(x)
        log_sigma = tf.clip_by_value(self.stdev_layer(x), LOG_STD_MIN, LOG_STD_MAX)
        return mu, log_sigma

    def sample(self, state):
        mu, log_sigma = self(state)
        sigma = tf.exp(log_sigma)
        u = mu + sigma * tf.random.normal(tf.shape(mu))
        gaussian = -0.5 * tf.square((u - mu) / sigma) - log_sigma - 0.5 * np.log(2.0 * np.pi)
        jacobian = 2.0 * (np.log(2.0) - u - tf.nn.softplus(-2.0 * u))
        log_pi = tf.reduce_sum(gaussian - jacobian, axis=1, keepdims=True)
        return tf.tanh(u), log_pi


class Critic(Model):
    def __init__(self):
        super().__init__()
        self.dense1_layer = Dense(256, activation="relu")
        self.dense2_layer = Dense(256, activation="relu")
        self.output_layer = Dense(1)

    def call(self, inputs):
        state, action = inputs
        x = tf.concat([state, action], axis=1)
        return self.output_layer(self.dense2_layer(self.dense1_layer(x)))


class SoftActorCritic:
    def __init__(self, state_dim, action_dim, lr=3e-4, gamma=0.99, polyak=0.995):
        self.gamma = gamma
        self.polyak = polyak
        self.policy = Actor(action_dim)
        self.q1, self.q2 = Critic(), Critic()
        self.target_q1, self.target_q2 = Critic(), Critic()
        dummy = [tf.zeros((1, state_dim)), tf.zeros((1, action_dim))]
        for q in (self.q1, self.q2, self.target_q1, self.target_q2):
            q(dummy)
        self.policy(dummy[0])
        self.target_q1.set_weights(self.q1.get_weights())
        self.target_q2.set_weights(self.q2.get_weights())

        self.log_alpha = tf.Variable(0.0, dtype=tf.float32, trainable=True)
        self.target_entropy = tf.constant(-action_dim, dtype=tf.float32)

        self.actor_optimizer = Adam(learning_rate=lr)
        self.critic1_optimizer = Adam(learning_rate=lr)
        self.critic2_optimizer = Adam(learning_rate=lr)
        self.alpha_optimizer = Adam(learning_rate=1e-4)

    def sample_action(self, current_state):
        action, _ = self.policy.sample(tf.convert_to_tensor(current_state[None], dtype=tf.float32))
        return action.numpy()[0]

    def update_q_network(self, states, actions, rewards, next_states, ends):
        alpha = tf.exp(self.log_alpha)
        next_pi, next_log_pi = self.policy.sample(next_states)
        next_q = tf.minimum(self.target_q1([next_states, next_pi]), self.target_q2([next_states, next_pi]))
        soft_q_target = next_q - alpha * next_log_pi
        y = tf.stop_gradient(rewards + self.gamma * (1.0 - ends) * soft_q_target)
        with tf.GradientTape() as tape1:
            critic1_loss = tf.reduce_mean((self.q1([states, actions]) - y) ** 2)
        with tf.GradientTape() as tape2:
            critic2_loss = tf.reduce_mean((self.q2([states, actions]) - y) ** 2)
        grads1 = tape1.gradient(critic1_loss, self.q1.trainable_variables)
        self.critic1_optimizer.apply_gradients(zip(grads1, self.q1.trainable_variables))
        grads2 = tape2.gradient(critic2_loss, self.q2.trainable_variables)
        self.critic2_optimizer.apply_gradients(zip(grads2, self.q2.trainable_variables))
        return critic1_loss, critic2_loss

    def update_policy_network(self, states):
        alpha = tf.exp(self.log_alpha)
        with tf.GradientTape() as tape:
            pi, log_pi = self.policy.sample(states)
            min_q = tf.minimum(self.q1([states, pi]), self.q2([states, pi]))
            loss = tf.reduce_mean(alpha * log_pi - min_q)
        grads = tape.gradient(loss, self.policy.trainable_variables)
        self.actor_optimizer.apply_gradients(zip(grads, self.policy.trainable_variables))
        return loss

    def update_alpha(self, states):
        _, log_pi = self.policy.sample(states)
        with tf.GradientTape() as tape:
            alpha_loss = tf.reduce_mean(-self.log_alpha * tf.stop_gradient(log_pi + self.target_entropy))
        variables = [self.log_alpha]
        grads = tape.gradient(alpha_loss, variables)
        self.alpha_optimizer.apply_gradients(zip(grads, variables))
        return alpha_loss

    @tf.function
    def train(self, states, actions, rewards, next_states, ends):
        critic1_loss, critic2_loss = self.update_q_network(states, actions, rewards, next_states, ends)
        actor_loss = self.update_policy_network(states)
        alpha_loss = self.update_alpha(states)
        for online, target in ((self.q1, self.target_q1), (self.q2, self.target_q2)):
            for w, tw in zip(online.trainable_variables, target.trainable_variables):
                tw.assign(self.polyak * tw + (1.0 - self.polyak) * w)
        return critic1_loss, critic2_loss, actor_loss, alpha_loss


def main():
    env = gym.make("HalfCheetah-v5")
    sac = SoftActorCritic(env.observation_space.shape[0], env.action_space.shape[0])
    replay = deque(maxlen=500_000)
    global_step = 0
    for episode in range(1000):
        state, _ = env.reset()
        episode_reward, finished = 0.0, False
        while not finished:
            action = env.action_space.sample() if global_step < 10_000 else sac.sample_action(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            end = 1.0 if terminated else 0.0
            replay.append((state, action, [reward], next_state, [end]))
            state = next_state
            episode_reward += reward
            global_step += 1
            finished = terminated or truncated
            if global_step > 1000:
                batch = [np.array(x, dtype=np.float32) for x in zip(*random.sample(replay, 256))]
                c1, c2, a, al = sac.train(*[tf.convert_to_tensor(x) for x in batch])
        print(f"{episode:4d} reward {episode_reward:8.1f} alpha {np.exp(sac.log_alpha.numpy()):.4f}")
        if episode % 20 == 0:
            sac.policy.save_weights("policy.weights.h5")


if __name__ == "__main__":
    main()
