"""Model-based policy optimisation: SAC on short rollouts of a learned ensemble, branched from real states."""

import collections
import itertools
import math

import gym
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from mbpo.termination import is_terminal
from mbpo.settings import get_args

Batch = collections.namedtuple("Batch", "s a r s_ d")


class EnsembleDynamics(nn.Module):
    """Predicts reward and change of state; trained by likelihood, sampled from a random elite."""

    def __init__(self, s_dim, a_dim, size=7, elites=5, hidden=200, lr=1e-3):
        super().__init__()
        make = lambda i, o: nn.Parameter(torch.randn(size, i, o) / (2 * math.sqrt(i)))
        self.w = nn.ParameterList([make(s_dim + a_dim, hidden), make(hidden, hidden), make(hidden, 2 * (s_dim + 1))])
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(size, 1, w.shape[2])) for w in self.w])
        self.max_logvar = nn.Parameter(torch.full((s_dim + 1,), 0.5))
        self.min_logvar = nn.Parameter(torch.full((s_dim + 1,), -10.0))
        self.size, self.n_elites, self.elites = size, elites, list(range(elites))
        self.optim = torch.optim.Adam(self.parameters(), lr=lr)

    def forward(self, s, a):
        x = torch.cat([s, a], -1)
        x = x.expand(self.size, *x.shape[-2:]) if x.dim() == 2 else x
        for i, (w, b) in enumerate(zip(self.w, self.b)):
            x = torch.baddbmm(b, x, w)
            x = F.silu(x) if i < 2 else x
        mean, logvar = x.chunk(2, -1)
        logvar = self.max_logvar - F.softplus(self.max_logvar - logvar)
        return mean, self.min_logvar + F.softplus(logvar - self.min_logvar)

    def fit(self, real, epochs=5, batch_size=256):
        inputs = (real.s, real.a)
        target = torch.cat([real.r, real.s_ - real.s], -1)
        n = len(target)
        for _ in range(epochs):
            for idx in torch.randperm(n).split(batch_size):
                rows = torch.randint(n, (self.size, len(idx)))
                mean, logvar = self(inputs[0][rows], inputs[1][rows])
                loss = ((mean - target[rows]).pow(2) * (-logvar).exp() + logvar).mean((1, 2)).sum()
                loss = loss + 0.01 * (self.max_logvar.sum() - self.min_logvar.sum())
                self.optim.zero_grad()
                loss.backward()
                self.optim.step()
        with torch.no_grad():
            mean, _ = self(*inputs)
            errors = (mean - target).pow(2).mean((1, 2))
            self.elites = errors.argsort()[: self.n_elites].tolist()

    @torch.no_grad()
    def imagine(self, s, a):
        mean, logvar = self(s, a)
        which = torch.tensor(self.elites)[torch.randint(self.n_elites, (len(s),))]
        rows = torch.arange(len(s))
        draw = mean[which, rows] + (0.5 * logvar[which, rows]).exp() * torch.randn(len(s), mean.shape[-1])
        return draw[:, :1], s + draw[:, 1:]


