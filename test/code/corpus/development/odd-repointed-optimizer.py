# load gives log α another tensor and then points the optimiser to it; the clamp is a min and a max of their own.
import numpy as np
import torch
import torch.nn.functional as F

from modules import Actor, Critic, MeanStd
from serialize import Serializable


class SACAgent(Serializable):
    def __init__(self, mdp_info, actor_params, critic_params, batch_size, lr_alpha=3e-4, target_entropy=None,
                 log_std_min=-20, log_std_max=2, gamma=0.99, tau=0.005):
        self._actor = Actor(log_std_min=log_std_min, log_std_max=log_std_max, **actor_params)
        self._critic, self._target_critic = Critic(**critic_params), Critic(**critic_params)
        self._target_critic.load_state_dict(self._critic.state_dict())
        self._batch_size, self._gamma, self._tau = batch_size, gamma, tau
        if target_entropy is None:
            self._target_entropy = -np.prod(mdp_info.action_space.shape).astype(np.float32)
        else:
            self._target_entropy = target_entropy
        self._log_alpha = torch.tensor(0.0, dtype=torch.float32, requires_grad=True)
        self._alpha_optim = torch.optim.Adam([self._log_alpha], lr=lr_alpha)
        self._actor_optim = torch.optim.Adam(self._actor.parameters(), lr=3e-4)
        self._critic_optim = torch.optim.Adam(self._critic.parameters(), lr=3e-4)

    def fit(self, dataset):
        state, action, reward, next_state, absorbing = dataset.get(self._batch_size)
        action_new, log_prob = self._actor.compute_action_and_log_prob_t(state)
        loss = self._loss(state, action_new, log_prob)
        self._actor_optim.zero_grad()
        loss.backward()
        self._actor_optim.step()
        self._update_alpha(log_prob.detach())

        q_next = self._next_q(next_state, absorbing)
        q = reward + self._gamma * q_next
        q1, q2 = self._critic(state, action)
        critic_loss = F.mse_loss(q1, q) + F.mse_loss(q2, q)
        self._critic_optim.zero_grad()
        critic_loss.backward()
        self._critic_optim.step()
        self._soft_update()

    def _loss(self, state, action_new, log_prob):
        q_0, q_1 = self._critic(state, action_new)
        q = torch.min(q_0, q_1)
        return (self._alpha * log_prob - q).mean()

    def _update_alpha(self, log_prob):
        alpha_loss = -(self._log_alpha * (log_prob + self._target_entropy)).mean()
        self._alpha_optim.zero_grad()
        alpha_loss.backward()
        self._alpha_optim.step()
        self._log_alpha.data = torch.min(torch.max(self._log_alpha.data, torch.tensor(-8.0)), torch.tensor(1.0))

    @torch.no_grad()
    def _next_q(self, next_state, absorbing):
        a, log_prob_next = self._actor.compute_action_and_log_prob_t(next_state)
        q1, q2 = self._target_critic(next_state, a)
        q = torch.min(q1, q2) - self._alpha * log_prob_next
        return q * (1 - absorbing.float())

    def _soft_update(self):
        with torch.no_grad():
            for p, t in zip(self._critic.parameters(), self._target_critic.parameters()):
                t.lerp_(p, self._tau)

    @property
    def _alpha(self):
        return self._log_alpha.exp().detach()

    def save(self, path):
        torch.save({"actor": self._actor.state_dict(), "critic": self._critic.state_dict(),
                    "log_alpha": self._log_alpha, "alpha_optim": self._alpha_optim.state_dict()}, path)

    def load(self, path):
        stored = torch.load(path)
        self._actor.load_state_dict(stored["actor"])
        self._critic.load_state_dict(stored["critic"])
        self._log_alpha = stored["log_alpha"].detach().requires_grad_(True)
        self._alpha_optim = torch.optim.Adam([self._log_alpha], lr=3e-4)
        self._alpha_optim.load_state_dict(stored["alpha_optim"])
