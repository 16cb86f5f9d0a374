"""Independent soft actor-critics for the agents of a parallel environment."""

import itertools
from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import optim


class Learner:
    def __init__(self, name, actor, q1, q2, act_dim, lr):
        self.name = name
        self.actor, self.q1, self.q2 = actor, q1, q2
        self.q1_old, self.q2_old = deepcopy(q1), deepcopy(q2)
        self.h_target = -float(act_dim)
        self.target_entropy = self.h_target
        self.log_alpha = torch.tensor(0.0, requires_grad=True)
        self.actor_optim = optim.Adam(self.actor.parameters(), lr=lr)
        self.critic_optim = optim.Adam(itertools.chain(self.q1.parameters(), self.q2.parameters()), lr=lr)
        self.alpha_optim = optim.Adam([self.log_alpha], lr=5e-4)

    @property
    def alpha(self):
        return self.log_alpha.exp()


class IndependentSAC:
    def __init__(self, env, make, lr=3e-4, gamma=0.95, tau=0.01):
        self.gamma, self.tau = gamma, tau
        self.learners = {
            name: Learner(name, *make(env.observation_space(name), env.action_space(name)), lr)
            for name in env.possible_agents
        }

    def update(self, memories, batch_size):
        for name, learner in self.learners.items():
            obs, act, rew, next_obs, term = memories[name].sample(batch_size)
            self.update_critic(learner, obs, act, rew, next_obs, term)
            logp = self.update_actor(learner, obs)
            self.update_temperature(learner, logp)
            self.sync(learner)

    def update_critic(self, learner, obs, act, rew, next_obs, term):
        with torch.no_grad():
            next_act, next_logp = learner.actor.sample(next_obs)
            q_next = torch.min(learner.q1_old(next_obs, next_act), learner.q2_old(next_obs, next_act))
            q_next = q_next - learner.alpha * next_logp
            backup = rew + self.gamma * (1 - term) * q_next
        loss = F.mse_loss(learner.q1(obs, act), backup) + F.mse_loss(learner.q2(obs, act), backup)
        learner.critic_optim.zero_grad()
        loss.backward()
        learner.critic_optim.step()

    def update_actor(self, learner, obs):
        new_act, logp = learner.actor.sample(obs)
        q_new = torch.min(learner.q1(obs, new_act), learner.q2(obs, new_act))
        loss = (learner.alpha.detach() * logp - q_new).mean()
        learner.actor_optim.zero_grad()
        loss.backward()
        learner.actor_optim.step()
        return logp.detach()

    def update_temperature(self, learner, logp):
        loss = -(learner.log_alpha * (logp + learner.target_entropy)).mean()
        learner.alpha_optim.zero_grad()
        loss.backward()
        learner.alpha_optim.step()

    def sync(self, learner):
        for old, new in ((learner.q1_old, learner.q1), (learner.q2_old, learner.q2)):
            for p_old, p_new in zip(old.parameters(), new.parameters()):
                p_old.data.mul_(1 - self.tau).add_(self.tau * p_new.data)
