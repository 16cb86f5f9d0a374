"""Many critics of which a target takes the least of a random few; a mode chooses how the target is made."""

import copy
import random

import torch
import torch.nn.functional as F


class EnsembleAgent:
    def __init__(self, actor, make_critic, act_dim, num_q=10, num_min=2, mode="min", lr=3e-4, device="cpu"):
        self.actor = actor
        self.q_nets = [make_critic().to(device) for _ in range(num_q)]
        self.q_target_nets = [copy.deepcopy(q) for q in self.q_nets]
        self.num_min, self.mode, self.gamma = num_min, mode, 0.99
        self.target_entropy = -act_dim
        if mode == "fixed":
            self.log_alpha = None
        else:
            self.log_alpha = torch.zeros(1, device=device, requires_grad=True)
            self.alpha_opt = torch.optim.Adam([self.log_alpha], lr=1e-4)
        self.actor_opt = torch.optim.Adam(actor.parameters(), lr=lr)
        self.q_opts = [torch.optim.Adam(q.parameters(), lr=lr) for q in self.q_nets]

    def backup(self, reward, obs2, done):
        alpha = self.log_alpha.exp()
        with torch.no_grad():
            a2, log_prob2 = self.actor.sample(obs2)
            if self.mode == "min":
                few = random.sample(self.q_target_nets, self.num_min)
                predictions = []
                for q_net in few:
                    predictions.append(q_net(torch.cat([obs2, a2], 1)))
                least = torch.cat(predictions, 1).min(dim=1, keepdim=True)[0]
                y = reward + self.gamma * (1 - done) * (least - alpha * log_prob2)
            else:
                predictions = [q_net(torch.cat([obs2, a2], 1)) for q_net in self.q_target_nets]
                average = torch.stack(predictions).mean(dim=0)
                soft = average - alpha * log_prob2
                y = reward + self.gamma * (1.0 - done) * soft
        return y

    def train(self, obs, act, reward, obs2, done):
        y = self.backup(reward, obs2, done)
        for q_net, q_opt in zip(self.q_nets, self.q_opts):
            q_loss = F.mse_loss(q_net(torch.cat([obs, act], 1)), y)
            q_opt.zero_grad()
            q_loss.backward()
            q_opt.step()

        pi, log_prob = self.actor.sample(obs)
        q_pi = torch.stack([q_net(torch.cat([obs, pi], 1)) for q_net in self.q_nets]).mean(0)
        actor_loss = (self.log_alpha.exp().detach() * log_prob - q_pi).mean()
        self.actor_opt.zero_grad()
        actor_loss.backward()
        self.actor_opt.step()

        alpha_loss = -(self.log_alpha * (log_prob.detach() + self.target_entropy)).mean()
        self.alpha_opt.zero_grad()
        alpha_loss.backward()
        self.alpha_opt.step()

        for q_net, slow in zip(self.q_nets, self.q_target_nets):
            for p, p_slow in zip(q_net.parameters(), slow.parameters()):
                p_slow.data.mul_(0.995).add_(0.005 * p.data)
        return {"actor_loss": actor_loss.item(), "log_prob": log_prob.mean().item(), "q": y.mean().item()}
