import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow.keras import Model, layers, optimizers

tfd = tfp.distributions


def build_q(obs_dim, act_dim, name):
    s = layers.Input(shape=(obs_dim,))
    a = layers.Input(shape=(act_dim,))
    x = layers.Concatenate()([s, a])
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dense(256, activation="relu")(x)
    return Model([s, a], layers.Dense(1)(x), name=name)


def build_pi(obs_dim, act_dim):
    s = layers.Input(shape=(obs_dim,))
    x = layers.Dense(256, activation="relu")(s)
    mu = layers.Dense(act_dim)(x)
    log_sigma = layers.Dense(act_dim)(x)
    return Model(s, [mu, log_sigma], name="pi")


class SoftActorCritic:
    def __init__(self, env, gamma=0.99, tau=0.005):
        obs_dim = env.observation_space.shape[0]
        act_dim = env.action_space.shape[0]
        self.pi = build_pi(obs_dim, act_dim)
        self.q1, self.q2 = build_q(obs_dim, act_dim, "q1"), build_q(obs_dim, act_dim, "q2")
        self.q1_targ, self.q2_targ = build_q(obs_dim, act_dim, "q1t"), build_q(obs_dim, act_dim, "q2t")
        self.q1_targ.set_weights(self.q1.get_weights())
        self.q2_targ.set_weights(self.q2.get_weights())
        self.log_alpha = tf.Variable(0.0, trainable=True, dtype=tf.float32)
        self.min_ent = -act_dim
        self.target_entropy = tf.constant(self.min_ent, dtype=tf.float32)
        self.pi_opt = optimizers.Adam(3e-4)
        self.q1_opt, self.q2_opt = optimizers.Adam(3e-4), optimizers.Adam(3e-4)
        self.alpha_opt = optimizers.Adam(learning_rate=3e-4)
        self.gamma, self.tau = gamma, tau

    def sample(self, states):
        mu, log_sigma = self.pi(states)
        normal = tfd.Normal(mu, tf.exp(tf.clip_by_value(log_sigma, -20.0, 2.0)))
        z = normal.sample()
        actions = tf.tanh(z)
        log_p = normal.log_prob(z) - tf.math.log(1.0 - tf.square(actions) + 1e-6)
        return actions, tf.reduce_sum(log_p, axis=1, keepdims=True)

    @tf.function
    def learn(self, s, a, r, d, s2):
        with tf.GradientTape(persistent=True) as tape:
            a2, log_p2 = self.sample(s2)
            alpha = tf.exp(self.log_alpha)
            q_next = tf.minimum(self.q1_targ([s2, a2]), self.q2_targ([s2, a2]))
            backup = tf.stop_gradient(r + self.gamma * (1.0 - d) * (q_next - alpha * log_p2))
            q1_loss = tf.reduce_mean(tf.square(self.q1([s, a]) - backup))
            q2_loss = tf.reduce_mean(tf.square(self.q2([s, a]) - backup))
            pi_a, log_p = self.sample(s)
            q_pi = tf.minimum(self.q1([s, pi_a]), self.q2([s, pi_a]))
            pi_loss = tf.reduce_mean(tf.stop_gradient(alpha) * log_p - q_pi)
            alpha_loss = -tf.reduce_mean(self.log_alpha * tf.stop_gradient(log_p + self.target_entropy))
        for loss, model, opt in (
            (q1_loss, self.q1, self.q1_opt),
            (q2_loss, self.q2, self.q2_opt),
            (pi_loss, self.pi, self.pi_opt),
        ):
            grads = tape.gradient(loss, model.trainable_variables)
            opt.apply_gradients(zip(grads, model.trainable_variables))
        alpha_grad = tape.gradient(alpha_loss, [self.log_alpha])
        self.alpha_opt.apply_gradients(zip(alpha_grad, [self.log_alpha]))
        del tape
        for online, slow in ((self.q1, self.q1_targ), (self.q2, self.q2_targ)):
            for w, wt in zip(online.variables, slow.variables):
                wt.assign((1 - self.tau) * wt + self.tau * w)
