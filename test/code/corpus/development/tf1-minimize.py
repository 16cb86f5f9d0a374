import gin
import numpy as np
import tensorflow as tf

from policies import SACPolicy, get_vars
from schedules import get_schedule_fn


class SAC(object):
    """Graph mode: all losses are built once, each optimizer has its own var_list."""

    def __init__(self, policy, env, gamma=0.99, learning_rate=3e-4, tau=0.005, ent_coef="auto",
                 target_entropy="auto", buffer=None, sess=None):
        self.env = env
        self.gamma = gamma
        self.tau = tau
        self.ent_coef = ent_coef
        self.target_entropy = target_entropy
        self.learning_rate = get_schedule_fn(learning_rate)
        self.replay_buffer = buffer
        self.sess = sess
        self.log_ent_coef = None
        self.policy_cls = policy
        self.setup_model()

    def setup_model(self):
        with tf.variable_scope("input", reuse=False):
            self.policy_tf = self.policy_cls(self.sess, self.env.observation_space, self.env.action_space)
            self.target_policy = self.policy_cls(self.sess, self.env.observation_space, self.env.action_space)
            self.terminals_ph = tf.placeholder(tf.float32, shape=(None, 1), name="terminals")
            self.rewards_ph = tf.placeholder(tf.float32, shape=(None, 1), name="rewards")
            self.actions_ph = tf.placeholder(tf.float32, shape=(None,) + self.env.action_space.shape, name="actions")
            self.learning_rate_ph = tf.placeholder(tf.float32, [], name="learning_rate_ph")

        with tf.variable_scope("model", reuse=False):
            deterministic_action, policy_out, logp_pi = self.policy_tf.make_actor(self.policy_tf.processed_obs)
            qf1, qf2, value_fn = self.policy_tf.make_critics(self.policy_tf.processed_obs, self.actions_ph)
            qf1_pi, qf2_pi, _ = self.policy_tf.make_critics(self.policy_tf.processed_obs, policy_out, reuse=True)

            if self.target_entropy == "auto":
                self.target_entropy = -np.prod(self.env.action_space.shape).astype(np.float32)
            else:
                self.target_entropy = float(self.target_entropy)

            if isinstance(self.ent_coef, str) and self.ent_coef.startswith("auto"):
                init_value = 1.0
                self.log_ent_coef = tf.get_variable("log_ent_coef", dtype=tf.float32,
                                                    initializer=np.log(init_value).astype(np.float32))
                self.ent_coef = tf.exp(self.log_ent_coef)
            else:
                self.ent_coef = float(self.ent_coef)

        with tf.variable_scope("target", reuse=False):
            _, _, value_target = self.target_policy.make_critics(self.target_policy.processed_obs, create_qf=False)

        with tf.variable_scope("loss", reuse=False):
            min_qf_pi = tf.minimum(qf1_pi, qf2_pi)
            q_backup = tf.stop_gradient(self.rewards_ph + (1 - self.terminals_ph) * self.gamma * value_target)
            qf1_loss = 0.5 * tf.reduce_mean((q_backup - qf1) ** 2)
            qf2_loss = 0.5 * tf.reduce_mean((q_backup - qf2) ** 2)

            ent_coef_loss, entropy_optimizer = None, None
            if not isinstance(self.ent_coef, float):
                ent_coef_loss = -tf.reduce_mean(self.log_ent_coef * tf.stop_gradient(logp_pi + self.target_entropy))
                entropy_optimizer = tf.train.AdamOptimizer(learning_rate=self.learning_rate_ph)

            policy_loss = tf.reduce_mean(self.ent_coef * logp_pi - qf1_pi)
            v_backup = tf.stop_gradient(min_qf_pi - self.ent_coef * logp_pi)
            value_loss = 0.5 * tf.reduce_mean((value_fn - v_backup) ** 2)
            values_losses = qf1_loss + qf2_loss + value_loss

            policy_optimizer = tf.train.AdamOptimizer(learning_rate=self.learning_rate_ph)
            policy_train_op = policy_optimizer.minimize(policy_loss, var_list=get_vars("model/pi"))
            value_optimizer = tf.train.AdamOptimizer(learning_rate=self.learning_rate_ph)
            values_params = get_vars("model/values_fn")
            source_params, target_params = get_vars("model/values_fn"), get_vars("target/values_fn")
            with tf.control_dependencies([policy_train_op]):
                train_values_op = value_optimizer.minimize(values_losses, var_list=values_params)
                self.step_ops = [policy_loss, qf1_loss, qf2_loss, value_loss, policy_train_op, train_values_op]
                if ent_coef_loss is not None:
                    with tf.control_dependencies([train_values_op]):
                        ent_coef_op = entropy_optimizer.minimize(ent_coef_loss, var_list=self.log_ent_coef)
                        self.step_ops += [ent_coef_op, ent_coef_loss, self.ent_coef]
            self.target_update_op = [
                tf.assign(target, (1 - self.tau) * target + self.tau * source)
                for target, source in zip(target_params, source_params)
            ]
        self.sess.run(tf.global_variables_initializer())
