"""The SAC update in eager PyTorch, lean, as a worker for ../update.ts.

Separate critic modules, one Adam over both, batches from a NumPy replay, losses read with .item() after each update:
so far as in Stable-Baselines3 and CleanRL, whose actor's backward pass also fills the critics' gradients, which are
then thrown away. But densities by formula where they build torch.distributions, and the actor runs once in its step:
about a seventh faster than halfcheetah_cleanrl.py. `--tuned` takes what eager PyTorch offers beyond that: frozen
critics in the actor step, fused Adam, one foreach call for the targets.
"""

import math
import os
import re
import tempfile

import torch
from torch import nn
from torch.nn import functional as F
from worker import Replay, options, serve, settings_of


def mlp(widths):
    layers = [nn.Linear(widths[0], widths[1])]
    for inputs, outputs in zip(widths[1:], widths[2:]):
        layers += [nn.ReLU(), nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers)


class Actor(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.body = nn.Sequential(mlp([settings.observation, *settings.hidden]), nn.ReLU())
        self.mean = nn.Linear(settings.hidden[-1], settings.action)
        self.log_std = nn.Linear(settings.hidden[-1], settings.action)
        self.limits = settings.log_std_min, settings.log_std_max

    def forward(self, observation, noise):
        x = self.body(observation)
        mean, log_std = self.mean(x), self.log_std(x).clamp(*self.limits)
        u = mean + log_std.exp() * noise
        gaussian = -0.5 * noise**2 - log_std - 0.5 * math.log(2 * math.pi)
        log_prob = gaussian - 2 * (math.log(2) - u - F.softplus(-2 * u))
        return torch.tanh(u), log_prob.sum(dim=1, keepdim=True)


class Critic(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.q = mlp([settings.observation + settings.action, *settings.hidden, 1])

    def forward(self, observation, action):
        return self.q(torch.cat([observation, action], dim=1))


class TorchSAC:
    def __init__(self, settings, tuned=False):
        self.settings, self.tuned = settings, tuned
        self.actor = Actor(settings)
        self.critic1, self.critic2 = Critic(settings), Critic(settings)
        self.target1, self.target2 = Critic(settings), Critic(settings)
        self.target1.load_state_dict(self.critic1.state_dict())
        self.target2.load_state_dict(self.critic2.state_dict())
        self.critics = [*self.critic1.parameters(), *self.critic2.parameters()]
        self.targets = [*self.target1.parameters(), *self.target2.parameters()]
        self.log_alpha = torch.tensor([math.log(settings.initial_alpha)], requires_grad=True)
        extra = {"fused": True} if tuned else {}
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=settings.learning_rate, **extra)
        self.critic_optimizer = torch.optim.Adam(self.critics, lr=settings.learning_rate, **extra)
        self.alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=settings.alpha_learning_rate, **extra)

    def update(self, batch, next_noise, noise):
        """Batch as Replay.sample gives it, as tensors; noises [batch, action]. Returns the three losses."""
        settings = self.settings
        observation, action, reward, next_observation, terminated = batch
        alpha = self.log_alpha.detach().exp()

        with torch.no_grad():
            next_action, next_log_prob = self.actor(next_observation, next_noise)
            next_q1, next_q2 = self.target1(next_observation, next_action), self.target2(next_observation, next_action)
            next_value = torch.min(next_q1, next_q2) - alpha * next_log_prob
            y = reward[:, None] + settings.gamma * (1 - terminated[:, None]) * next_value
        q1, q2 = self.critic1(observation, action), self.critic2(observation, action)
        critic_loss = 0.5 * (F.mse_loss(q1, y) + F.mse_loss(q2, y))
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()

        self.freeze_critics(self.tuned)
        pi, log_prob = self.actor(observation, noise)
        actor_loss = (alpha * log_prob - torch.min(self.critic1(observation, pi), self.critic2(observation, pi))).mean()
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        self.freeze_critics(False)

        coefficient = self.log_alpha if settings.alpha_loss == "log-alpha" else self.log_alpha.exp()
        alpha_loss = -(coefficient * (log_prob.detach() + settings.target_entropy)).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()

        with torch.no_grad():
            if self.tuned:
                torch._foreach_lerp_(self.targets, self.critics, settings.tau)
            else:
                for parameter, target in zip(self.critics, self.targets):
                    target.mul_(1 - settings.tau)
                    torch.add(target, parameter, alpha=settings.tau, out=target)
        return critic_loss.item(), actor_loss.item(), alpha_loss.item()

    def freeze_critics(self, frozen):
        if self.tuned:
            for parameter in self.critics:
                parameter.requires_grad_(not frozen)


def mkl_instruction_set():
    """MKL's own words, such as "Intel(R) AVX-512 … enabled processors"; it writes them to file descriptor 1.

    On AMD it says "Intel(R) Architecture processors" and takes its AVX2 kernels; the GEMM rate tells.
    """
    if not torch.backends.mkl.is_available():
        return "no MKL"
    stdout = os.dup(1)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        try:
            with torch.backends.mkl.verbose(torch.backends.mkl.VERBOSE_ON):
                torch.randn(64, 64) @ torch.randn(64, 64)
        finally:
            os.dup2(stdout, 1)
            os.close(stdout)
        file.seek(0)
        said = re.search(r"oneMKL (.*?) Product.*? architecture (.*?), ", file.read().decode(errors="replace"))
    return f"oneMKL {said[1]}: {said[2]}" if said else "unknown"


def multiply(size):
    a, b, out = torch.randn(size, size), torch.randn(size, size), torch.empty(size, size)
    return lambda: torch.mm(a, b, out=out)


def main():
    parser = options(__doc__)
    parser.add_argument("--tuned", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    settings = settings_of(arguments)
    sac, replay = TorchSAC(settings, arguments.tuned), Replay(settings)

    def update():
        batch = tuple(torch.from_numpy(field) for field in replay.sample(arguments.batch))
        shape = arguments.batch, settings.action
        sac.update(batch, torch.randn(shape), torch.randn(shape))

    info = {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "torchInstructionSet": torch.backends.cpu.get_cpu_capability(),
        "mkl": mkl_instruction_set(),
        "tuned": arguments.tuned,
    }
    serve(info, update, multiply)


if __name__ == "__main__":
    main()
