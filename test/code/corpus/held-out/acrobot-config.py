from dataclasses import dataclass

import gymnasium as gym
import numpy as np
import torch
from torch import nn, optim
from torch.distributions import Categorical
from torch.nn import functional as F


@dataclass
class Config:
    env: str = "Acrobot-v1"
    gamma: float = 0.99
    tau: float = 0.005
    lr: float = 3e-4
    alpha_lr: float = 1e-4
    h_target: float = 0.45  # of at most log 3 = 1.1
    batch: int = 128
    capacity: int = 100_000
    start: int = 2_000
    steps: int = 200_000


cfg = Config()
device = "cuda" if torch.cuda.is_available() else "cpu"


def build(n_in, n_out):
    return nn.Sequential(nn.Linear(n_in, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, n_out)).to(device)


class Memory:
    def __init__(self, n_obs):
        self.s = np.zeros((cfg.capacity, n_obs), np.float32)
        self.s2 = np.zeros((cfg.capacity, n_obs), np.float32)
        self.a = np.zeros((cfg.capacity, 1), np.int64)
        self.r = np.zeros((cfg.capacity, 1), np.float32)
        self.alive = np.zeros((cfg.capacity, 1), np.float32)
        self.n = 0

    def put(self, s, a, r, s2, alive):
        i = self.n % cfg.capacity
        self.s[i], self.a[i], self.r[i], self.s2[i], self.alive[i] = s, a, r, s2, alive
        self.n += 1

    def get(self):
        i = np.random.randint(0, min(self.n, cfg.capacity), cfg.batch)
        return [torch.as_tensor(x[i], device=device) for x in (self.s, self.a, self.r, self.s2, self.alive)]


class Agent:
    def __init__(self, n_obs, n_act):
        self.pi = build(n_obs, n_act)
        self.qa, self.qb = build(n_obs, n_act), build(n_obs, n_act)
        self.qa_slow, self.qb_slow = build(n_obs, n_act), build(n_obs, n_act)
        self.qa_slow.load_state_dict(self.qa.state_dict())
        self.qb_slow.load_state_dict(self.qb.state_dict())
        self.log_ent_weight = nn.Parameter(torch.tensor(-1.0, device=device))
        self.opt_pi = optim.Adam(self.pi.parameters(), lr=cfg.lr)
        self.opt_q = optim.Adam([*self.qa.parameters(), *self.qb.parameters()], lr=cfg.lr)
        self.opt_ent = optim.Adam([self.log_ent_weight], lr=cfg.alpha_lr)

    @property
    def ent_weight(self):
        return self.log_ent_weight.exp().item()

    @torch.no_grad()
    def select_action(self, s, greedy=False):
        logits = self.pi(torch.as_tensor(s, device=device))
        return int(logits.argmax()) if greedy else int(Categorical(logits=logits).sample())

    def critic_target(self, r, s2, alive):
        with torch.no_grad():
            log_p2 = F.log_softmax(self.pi(s2), dim=-1)
            p2 = log_p2.exp()
            q2 = torch.minimum(self.qa_slow(s2), self.qb_slow(s2))
            v2 = (p2 * (q2 - self.ent_weight * log_p2)).sum(-1, keepdim=True)
            return r + cfg.gamma * alive * v2

    def update_parameters(self, memory):
        s, a, r, s2, alive = memory.get()

        y = self.critic_target(r, s2, alive)
        q_loss = F.mse_loss(self.qa(s).gather(1, a), y) + F.mse_loss(self.qb(s).gather(1, a), y)
        self.opt_q.zero_grad()
        q_loss.backward()
        self.opt_q.step()

        log_p = F.log_softmax(self.pi(s), dim=-1)
        p = log_p.exp()
        with torch.no_grad():
            q = torch.minimum(self.qa(s), self.qb(s))
        entropy = -(p * log_p).sum(-1)
        expected_q = (p * q).sum(-1)
        pi_loss = (-expected_q - self.ent_weight * entropy).mean()
        self.opt_pi.zero_grad()
        pi_loss.backward()
        self.opt_pi.step()

        ent_loss = self.log_ent_weight.exp() * (entropy.detach().mean() - cfg.h_target)
        self.opt_ent.zero_grad()
        ent_loss.backward()
        self.opt_ent.step()

        for fast, slow in ((self.qa, self.qa_slow), (self.qb, self.qb_slow)):
            for w, w_slow in zip(fast.parameters(), slow.parameters()):
                w_slow.data.lerp_(w.data, cfg.tau)
        return entropy.mean().item()

    def save(self, file):
        torch.save({"pi": self.pi.state_dict(), "qa": self.qa.state_dict(), "qb": self.qb.state_dict(),
                    "qa_slow": self.qa_slow.state_dict(), "qb_slow": self.qb_slow.state_dict(),
                    "opt_pi": self.opt_pi.state_dict(), "opt_q": self.opt_q.state_dict(),
                    "log_ent_weight": self.log_ent_weight.data, "opt_ent": self.opt_ent.state_dict()}, file)

    def load(self, file):
        saved = torch.load(file, map_location=device)
        for name in ("pi", "qa", "qb", "qa_slow", "qb_slow", "opt_pi", "opt_q"):
            getattr(self, name).load_state_dict(saved[name])
        self.log_ent_weight.data.copy_(saved["log_ent_weight"])
        self.opt_ent.load_state_dict(saved["opt_ent"])


def main():
    env = gym.make(cfg.env)
    agent = Agent(env.observation_space.shape[0], env.action_space.n)
    memory = Memory(env.observation_space.shape[0])
    s, _ = env.reset()
    total, scores = 0.0, []
    for step in range(cfg.steps):
        a = agent.select_action(s) if step >= cfg.start else env.action_space.sample()
        s2, r, terminated, truncated, _ = env.step(a)
        memory.put(s, a, r, s2, 0.0 if terminated else 1.0)
        s, total = s2, total + r
        if terminated or truncated:
            scores.append(total)
            s, _ = env.reset()
            total = 0.0
        if step >= cfg.start:
            h = agent.update_parameters(memory)
            if step % 2000 == 0:
                print(f"{step} score {np.mean(scores[-10:]):.1f} entropy {h:.3f} weight {agent.ent_weight:.4f}")
    agent.save("acrobot.pt")


if __name__ == "__main__":
    main()
