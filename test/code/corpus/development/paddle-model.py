"""SAC as a parl-like algorithm: one model that gives policy and values, and a copy of it for the targets."""

import copy

import paddle
import paddle.nn.functional as F
from paddle.distribution import Normal


class SoftActorCritic:
    def __init__(self, model, act_dim, gamma=0.99, tau=0.005, lr=3e-4):
        self.model = model
        self.target_model = copy.deepcopy(model)
        self.gamma, self.tau = gamma, tau
        self.target_entropy = -act_dim
        self.log_alpha = paddle.create_parameter([1], dtype="float32")
        self.actor_optimizer = paddle.optimizer.Adam(lr, parameters=model.get_actor_params())
        self.critic_optimizer = paddle.optimizer.Adam(lr, parameters=model.get_critic_params())
        self.alpha_optimizer = paddle.optimizer.Adam(learning_rate=3e-4, parameters=[self.log_alpha])

    def sample(self, obs):
        mean, log_std = self.model.policy(obs)
        normal = Normal(mean, log_std.exp())
        x = normal.rsample([1])[0]
        action = paddle.tanh(x)
        log_prob = normal.log_prob(x) - paddle.log(1 - action.pow(2) + 1e-6)
        return action, log_prob.sum(axis=1, keepdim=True)

    def learn(self, obs, action, reward, next_obs, terminal):
        critic_loss = self._critic_learn(obs, action, reward, next_obs, terminal)
        actor_loss, entropy_loss = self._actor_learn(obs)
        self.sync_target()
        return critic_loss, actor_loss, entropy_loss

    def _critic_learn(self, obs, action, reward, next_obs, terminal):
        alpha = self.log_alpha.exp().detach()
        with paddle.no_grad():
            next_action, next_log_pro = self.sample(next_obs)
            q1_next, q2_next = self.target_model.value(next_obs, next_action)
            target_q = paddle.minimum(q1_next, q2_next) - alpha * next_log_pro
            target_q = reward + self.gamma * (1.0 - terminal) * target_q
        cur_q1, cur_q2 = self.model.value(obs, action)
        critic_loss = F.mse_loss(cur_q1, target_q) + F.mse_loss(cur_q2, target_q)
        self.critic_optimizer.clear_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        return critic_loss

    def _actor_learn(self, obs):
        alpha = self.log_alpha.exp().detach()
        act, log_pi = self.sample(obs)
        q1_pi, q2_pi = self.model.value(obs, act)
        min_q_pi = paddle.minimum(q1_pi, q2_pi)
        actor_loss = (alpha * log_pi - min_q_pi).mean()
        self.actor_optimizer.clear_grad()
        actor_loss.backward()
        self.actor_optimizer.step()

        entropy_loss = -(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()
        self.alpha_optimizer.clear_grad()
        entropy_loss.backward()
        self.alpha_optimizer.step()
        return actor_loss, entropy_loss

    def sync_target(self):
        for slow, fast in zip(self.target_model.parameters(), self.model.parameters()):
            slow.set_value(self.tau * fast + (1.0 - self.tau) * slow)
