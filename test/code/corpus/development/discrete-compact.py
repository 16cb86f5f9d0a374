import torch
import torch.nn as nn
import torch.nn.functional as F


class QNet(nn.Module):
    def __init__(self, n_states, n_acts):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_states, 128), nn.ReLU(), nn.Linear(128, n_acts))

    def forward(self, s):
        return self.net(s)


class DiscreteSAC(nn.Module):
    def __init__(self, n_states, n_acts, gamma=0.98, fraction=0.7):
        super().__init__()
        self.pi = QNet(n_states, n_acts)
        self.critics = nn.ModuleList([QNet(n_states, n_acts) for _ in range(2)])
        self.critics_target = nn.ModuleList([QNet(n_states, n_acts) for _ in range(2)])
        self.critics_target.load_state_dict(self.critics.state_dict())
        self.log_alpha = nn.Parameter(torch.tensor(-1.0))
        self.register_buffer("target_entropy", fraction * torch.log(torch.tensor(float(n_acts))))
        self.gamma = gamma
        self.optimizers = dict(
            pi=torch.optim.Adam(self.pi.parameters(), lr=1e-3),
            critics=torch.optim.Adam(self.critics.parameters(), lr=1e-3),
            alpha=torch.optim.Adam([self.log_alpha], lr=1e-3),
        )

    @property
    def alpha(self):
        return self.log_alpha.exp().detach()

    def dist(self, s):
        logits = self.pi(s)
        return F.softmax(logits, dim=1), F.log_softmax(logits, dim=1)

    def q_min(self, critics, s):
        return torch.stack([critic(s) for critic in critics]).min(dim=0)[0]

    def bellman(self, r, s2, done):
        with torch.no_grad():
            p2, logp2 = self.dist(s2)
            soft_v = (p2 * (self.q_min(self.critics_target, s2) - self.alpha * logp2)).sum(1)
            return r + torch.where(done, torch.zeros_like(soft_v), self.gamma * soft_v)

    def learn(self, s, a, r, s2, done):
        target = self.bellman(r, s2, done)
        loss_q = sum(F.smooth_l1_loss(critic(s).gather(1, a).squeeze(1), target) for critic in self.critics)
        self.minimize("critics", loss_q)
        probs, log_probs = self.dist(s)
        q = self.q_min(self.critics, s).detach()
        self.minimize("pi", (probs * (self.alpha * log_probs - q)).sum(1).mean())
        entropy = -(probs * log_probs).sum(1).detach()
        self.minimize("alpha", (self.log_alpha * (entropy - self.target_entropy)).mean())

    def minimize(self, name, loss):
        self.optimizers[name].zero_grad()
        loss.backward()
        self.optimizers[name].step()
