import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras

tfd = tfp.distributions


class Actor(keras.Model):
    def __init__(self, action_dim, units=256):
        super().__init__()
        self.d1 = keras.layers.Dense(units, activation="relu")
        self.d2 = keras.layers.Dense(units, activation="relu")
        self.mean = keras.layers.Dense(action_dim)
        self.log_std = keras.layers.Dense(action_dim)

    def call(self, obs):
        x = self.d2(self.d1(obs))
        return self.mean(x), tf.clip_by_value(self.log_std(x), -20.0, 2.0)

    def sample(self, obs):
        mean, log_std = self(obs)
        dist = tfd.Normal(mean, tf.exp(log_std))
        pre_tanh = dist.sample()
        action = tf.tanh(pre_tanh)
        log_prob = dist.log_prob(pre_tanh) - tf.math.log(1.0 - action**2 + 1e-6)
        log_prob = tf.reduce_sum(log_prob, axis=-1, keepdims=True)
        return action, log_prob


class SAC:
    def __init__(self, obs_dim, action_dim, make_critic, gamma=0.99, tau=0.005, lr=3e-4):
        self.gamma, self.tau = gamma, tau
        self.actor = Actor(action_dim)
        self.q1, self.q2 = make_critic(), make_critic()
        self.q1_target, self.q2_target = make_critic(), make_critic()
        self.q1_target.set_weights(self.q1.get_weights())
        self.q2_target.set_weights(self.q2.get_weights())
        self.actor_opt = keras.optimizers.Adam(lr)
        self.critic_opt = keras.optimizers.Adam(lr)
        self.target_entropy = -float(action_dim)
        self.log_alpha = tf.Variable(0.0, trainable=True, dtype=tf.float32)
        self.alpha_opt = keras.optimizers.Adam(learning_rate=3e-4)

    @tf.function
    def train_step(self, obs, action, reward, next_obs, done):
        alpha = tf.exp(self.log_alpha)
        next_action, next_log_prob = self.actor.sample(next_obs)
        next_q = tf.minimum(self.q1_target([next_obs, next_action]), self.q2_target([next_obs, next_action]))
        y = tf.stop_gradient(reward + self.gamma * (1.0 - done) * (next_q - alpha * next_log_prob))

        with tf.GradientTape() as tape:
            q1_loss = tf.reduce_mean((self.q1([obs, action]) - y) ** 2)
            q2_loss = tf.reduce_mean((self.q2([obs, action]) - y) ** 2)
            critic_loss = 0.5 * (q1_loss + q2_loss)
        critic_vars = self.q1.trainable_variables + self.q2.trainable_variables
        grads = tape.gradient(critic_loss, critic_vars)
        self.critic_opt.apply_gradients(zip(grads, critic_vars))

        with tf.GradientTape() as tape:
            new_action, log_prob = self.actor.sample(obs)
            q = tf.minimum(self.q1([obs, new_action]), self.q2([obs, new_action]))
            actor_loss = tf.reduce_mean(alpha * log_prob - q)
        grads = tape.gradient(actor_loss, self.actor.trainable_variables)
        self.actor_opt.apply_gradients(zip(grads, self.actor.trainable_variables))

        with tf.GradientTape() as tape:
            alpha_loss = -tf.reduce_mean(self.log_alpha * tf.stop_gradient(log_prob + self.target_entropy))
        grads = tape.gradient(alpha_loss, [self.log_alpha])
        self.alpha_opt.apply_gradients(zip(grads, [self.log_alpha]))

        for target, source in ((self.q1_target, self.q1), (self.q2_target, self.q2)):
            for t, s in zip(target.variables, source.variables):
                t.assign((1 - self.tau) * t + self.tau * s)
        return critic_loss, actor_loss, alpha_loss, tf.exp(self.log_alpha)

    def save(self, folder):
        self.actor.save_weights(f"{folder}/actor")
        self.q1.save_weights(f"{folder}/q1")
        self.q2.save_weights(f"{folder}/q2")
        np.save(f"{folder}/log_alpha.npy", self.log_alpha.numpy())

    def load(self, folder):
        self.actor.load_weights(f"{folder}/actor")
        self.q1.load_weights(f"{folder}/q1")
        self.q2.load_weights(f"{folder}/q2")
        self.log_alpha.assign(np.load(f"{folder}/log_alpha.npy"))
