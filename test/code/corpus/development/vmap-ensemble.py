"""Offline SAC with an ensemble of N critics evaluated by torch.func.vmap; the least of all is believed."""

import copy
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
from torch.func import functional_call, stack_module_state, vmap

DEFAULTS = {
    "dataset": "hopper-medium.npz",
    "seed": 0,
    "steps": 1_000_000,
    "batch": 256,
    "gamma": 0.99,
    "rho": 5e-3,
    "ensemble": {"size": 10, "hidden": 256, "lr": 3e-4, "diversity": 1.0},
    "policy": {"hidden": 256, "lr": 3e-4, "log_sigma": [-5.0, 2.0]},
    "dual": {"lr": 3e-4, "start": 1.0, "entropy": "auto", "log_range": [-10.0, 3.0]},
}


def feedforward(n_in, n_hidden, n_out, depth=3):
    widths = [n_in] + [n_hidden] * depth
    blocks = [m for a, b in zip(widths, widths[1:]) for m in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*blocks, nn.Linear(n_hidden, n_out))


class SquashedPolicy(nn.Module):
    def __init__(self, n_obs, n_act, hidden, log_sigma):
        super().__init__()
        self.net = feedforward(n_obs, hidden, 2 * n_act)
        self.lo, self.hi = log_sigma

    def forward(self, s):
        mu, raw = self.net(s).chunk(2, -1)
        return mu, torch.clamp(raw, self.lo, self.hi)

    def draw(self, s):
        mu, log_sigma = self(s)
        gauss = torch.distributions.Normal(mu, log_sigma.exp())
        z = gauss.rsample()
        lp = gauss.log_prob(z)
        lp = lp - 2.0 * (np.log(2.0) - z - nn.functional.softplus(-2.0 * z))
        return z.tanh(), lp.sum(-1)


class Ensemble:
    """N networks of one shape: their parameters are stacked, [N, ...] each."""

    def __init__(self, n_obs, n_act, size, hidden, device):
        members = [feedforward(n_obs + n_act, hidden, 1).to(device) for _ in range(size)]
        self.params, self.buffers = stack_module_state(members)
        self.skeleton = [copy.deepcopy(members[0]).to("meta")]
        self.slow = {name: p.detach().clone() for name, p in self.params.items()}

    def _one(self, params, buffers, x):
        return functional_call(self.skeleton[0], (params, buffers), (x,)).squeeze(-1)

    def values(self, params, s, a):
        """[N, batch]"""
        x = torch.cat([s, a], -1)
        return vmap(self._one, in_dims=(0, 0, None))(params, self.buffers, x)

    @torch.no_grad()
    def track(self, rho):
        for name, p in self.params.items():
            self.slow[name].lerp_(p, rho)


def load_dataset(path, device):
    raw = np.load(path)
    names = {"s": "observations", "a": "actions", "r": "rewards", "s2": "next_observations", "end": "terminals"}
    return {k: torch.as_tensor(raw[v], dtype=torch.float32, device=device) for k, v in names.items()}


class Learner:
    def __init__(self, n_obs, n_act, hp, device="cpu"):
        self.hp, self.device = hp, device
        ens, pol, dual = hp["ensemble"], hp["policy"], hp["dual"]
        self.policy = SquashedPolicy(n_obs, n_act, pol["hidden"], pol["log_sigma"]).to(device)
        self.critics = Ensemble(n_obs, n_act, ens["size"], ens["hidden"], device)
        self.policy_opt = torch.optim.Adam(self.policy.parameters(), lr=pol["lr"])
        self.critic_opt = torch.optim.Adam(self.critics.params.values(), lr=ens["lr"])
        self.entropy_wanted = -n_act if dual["entropy"] == "auto" else float(dual["entropy"])
        self.log_dual = torch.tensor(np.log(dual["start"]), dtype=torch.float32, device=device)
        self.log_dual.requires_grad_(True)
        self.dual_opt = torch.optim.Adam([self.log_dual], lr=dual["lr"])

    def dual(self):
        return self.log_dual.detach().exp()

    def policy_step(self, b):
        a, lp = self.policy.draw(b["s"])
        frozen = {name: p.detach() for name, p in self.critics.params.items()}
        worst = self.critics.values(frozen, b["s"], a).amin(0)
        utility = worst - self.dual() * lp
        loss = utility.mean().neg()
        self.policy_opt.zero_grad()
        loss.backward()
        self.policy_opt.step()
        return lp.detach()

    def dual_step(self, lp):
        gap = -lp.mean() - self.entropy_wanted
        loss = self.log_dual * gap
        self.dual_opt.zero_grad()
        loss.backward()
        self.dual_opt.step()
        with torch.no_grad():
            self.log_dual.clamp_(*self.hp["dual"]["log_range"])
        return gap

    @torch.no_grad()
    def bellman(self, b):
        a2, lp2 = self.policy.draw(b["s2"])
        worst = self.critics.values(self.critics.slow, b["s2"], a2).amin(0)
        soft = worst - self.dual() * lp2
        return b["r"] + self.hp["gamma"] * (1.0 - b["end"]) * soft

    def diversity(self, b):
        """Mean cosine of the critics' action gradients, which are to point apart."""
        n = self.hp["ensemble"]["size"]
        a = b["a"].unsqueeze(0).expand(n, -1, -1).clone().requires_grad_(True)
        x = torch.cat([b["s"].unsqueeze(0).expand(n, -1, -1), a], -1)
        q = vmap(self.critics._one)(self.critics.params, self.critics.buffers, x)
        (grads,) = torch.autograd.grad(q.sum(), a, create_graph=True)
        unit = nn.functional.normalize(grads, dim=-1).transpose(0, 1)
        cosines = unit @ unit.transpose(1, 2)
        off = cosines.sum((1, 2)) - cosines.diagonal(dim1=1, dim2=2).sum(-1)
        return (off / (n - 1)).mean()

    def critic_step(self, b):
        y = self.bellman(b)
        q = self.critics.values(self.critics.params, b["s"], b["a"])
        td = (q - y.unsqueeze(0)).square().mean(1).sum()
        loss = td + self.hp["ensemble"]["diversity"] * self.diversity(b)
        self.critic_opt.zero_grad()
        loss.backward()
        self.critic_opt.step()
        self.critics.track(self.hp["rho"])
        return td / self.hp["ensemble"]["size"]

    def step(self, b):
        lp = self.policy_step(b)
        gap = self.dual_step(lp)
        td = self.critic_step(b)
        return {"td": td.item(), "gap": gap.item(), "dual": self.dual().item()}


def run(hp):
    torch.manual_seed(hp["seed"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data = load_dataset(hp["dataset"], device)
    learner = Learner(data["s"].shape[1], data["a"].shape[1], hp, device)
    rows = len(data["r"])
    for step in range(hp["steps"]):
        index = torch.randint(rows, (hp["batch"],), device=device)
        stats = learner.step({name: column[index] for name, column in data.items()})
        if step % 5_000 == 0:
            print(json.dumps({"step": step, **stats}), flush=True)
    torch.save(learner.policy.state_dict(), Path(hp["dataset"]).with_suffix(".policy.pt"))


if __name__ == "__main__":
    hp = dict(DEFAULTS)
    if len(sys.argv) > 1:
        hp.update(json.loads(Path(sys.argv[1]).read_text()))
    run(hp)
