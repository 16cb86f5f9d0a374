# self.alpha is read by nobody who learns: every loss takes self.log_alpha.exp() itself.
import os

import torch
import torch.nn.functional as F

from nets import PolicyNetwork, SoftQNetwork
from memory import ReplayMemory


class SAC_Trainer:
    def __init__(self, replay_buffer: ReplayMemory, state_dim, action_dim, hidden_dim, device):
        self.device = device
        self.replay_buffer = replay_buffer
        self.soft_q_net1 = SoftQNetwork(state_dim, action_dim, hidden_dim).to(device)
        self.soft_q_net2 = SoftQNetwork(state_dim, action_dim, hidden_dim).to(device)
        self.target_soft_q_net1 = SoftQNetwork(state_dim, action_dim, hidden_dim).to(device)
        self.target_soft_q_net2 = SoftQNetwork(state_dim, action_dim, hidden_dim).to(device)
        self.policy_net = PolicyNetwork(state_dim, action_dim, hidden_dim).to(device)
        self.log_alpha = torch.zeros(1, dtype=torch.float32, requires_grad=True, device=device)
        self.alpha = self.log_alpha.exp().item()
        print(f"starting from alpha = {self.alpha}")
        self.soft_q_optimizer1 = torch.optim.Adam(self.soft_q_net1.parameters(), lr=3e-4)
        self.soft_q_optimizer2 = torch.optim.Adam(self.soft_q_net2.parameters(), lr=3e-4)
        self.policy_optimizer = torch.optim.Adam(self.policy_net.parameters(), lr=3e-4)
        self.alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=3e-4)

    def update(self, batch_size, auto_entropy=True, target_entropy=-2, gamma=0.99, soft_tau=1e-2):
        state, action, reward, next_state, done = self.replay_buffer.sample(batch_size)
        state, next_state = torch.FloatTensor(state).to(self.device), torch.FloatTensor(next_state).to(self.device)
        action = torch.FloatTensor(action).to(self.device)
        reward = torch.FloatTensor(reward).unsqueeze(1).to(self.device)
        done = torch.FloatTensor(done).unsqueeze(1).to(self.device)

        new_action, log_prob = self.policy_net.evaluate(state)
        new_next_action, next_log_prob = self.policy_net.evaluate(next_state)
        if auto_entropy is True:
            alpha_loss = -(self.log_alpha * (log_prob + target_entropy).detach()).mean()
            self.alpha_optimizer.zero_grad()
            alpha_loss.backward()
            self.alpha_optimizer.step()

        target_q_min = torch.min(
            self.target_soft_q_net1(next_state, new_next_action),
            self.target_soft_q_net2(next_state, new_next_action),
        ) - self.log_alpha.exp() * next_log_prob
        target_q_value = reward + (1 - done) * gamma * target_q_min
        q_value_loss1 = F.mse_loss(self.soft_q_net1(state, action), target_q_value.detach())
        q_value_loss2 = F.mse_loss(self.soft_q_net2(state, action), target_q_value.detach())
        self.soft_q_optimizer1.zero_grad()
        q_value_loss1.backward()
        self.soft_q_optimizer1.step()
        self.soft_q_optimizer2.zero_grad()
        q_value_loss2.backward()
        self.soft_q_optimizer2.step()

        predicted_new_q_value = torch.min(self.soft_q_net1(state, new_action), self.soft_q_net2(state, new_action))
        policy_loss = (self.log_alpha.exp().detach() * log_prob - predicted_new_q_value).mean()
        self.policy_optimizer.zero_grad()
        policy_loss.backward()
        self.policy_optimizer.step()
        self.polyak(soft_tau)
        return predicted_new_q_value.mean()

    def polyak(self, soft_tau):
        for net, target in ((self.soft_q_net1, self.target_soft_q_net1), (self.soft_q_net2, self.target_soft_q_net2)):
            for param, target_param in zip(net.parameters(), target.parameters()):
                target_param.data.copy_(target_param.data * (1.0 - soft_tau) + param.data * soft_tau)

    def save_model(self, path):
        torch.save(self.policy_net.state_dict(), os.path.join(path, "policy"))
