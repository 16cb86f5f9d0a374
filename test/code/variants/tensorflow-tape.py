import tensorflow as tf
import tensorflow_probability as tfp


class Agent:
    def __init__(self, action_dim):
        self.target_entropy = -tf.constant(action_dim, dtype=tf.float32)
        self.log_alpha = tf.Variable(0.0)
        self.alpha_optimizer = tf.keras.optimizers.Adam(learning_rate=3e-4)

    def sample(self, states):
        mean, std = self.actor(states)
        dist = tfp.distributions.Normal(mean, std)
        raw = mean + std * tf.random.normal(tf.shape(mean))
        logp = tf.reduce_sum(dist.log_prob(raw), axis=-1)
        return tf.tanh(raw), logp

    def train(self, states, next_states, rewards, dones):
        alpha = tf.exp(self.log_alpha)
        next_actions, next_logp = self.sample(next_states)
        next_q = tf.minimum(self.q1_target(next_states, next_actions), self.q2_target(next_states, next_actions))
        backup = rewards + 0.99 * (1 - dones) * (next_q - alpha * next_logp)
        with tf.GradientTape() as tape:
            actions, logp = self.sample(states)
            q = tf.minimum(self.q1(states, actions), self.q2(states, actions))
            actor_loss = tf.reduce_mean(tf.stop_gradient(alpha) * logp - q)
        with tf.GradientTape() as tape:
            alpha_loss = -tf.reduce_mean(self.log_alpha * tf.stop_gradient(logp + self.target_entropy))
        grads = tape.gradient(alpha_loss, [self.log_alpha])
        self.alpha_optimizer.apply_gradients(zip(grads, [self.log_alpha]))
