from copy import deepcopy

import numpy as np
import torch
import torch.nn.functional as F

from lab.agent.algorithm.actor_critic import ActorCritic
from lab.agent.net import net_util
from lab.lib import logger, math_util, util
from lab.lib.decorator import lab_api

logger = logger.get_logger(__name__)


class SoftActorCritic(ActorCritic):
    '''Both action kinds in one class; the loss method is chosen when the nets are made.'''

    @lab_api
    def init_nets(self, global_nets=None):
        self.net, self.q1_net, self.target_q1_net = self.make_nets('actor', 'q1', 'target_q1')
        self.q2_net, self.target_q2_net = self.make_nets('q2', 'target_q2')
        self.net_names = ['net', 'q1_net', 'target_q1_net', 'q2_net', 'target_q2_net']
        if self.body.is_discrete:
            self.target_entropy = 0.5 * np.log(self.body.action_dim)
            self.calc_log_probs_and_q = self.calc_discrete
        else:
            self.target_entropy = -np.prod(self.body.action_space.shape)
            self.calc_log_probs_and_q = self.calc_continuous
        self.log_alpha = torch.zeros(1, requires_grad=True, device=self.net.device)
        self.alpha = self.log_alpha.detach().exp()
        self.optim = net_util.get_optim(self.net, self.net.optim_spec)
        self.q1_optim = net_util.get_optim(self.q1_net, self.q1_net.optim_spec)
        self.q2_optim = net_util.get_optim(self.q2_net, self.q2_net.optim_spec)
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=0.0003)

    def calc_discrete(self, states, q1_net, q2_net):
        action_pd = self.calc_pdparam_pd(states)
        probs = action_pd.probs
        log_probs = torch.log(probs.clamp(min=1e-8))
        q = torch.min(q1_net(states), q2_net(states))
        return (probs * log_probs).sum(dim=-1), (probs * q).sum(dim=-1)

    def calc_continuous(self, states, q1_net, q2_net):
        action_pd = self.calc_pdparam_pd(states)
        mus = action_pd.rsample()
        actions = torch.tanh(mus)
        log_probs = action_pd.log_prob(mus) - torch.log(1 - actions.pow(2) + 1e-6).sum(1)
        return log_probs, torch.min(q1_net(states, actions), q2_net(states, actions))

    def calc_q_targets(self, batch):
        with torch.no_grad():
            next_log_probs, next_target_q_preds = self.calc_log_probs_and_q(
                batch['next_states'], self.target_q1_net, self.target_q2_net)
            q_targets = batch['rewards'] + self.gamma * (1 - batch['terminateds']) * (
                next_target_q_preds - self.alpha * next_log_probs)
        return q_targets

    def calc_reg_loss(self, preds, targets):
        return self.net.loss_fn(preds, targets)

    def calc_policy_loss(self, log_probs, q_preds):
        return (self.alpha * log_probs - q_preds).mean()

    def calc_alpha_loss(self, log_probs):
        alpha_loss = -(self.log_alpha * (log_probs.detach() + self.target_entropy)).mean()
        return alpha_loss

    def train_alpha(self, alpha_loss):
        '''A hand-made step, since alpha is no net'''
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        self.alpha_optim.step()
        with torch.no_grad():
            self.log_alpha.clamp_(-5.0, 2.0)
        self.alpha = self.log_alpha.detach().exp()

    @lab_api
    def train(self):
        if self.to_train == 1:
            for _ in range(self.training_iter):
                batch = self.sample()
                q_targets = self.calc_q_targets(batch)
                q1_preds = self.calc_q(batch, self.q1_net)
                q2_preds = self.calc_q(batch, self.q2_net)
                self.q1_net.train_step(self.calc_reg_loss(q1_preds, q_targets), self.q1_optim)
                self.q2_net.train_step(self.calc_reg_loss(q2_preds, q_targets), self.q2_optim)
                log_probs, q_preds = self.calc_log_probs_and_q(batch['states'], self.q1_net, self.q2_net)
                policy_loss = self.calc_policy_loss(log_probs, q_preds)
                self.net.train_step(policy_loss, self.optim)
                self.train_alpha(self.calc_alpha_loss(log_probs))
                self.update_nets()
            self.to_train = 0
