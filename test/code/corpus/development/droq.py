# DroQ on a quadruped: two critics with dropout and layer normalisation, 20 critic updates per environment step.
import argparse
import copy
import math
import time

import gymnasium as gym
import numpy as np
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--env", default="Ant-v4")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--steps", type=int, default=300_000)
parser.add_argument("--start", type=int, default=5000)
parser.add_argument("--utd", type=int, default=20)
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--dropout", type=float, default=0.01)
parser.add_argument("--gamma", type=float, default=0.99)
parser.add_argument("--polyak", type=float, default=0.995)


def mlp(sizes, dropout=0.0, layer_norm=False):
    layers = []
    for n_in, n_out in zip(sizes[:-2], sizes[1:-1]):
        layers.append(nn.Linear(n_in, n_out))
        if dropout > 0.0:
            layers.append(nn.Dropout(p=dropout))
        if layer_norm:
            layers.append(nn.LayerNorm(n_out))
        layers.append(nn.ReLU())
    layers.append(nn.Linear(sizes[-2], sizes[-1]))
    return nn.Sequential(*layers)


class Pi(nn.Module):
    def __init__(self, obs_dim, act_dim):
        super().__init__()
        self.body = mlp([obs_dim, 256, 256, 2 * act_dim])

    def forward(self, obs, deterministic=False):
        mu, log_sigma = self.body(obs).chunk(2, -1)
        if deterministic:
            return mu.tanh(), None
        log_sigma = -20 + 0.5 * 22 * (log_sigma.tanh() + 1)
        eps = torch.randn_like(mu)
        pre = mu + eps * log_sigma.exp()
        act = pre.tanh()
        logp = -0.5 * eps**2 - log_sigma - 0.5 * math.log(2 * math.pi)
        logp -= 2.0 * (math.log(2.0) - pre - nn.functional.softplus(-2.0 * pre))
        return act, logp.sum(-1, keepdim=True)


class Ring:
    def __init__(self, obs_dim, act_dim, capacity, device):
        self.data = {
            "o": np.zeros((capacity, obs_dim), np.float32),
            "a": np.zeros((capacity, act_dim), np.float32),
            "r": np.zeros((capacity, 1), np.float32),
            "o2": np.zeros((capacity, obs_dim), np.float32),
            "end": np.zeros((capacity, 1), np.float32),
        }
        self.n, self.i, self.capacity, self.device = 0, 0, capacity, device

    def put(self, **row):
        for key, value in row.items():
            self.data[key][self.i] = value
        self.i = (self.i + 1) % self.capacity
        self.n = min(self.n + 1, self.capacity)

    def draw(self, size):
        idx = np.random.randint(0, self.n, size)
        return [torch.from_numpy(column[idx]).to(self.device) for column in self.data.values()]


def main():
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    env = gym.make(args.env)
    obs_dim, act_dim = env.observation_space.shape[0], env.action_space.shape[0]
    high = env.action_space.high

    pi = Pi(obs_dim, act_dim).to(device)
    q_nets = nn.ModuleList(
        mlp([obs_dim + act_dim, 256, 256, 1], args.dropout, layer_norm=True) for _ in range(2)
    ).to(device)
    q_avg = copy.deepcopy(q_nets)
    for p in q_avg.parameters():
        p.requires_grad = False
    pi_optim = torch.optim.Adam(pi.parameters(), lr=3e-4)
    q_optim = torch.optim.Adam(q_nets.parameters(), lr=3e-4)

    h_bar = -act_dim
    log_alpha = torch.zeros((), device=device).requires_grad_()
    alpha_optim = torch.optim.Adam([log_alpha], lr=3e-4, betas=(0.5, 0.999))

    def q_all(nets, o, a):
        x = torch.cat((o, a), -1)
        return torch.cat([net(x) for net in nets], -1)

    ring = Ring(obs_dim, act_dim, 1_000_000, device)
    o, _ = env.reset(seed=args.seed)
    ret, t0 = 0.0, time.time()
    for t in range(1, args.steps + 1):
        if t <= args.start:
            a = np.random.uniform(-1, 1, act_dim).astype(np.float32)
        else:
            with torch.no_grad():
                a = pi(torch.as_tensor(o, dtype=torch.float32, device=device)[None])[0][0].cpu().numpy()
        o2, r, end, cut, _ = env.step(a * high)
        ring.put(o=o, a=a, r=r, o2=o2, end=end)
        ret += r
        o = o2
        if end or cut:
            print(f"{t:7d}  return {ret:8.1f}  alpha {log_alpha.exp().item():.4f}  {t / (time.time() - t0):.0f} steps/s")
            o, _ = env.reset()
            ret = 0.0
        if t <= args.start:
            continue

        for _ in range(args.utd):
            b_o, b_a, b_r, b_o2, b_end = ring.draw(args.batch)
            with torch.no_grad():
                a2, logp_a2 = pi(b_o2)
                q_next = q_all(q_avg, b_o2, a2).min(dim=-1, keepdim=True)[0]
                q_next = q_next - log_alpha.exp() * logp_a2
                target = b_r + args.gamma * (1 - b_end) * q_next
            q_loss = ((q_all(q_nets, b_o, b_a) - target) ** 2).mean(0).sum()
            q_optim.zero_grad(set_to_none=True)
            q_loss.backward()
            q_optim.step()
            with torch.no_grad():
                for avg, p in zip(q_avg.parameters(), q_nets.parameters()):
                    avg.copy_(args.polyak * avg + (1 - args.polyak) * p)

        # One step of the policy on the last batch; DroQ averages the critics here.
        a_pi, logp_pi = pi(b_o)
        alpha = log_alpha.exp().detach()
        pi_loss = (-q_all(q_nets, b_o, a_pi).mean(-1, keepdim=True) + alpha * logp_pi).mean()
        pi_optim.zero_grad(set_to_none=True)
        pi_loss.backward()
        pi_optim.step()

        alpha_optim.zero_grad(set_to_none=True)
        surplus = (-logp_pi - h_bar).detach()
        alpha_loss = (log_alpha * surplus).mean()
        alpha_loss.backward()
        alpha_optim.step()


if __name__ == "__main__":
    main()
