# Soft Actor Critic for LunarLander-v2 (4 discrete actions), tensorflow 2
# term project

import random
import sys
from collections import deque

import gym
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

HPARAMS = {
    "gamma": 0.99,
    "tau": 0.005,
    "batch": 64,
    "memory": 100000,
    "start": 2000,
    "actor_lr": 0.0003,
    "critic_lr": 0.0003,
    "alpha_lr": 0.0002,
    "episodes": 800,
}


def build_net(state_size, action_size, softmax=False):
    inputs = layers.Input(shape=(state_size,))
    out = layers.Dense(256, activation="relu")(inputs)
    out = layers.Dense(256, activation="relu")(out)
    out = layers.Dense(action_size, activation="softmax" if softmax else None)(out)
    return keras.Model(inputs, out)


class Memory:
    def __init__(self, size):
        self.buffer = deque(maxlen=size)

    def remember(self, state, action, reward, next_state, done):
        self.buffer.append((state, action, reward, next_state, done))

    def sample(self, n):
        batch = random.sample(self.buffer, n)
        states, actions, rewards, next_states, dones = map(np.array, zip(*batch))
        return (
            states.astype(np.float32),
            actions.astype(np.int32),
            rewards.astype(np.float32),
            next_states.astype(np.float32),
            dones.astype(np.float32),
        )

    def __len__(self):
        return len(self.buffer)