class SquashedGaussian(nn.Module):
    def __init__(self, s_dim, a_dim, hidden=256):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(s_dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.mu, self.ls = nn.Linear(hidden, a_dim), nn.Linear(hidden, a_dim)

    def forward(self, s):
        h = self.f(s)
        N = torch.distributions.Normal(self.mu(h), self.ls(h).clamp(-20, 2).exp())
        u = N.rsample()
        a = torch.tanh(u)
        ll = N.log_prob(u).sum(-1, keepdim=True)
        ll = ll - (2 * (math.log(2) - u - F.softplus(-2 * u))).sum(-1, keepdim=True)
        return a, ll


def q_net(s_dim, a_dim, hidden=256):
    return nn.Sequential(nn.Linear(s_dim + a_dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))


class Learner:
    def __init__(self, s_dim, a_dim, args):
        self.args = args
        self.pi = SquashedGaussian(s_dim, a_dim)
        self.qs = nn.ModuleList([q_net(s_dim, a_dim) for _ in range(2)])
        self.qs_ = nn.ModuleList([q_net(s_dim, a_dim) for _ in range(2)])
        self.qs_.load_state_dict(self.qs.state_dict())
        self.log_eta = torch.nn.Parameter(torch.tensor([math.log(args.init_eta)]))
        self.eta = self.log_eta.exp().item()
        self.H = args.target_entropy if args.target_entropy is not None else -a_dim
        self.opt_pi = torch.optim.Adam(self.pi.parameters(), lr=args.lr)
        self.opt_q = torch.optim.Adam(self.qs.parameters(), lr=args.lr)
        self.opt_eta = torch.optim.Adam(params=[self.log_eta], lr=args.lr)

    def improve(self, b: Batch):
        with torch.no_grad():
            a_, ll_ = self.pi(b.s_)
            x_ = torch.cat([b.s_, a_], 1)
            v_ = torch.minimum(self.qs_[0](x_), self.qs_[1](x_))
            y = b.r + self.args.gamma * (1 - b.d) * (v_ - self.eta * ll_)
        x = torch.cat([b.s, b.a], 1)
        loss_q = sum(F.mse_loss(q(x), y) for q in self.qs)
        self.opt_q.zero_grad()
        loss_q.backward()
        self.opt_q.step()

        a, ll = self.pi(b.s)
        x = torch.cat([b.s, a], 1)
        v = torch.minimum(self.qs[0](x), self.qs[1](x))
        loss_pi = (self.eta * ll - v).mean()
        self.opt_pi.zero_grad()
        loss_pi.backward()
        self.opt_pi.step()

        loss_eta = -1 * (self.log_eta * (ll.detach() + self.H)).mean()
        self.opt_eta.zero_grad()
        loss_eta.backward()
        self.opt_eta.step()
        self.eta = self.log_eta.exp().item()

        for p_, p in zip(self.qs_.parameters(), self.qs.parameters()):
            p_.data.mul_(1 - self.args.tau).add_(self.args.tau * p.data)
        return loss_q.item(), loss_pi.item(), self.eta


class Pool:
    def __init__(self, size):
        self.rows = collections.deque(maxlen=size)

    def extend(self, batch):
        self.rows.extend(zip(*batch))

    def take(self, n=None):
        rows = self.rows if n is None else [self.rows[i] for i in np.random.randint(len(self.rows), size=n)]
        return Batch(*(torch.stack(column) for column in zip(*rows)))


def branch(model, learner, env_pool, model_pool, args):
    s = env_pool.take(args.rollouts).s
    for _ in range(args.horizon):
        with torch.no_grad():
            a, _ = learner.pi(s)
        r, s_ = model.imagine(s, a)
        d = is_terminal(args.env, s, a, s_).float().view(-1, 1)
        model_pool.extend((s, a, r, s_, d))
        s = s_[d.squeeze(1) == 0]
        if len(s) == 0:
            break


def main():
    args = get_args()
    env = gym.make(args.env)
    s_dim, a_dim = env.observation_space.shape[0], env.action_space.shape[0]
    learner, model = Learner(s_dim, a_dim, args), EnsembleDynamics(s_dim, a_dim)
    env_pool, model_pool = Pool(args.env_pool), Pool(args.model_pool)
    T = lambda v: torch.as_tensor(np.asarray(v), dtype=torch.float32).view(-1)

    s, _ = env.reset(seed=args.seed)
    for t in itertools.count(1):
        with torch.no_grad():
            a = env.action_space.sample() if t < args.warmup else learner.pi(T(s)[None])[0][0].numpy()
        s_, r, terminated, truncated, _ = env.step(a)
        env_pool.rows.append((T(s), T(a), T(r), T(s_), T(terminated)))
        s = s_ if not (terminated or truncated) else env.reset()[0]
        if t < args.warmup:
            continue
        if t % args.model_every == 0:
            model.fit(env_pool.take())
            branch(model, learner, env_pool, model_pool, args)
        if len(model_pool.rows) == 0:
            continue
        n_real = int(args.real_ratio * args.batch)
        for _ in range(args.updates):
            real, fake = env_pool.take(n_real), model_pool.take(args.batch - n_real)
            stats = learner.improve(Batch(*(torch.cat(pair) for pair in zip(real, fake))))
        if t % 1000 == 0:
            print(t, "q %.3f  pi %.3f  eta %.4f" % stats)
        if t == args.steps:
            break


if __name__ == "__main__":
    main()
