import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch import Tensor

from redq.core import Mlp, ReplayBuffer, TanhGaussianPolicy, soft_update_model1_with_model2

TARGETS = {"Hopper-v2": -1, "HalfCheetah-v2": -3, "Walker2d-v2": -3, "Ant-v2": -4, "Humanoid-v2": -2}


def get_probabilistic_num_min(num_mins):
    floored = np.floor(num_mins)
    return int(floored + 1) if np.random.uniform(0, 1) < num_mins - floored else int(floored)


class REDQSACAgent(object):
    """Ten critics, a target from two of them at random, twenty updates a step."""

    def __init__(self, env_name, obs_dim, act_dim, act_limit, device, hidden_sizes=(256, 256), lr=3e-4, gamma=0.99,
                 polyak=0.995, alpha=0.2, auto_alpha=True, target_entropy="auto", start_steps=5000, utd_ratio=20,
                 num_Q=10, num_min=2, batch_size=256, policy_update_delay=20):
        self.policy_net = TanhGaussianPolicy(obs_dim, act_dim, hidden_sizes, action_limit=act_limit).to(device)
        self.q_net_list, self.q_target_net_list = [], []
        for q_i in range(num_Q):
            self.q_net_list.append(Mlp(obs_dim + act_dim, 1, hidden_sizes).to(device))
            self.q_target_net_list.append(Mlp(obs_dim + act_dim, 1, hidden_sizes).to(device))
            self.q_target_net_list[-1].load_state_dict(self.q_net_list[-1].state_dict())
        self.policy_optimizer = optim.Adam(self.policy_net.parameters(), lr=lr)
        self.q_optimizer_list = [optim.Adam(q.parameters(), lr=lr) for q in self.q_net_list]
        self.auto_alpha = auto_alpha
        if auto_alpha:
            if target_entropy == "auto":
                self.target_entropy = -act_dim
            if target_entropy == "mbpo":
                self.target_entropy = TARGETS[env_name]
            self.log_alpha = torch.zeros(1, requires_grad=True, device=device)
            self.alpha_optim = optim.Adam([self.log_alpha], lr=lr)
            self.alpha = self.log_alpha.cpu().exp().item()
        else:
            self.alpha = alpha
            self.target_entropy, self.log_alpha, self.alpha_optim = None, None, None
        self.replay_buffer = ReplayBuffer(obs_dim=obs_dim, act_dim=act_dim, size=int(1e6))
        self.mse_criterion = nn.MSELoss()
        self.start_steps, self.utd_ratio, self.batch_size = start_steps, utd_ratio, batch_size
        self.gamma, self.polyak, self.num_min, self.num_Q = gamma, polyak, num_min, num_Q
        self.policy_update_delay, self.device = policy_update_delay, device

    def get_redq_q_target_no_grad(self, obs_next_tensor, rews_tensor, done_tensor):
        sample_idxs = np.random.choice(self.num_Q, get_probabilistic_num_min(self.num_min), replace=False)
        with torch.no_grad():
            a_tilda_next, _, _, log_prob_a_tilda_next, _, _ = self.policy_net.forward(obs_next_tensor)
            q_prediction_next_list = []
            for sample_idx in sample_idxs:
                q_prediction_next = self.q_target_net_list[sample_idx](torch.cat([obs_next_tensor, a_tilda_next], 1))
                q_prediction_next_list.append(q_prediction_next)
            q_prediction_next_cat = torch.cat(q_prediction_next_list, 1)
            min_q, min_indices = torch.min(q_prediction_next_cat, dim=1, keepdim=True)
            next_q_with_log_prob = min_q - self.alpha * log_prob_a_tilda_next
            y_q = rews_tensor + self.gamma * (1 - done_tensor) * next_q_with_log_prob
        return y_q, sample_idxs

    def train(self, logger):
        num_update = 0 if self.replay_buffer.size < self.start_steps else self.utd_ratio
        for i_update in range(num_update):
            obs, obs_next, acts, rews, done = self.sample_data(self.batch_size)
            y_q, sample_idxs = self.get_redq_q_target_no_grad(obs_next, rews, done)
            q_prediction_cat = torch.cat([q(torch.cat([obs, acts], 1)) for q in self.q_net_list], dim=1)
            y_q = y_q.expand((-1, self.num_Q))
            q_loss_all = self.mse_criterion(q_prediction_cat, y_q) * self.num_Q
            for optimizer in self.q_optimizer_list:
                optimizer.zero_grad()
            q_loss_all.backward()

            if ((i_update + 1) % self.policy_update_delay == 0) or i_update == num_update - 1:
                a_tilda, mean_a_tilda, log_std_a_tilda, log_prob_a_tilda, _, pretanh = self.policy_net.forward(obs)
                q_a_tilda_list = []
                for sample_idx in range(self.num_Q):
                    self.q_net_list[sample_idx].requires_grad_(False)
                    q_a_tilda_list.append(self.q_net_list[sample_idx](torch.cat([obs, a_tilda], 1)))
                ave_q = torch.mean(torch.cat(q_a_tilda_list, 1), dim=1, keepdim=True)
                policy_loss = (self.alpha * log_prob_a_tilda - ave_q).mean()
                self.policy_optimizer.zero_grad()
                policy_loss.backward()
                for sample_idx in range(self.num_Q):
                    self.q_net_list[sample_idx].requires_grad_(True)
                if self.auto_alpha:
                    alpha_loss = -(self.log_alpha * (log_prob_a_tilda + self.target_entropy).detach()).mean()
                    self.alpha_optim.zero_grad()
                    alpha_loss.backward()
                    self.alpha_optim.step()
                    self.alpha = self.log_alpha.cpu().exp().item()
                self.policy_optimizer.step()
            for optimizer in self.q_optimizer_list:
                optimizer.step()
            for q, target in zip(self.q_net_list, self.q_target_net_list):
                soft_update_model1_with_model2(target, q, self.polyak)