class SACAgent:
    def __init__(self, state_size, action_size):
        self.action_size = action_size
        self.actor = build_net(state_size, action_size, softmax=True)
        self.critic_1 = build_net(state_size, action_size)
        self.critic_2 = build_net(state_size, action_size)
        self.target_critic_1 = build_net(state_size, action_size)
        self.target_critic_2 = build_net(state_size, action_size)
        self.target_critic_1.set_weights(self.critic_1.get_weights())
        self.target_critic_2.set_weights(self.critic_2.get_weights())

        self.actor_optimizer = keras.optimizers.Adam(HPARAMS["actor_lr"])
        self.critic_1_optimizer = keras.optimizers.Adam(HPARAMS["critic_lr"])
        self.critic_2_optimizer = keras.optimizers.Adam(HPARAMS["critic_lr"])
        self.alpha_optimizer = keras.optimizers.Adam(HPARAMS["alpha_lr"])

        # alpha must be positive so we train the log
        self.log_alpha = tf.Variable(0.0, trainable=True, dtype=tf.float32, name="log_alpha")
        # some percent of the entropy of a random policy
        self.target_entropy = 0.6 * np.log(action_size)
        self.memory = Memory(HPARAMS["memory"])

        self.checkpoint = tf.train.Checkpoint(
            actor=self.actor,
            critic_1=self.critic_1,
            critic_2=self.critic_2,
            target_critic_1=self.target_critic_1,
            target_critic_2=self.target_critic_2,
            actor_optimizer=self.actor_optimizer,
            critic_1_optimizer=self.critic_1_optimizer,
            critic_2_optimizer=self.critic_2_optimizer,
            log_alpha=self.log_alpha,
            alpha_optimizer=self.alpha_optimizer,
        )
        self.manager = tf.train.CheckpointManager(self.checkpoint, "checkpoints", max_to_keep=2)

    def choose_action(self, state):
        probs = self.actor(state[None].astype(np.float32))[0].numpy()
        return np.random.choice(self.action_size, p=probs / probs.sum())

    def get_probs(self, states):
        probs = self.actor(states)
        log_probs = tf.math.log(probs + 1e-8)
        return probs, log_probs

    def compute_targets(self, rewards, next_states, dones):
        alpha = tf.exp(self.log_alpha)
        probs, log_probs = self.get_probs(next_states)
        q_next = tf.minimum(self.target_critic_1(next_states), self.target_critic_2(next_states))
        v_next = tf.reduce_sum(probs * (q_next - alpha * log_probs), axis=1)
        y = rewards + HPARAMS["gamma"] * v_next * (1.0 - dones)
        return tf.stop_gradient(y)

    @tf.function
    def train_critics(self, states, actions, rewards, next_states, dones):
        y = self.compute_targets(rewards, next_states, dones)
        one_hot = tf.one_hot(actions, self.action_size)
        with tf.GradientTape() as tape1:
            q1 = tf.reduce_sum(self.critic_1(states) * one_hot, axis=1)
            loss1 = tf.reduce_mean(tf.square(y - q1))
        grads1 = tape1.gradient(loss1, self.critic_1.trainable_variables)
        self.critic_1_optimizer.apply_gradients(zip(grads1, self.critic_1.trainable_variables))
        with tf.GradientTape() as tape2:
            q2 = tf.reduce_sum(self.critic_2(states) * one_hot, axis=1)
            loss2 = tf.reduce_mean(tf.square(y - q2))
        grads2 = tape2.gradient(loss2, self.critic_2.trainable_variables)
        self.critic_2_optimizer.apply_gradients(zip(grads2, self.critic_2.trainable_variables))
        return loss1, loss2

    @tf.function
    def train_actor(self, states):
        alpha = tf.exp(self.log_alpha)
        min_q = tf.minimum(self.critic_1(states), self.critic_2(states))
        with tf.GradientTape() as tape:
            probs, log_probs = self.get_probs(states)
            actor_loss = tf.reduce_mean(tf.reduce_sum(probs * (alpha * log_probs - min_q), axis=1))
        grads = tape.gradient(actor_loss, self.actor.trainable_variables)
        self.actor_optimizer.apply_gradients(zip(grads, self.actor.trainable_variables))
        return actor_loss

    @tf.function
    def train_alpha(self, states):
        probs, log_probs = self.get_probs(states)
        expected_log_prob = tf.reduce_sum(probs * log_probs, axis=1)
        with tf.GradientTape() as tape:
            alpha_loss = -tf.reduce_mean(tf.exp(self.log_alpha) * (expected_log_prob + self.target_entropy))
        grads = tape.gradient(alpha_loss, [self.log_alpha])
        self.alpha_optimizer.apply_gradients(zip(grads, [self.log_alpha]))
        return alpha_loss

    def update_targets(self):
        tau = HPARAMS["tau"]
        for net, target in [(self.critic_1, self.target_critic_1), (self.critic_2, self.target_critic_2)]:
            new = [tau * w + (1 - tau) * tw for w, tw in zip(net.get_weights(), target.get_weights())]
            target.set_weights(new)

    def learn(self):
        if len(self.memory) < HPARAMS["start"]:
            return None
        states, actions, rewards, next_states, dones = self.memory.sample(HPARAMS["batch"])
        c1, c2 = self.train_critics(states, actions, rewards, next_states, dones)
        a = self.train_actor(states)
        t = self.train_alpha(states)
        self.update_targets()
        return float(c1), float(c2), float(a), float(t)

    def save(self):
        print("saved", self.manager.save())

    def resume(self):
        self.checkpoint.restore(self.manager.latest_checkpoint)


def main():
    env = gym.make("LunarLander-v2")
    agent = SACAgent(env.observation_space.shape[0], env.action_space.n)
    if "--resume" in sys.argv:
        agent.resume()
    scores = []
    for episode in range(HPARAMS["episodes"]):
        state, _ = env.reset()
        score = 0
        finished = False
        while not finished:
            action = agent.choose_action(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.memory.remember(state, action, reward, next_state, terminated)
            finished = terminated or truncated
            state = next_state
            score += reward
            agent.learn()
        scores.append(score)
        print("episode", episode, "score %.1f" % score, "mean %.1f" % np.mean(scores[-100:]))
        print("alpha %.4f" % np.exp(agent.log_alpha.numpy()))
        if episode % 50 == 0:
            agent.save()


if __name__ == "__main__":
    main()
