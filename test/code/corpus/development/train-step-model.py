"""SAC as one keras model: `train_step` holds three tapes, and lists hold the critics and their slow copies."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


class SoftAgent(keras.Model):
    def __init__(self, actor, make_critic, num_actions, discount=0.99):
        super().__init__()
        self.actor = actor
        self.critics = [make_critic() for _ in range(2)]
        self.target_critics = [make_critic() for _ in range(2)]
        for slow, fast in zip(self.target_critics, self.critics):
            slow.set_weights(fast.get_weights())
        self.discount = discount
        self.entropy_target = -tf.cast(num_actions, tf.float32)
        self.log_alpha = tf.Variable(0.0, trainable=True)
        self.actor_optimizer = keras.optimizers.Adam(3e-4)
        self.critic_optimizer = keras.optimizers.Adam(3e-4)
        self.alpha_optimizer = keras.optimizers.Adam(learning_rate=5e-4)

    def policy(self, states):
        mean, log_std = tf.split(self.actor(states), 2, axis=-1)
        base = tfd.MultivariateNormalDiag(mean, tf.exp(tf.clip_by_value(log_std, -20.0, 2.0)))
        raw = base.sample()
        actions = tf.tanh(raw)
        log_probs = base.log_prob(raw) - tf.reduce_sum(tf.math.log(1.0 - tf.square(actions) + 1e-6), axis=-1)
        return actions, log_probs

    def lowest(self, critics, states, actions):
        values = [tf.squeeze(critic([states, actions]), -1) for critic in critics]
        return tf.reduce_min(tf.stack(values), axis=0)

    def train_step(self, data):
        states, actions, rewards, next_states, dones = data
        alpha = tf.exp(self.log_alpha)
        next_actions, next_log_probs = self.policy(next_states)
        next_values = self.lowest(self.target_critics, next_states, next_actions) - alpha * next_log_probs
        not_done = tf.cast(tf.logical_not(dones), tf.float32)
        targets = tf.stop_gradient(rewards + self.discount * not_done * next_values)
        with tf.GradientTape() as tape:
            losses = [
                tf.reduce_mean(tf.square(tf.squeeze(critic([states, actions]), -1) - targets))
                for critic in self.critics
            ]
            critic_loss = tf.add_n(losses)
        weights = [weight for critic in self.critics for weight in critic.trainable_variables]
        self.critic_optimizer.apply_gradients(zip(tape.gradient(critic_loss, weights), weights))

        with tf.GradientTape() as tape:
            new_actions, log_probs = self.policy(states)
            values = self.lowest(self.critics, states, new_actions)
            actor_loss = tf.reduce_mean(tf.stop_gradient(alpha) * log_probs - values)
        weights = self.actor.trainable_variables
        self.actor_optimizer.apply_gradients(zip(tape.gradient(actor_loss, weights), weights))

        with tf.GradientTape() as tape:
            alpha_loss = -tf.reduce_mean(self.log_alpha * tf.stop_gradient(log_probs + self.entropy_target))
        self.alpha_optimizer.apply_gradients([(tape.gradient(alpha_loss, self.log_alpha), self.log_alpha)])
        for slow, fast in zip(self.target_critics, self.critics):
            for old, new in zip(slow.weights, fast.weights):
                old.assign(0.995 * old + 0.005 * new)
        return {"critic_loss": critic_loss, "actor_loss": actor_loss, "alpha": alpha}
