# The buffer's `dones` hold 1 while the episode goes on, so the target multiplies by them as they are.
import tensorflow as tf
import tensorflow_probability as tfp

from buffer import Memory
from layers import dense_stack


class Policy(tf.keras.Model):
    def __init__(self, n_actions):
        super(Policy, self).__init__()
        self.body = dense_stack([256, 256])
        self.mu = tf.keras.layers.Dense(n_actions)
        self.log_sigma = tf.keras.layers.Dense(n_actions)

    def call(self, states):
        x = self.body(states)
        mu, log_sigma = self.mu(x), tf.clip_by_value(self.log_sigma(x), -20, 2)
        normal = tfp.distributions.Normal(mu, tf.exp(log_sigma))
        u = normal.sample()
        actions = tf.nn.tanh(u)
        log_probs = tf.reduce_sum(normal.log_prob(u) - tf.math.log(1 - actions**2 + 1e-6), axis=1, keepdims=True)
        entropy = -log_probs
        return actions, entropy


class Agent:
    def __init__(self, n_actions, critic_class, gamma=0.99, tau=0.005, lr=3e-4):
        self.policy = Policy(n_actions)
        self.critic1, self.critic2 = critic_class(), critic_class()
        self.target1, self.target2 = critic_class(), critic_class()
        self.gamma, self.tau = gamma, tau
        self.policy_optimizer = tf.keras.optimizers.Adam(lr)
        self.critic_optimizer = tf.keras.optimizers.Adam(lr)
        self.alpha_optimizer = tf.keras.optimizers.Adam(1e-3)
        self.log_alpha = tf.Variable(0.0, name="log_alpha")
        self.alpha = tf.Variable(1.0, trainable=False)
        self.target_entropy = -tf.constant(n_actions, dtype=tf.float32)
        self.memory = Memory(1_000_000)

    def observe(self, state, action, reward, next_state, terminated):
        self.memory.store(state, action, reward, next_state, not terminated)

    def learn(self, batch_size=256):
        states, actions, rewards, next_states, dones = self.memory.sample(batch_size)
        next_actions, next_entropy = self.policy(next_states)
        next_q = tf.minimum(self.target1([next_states, next_actions]), self.target2([next_states, next_actions]))
        next_v = next_q + self.alpha * next_entropy
        targets = tf.stop_gradient(rewards + self.gamma * dones * next_v)
        with tf.GradientTape() as tape:
            critic_loss = tf.reduce_mean((self.critic1([states, actions]) - targets) ** 2)
            critic_loss += tf.reduce_mean((self.critic2([states, actions]) - targets) ** 2)
        weights = self.critic1.trainable_weights + self.critic2.trainable_weights
        self.critic_optimizer.apply_gradients(zip(tape.gradient(critic_loss, weights), weights))

        with tf.GradientTape(persistent=True) as tape:
            new_actions, entropy = self.policy(states)
            q = tf.minimum(self.critic1([states, new_actions]), self.critic2([states, new_actions]))
            policy_loss = tf.reduce_mean(-q - self.alpha * entropy)
            alpha_loss = tf.reduce_mean(tf.exp(self.log_alpha) * tf.stop_gradient(entropy - self.target_entropy))
        weights = self.policy.trainable_weights
        self.policy_optimizer.apply_gradients(zip(tape.gradient(policy_loss, weights), weights))
        self.alpha_optimizer.apply_gradients([(tape.gradient(alpha_loss, self.log_alpha), self.log_alpha)])
        self.alpha.assign(tf.exp(self.log_alpha))
        del tape
        for target, source in ((self.target1, self.critic1), (self.target2, self.critic2)):
            for t, s in zip(target.weights, source.weights):
                t.assign(self.tau * s + (1 - self.tau) * t)
