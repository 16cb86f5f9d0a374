# One file, no classes of agents: networks, optimisers and settings live in dictionaries.
import argparse
import copy
import random
from collections import deque

import gymnasium as gym
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal

parser = argparse.ArgumentParser()
parser.add_argument("--env", default="Walker2d-v4")
parser.add_argument("--gamma", type=float, default=0.99)
parser.add_argument("--alpha-lr", type=float, default=0.0005)
opt = parser.parse_args()

env = gym.make(opt.env)
obs_n, act_n = env.observation_space.shape[0], env.action_space.shape[0]


def net(i, o):
    return nn.Sequential(nn.Linear(i, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, o))


nets = {"pi": net(obs_n, 2 * act_n), "qa": net(obs_n + act_n, 1), "qb": net(obs_n + act_n, 1)}
nets["qa_targ"] = copy.deepcopy(nets["qa"])
nets["qb_targ"] = copy.deepcopy(nets["qb"])
log_alpha = torch.zeros(1, requires_grad=True)
target_entropy = -act_n
optim = {
    "pi": torch.optim.Adam(nets["pi"].parameters(), lr=1e-3),
    "q": torch.optim.Adam([*nets["qa"].parameters(), *nets["qb"].parameters()], lr=1e-3),
    "alpha": torch.optim.Adam([log_alpha], lr=opt.alpha_lr),
}
replay = deque(maxlen=1_000_000)


def act(obs):
    mu, log_std = nets["pi"](obs).split(act_n, dim=-1)
    dist = Normal(mu, log_std.clamp(-5, 2).exp())
    u = dist.rsample()
    a = torch.tanh(u)
    logp = (dist.log_prob(u) - torch.log(1 - a**2 + 1e-6)).sum(-1, keepdim=True)
    return a, logp


def q(name, obs, a):
    return nets[name](torch.cat([obs, a], -1))


def learn(batch_size=256):
    batch = random.sample(replay, batch_size)
    o, a, r, o2, not_done = (torch.stack(x) for x in zip(*batch))
    alpha = log_alpha.exp().detach()
    with torch.no_grad():
        a2, logp2 = act(o2)
        q2 = torch.min(q("qa_targ", o2, a2), q("qb_targ", o2, a2))
        y = r + opt.gamma * not_done * (q2 - alpha * logp2)
    loss = {"q": F.mse_loss(q("qa", o, a), y) + F.mse_loss(q("qb", o, a), y)}
    step("q", loss["q"])
    api, logp = act(o)
    loss["pi"] = (alpha * logp - torch.min(q("qa", o, api), q("qb", o, api))).mean()
    step("pi", loss["pi"])
    loss["alpha"] = -(log_alpha * (logp.detach() + target_entropy)).mean()
    step("alpha", loss["alpha"])
    with torch.no_grad():
        for k in ("qa", "qb"):
            for p, pt in zip(nets[k].parameters(), nets[k + "_targ"].parameters()):
                pt.copy_(0.995 * pt + 0.005 * p)


def step(name, value):
    optim[name].zero_grad()
    value.backward()
    optim[name].step()


obs, _ = env.reset()
for t in range(1_000_000):
    with torch.no_grad():
        a, _ = act(torch.as_tensor(obs, dtype=torch.float32))
    obs2, rew, terminated, truncated, _ = env.step(a.numpy())
    replay.append(
        (
            torch.as_tensor(obs, dtype=torch.float32),
            a,
            torch.tensor([rew], dtype=torch.float32),
            torch.as_tensor(obs2, dtype=torch.float32),
            torch.tensor([1.0 - float(terminated)]),
        )
    )
    obs = obs2
    if terminated or truncated:
        obs, _ = env.reset()
    if len(replay) > 1000:
        learn()
