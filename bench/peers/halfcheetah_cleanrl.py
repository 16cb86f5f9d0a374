"""SAC on a real Gymnasium task in eager PyTorch, built as CleanRL's sac_continuous_action.py is built: the single-file
program that most people's own SAC in PyTorch descends from. The loop is gymnasium_loop.py's.

What halfcheetah_torch.py leaves out and CleanRL has: torch.distributions for the policy, the mean action with every
sample, the actor once more for α's step, critics' gradients of the actor's loss kept until the next zero_grad, two
actor and α steps after every second critics' step, targets written by copy_. What CleanRL has and this leaves out, in
its favour: vectorised environments with episode statistics, TensorBoard, and a replay buffer with a copy more.

    python bench/peers/halfcheetah_cleanrl.py --env HalfCheetah-v5 --steps 10000 --threads 2 --seed 1
"""

import torch
from gymnasium_loop import BATCH, options, train
from torch import nn, optim
from torch.distributions import Normal
from torch.nn import functional as F
from torch_sac import mkl_instruction_set

LOG_STD_MIN, LOG_STD_MAX = -5, 2
POLICY_FREQUENCY = 2
CRITIC_LEARNING_RATE = 1e-3


class Critic(nn.Module):
    def __init__(self, settings):
        super().__init__()
        width, height = settings.hidden
        self.first = nn.Linear(settings.observation + settings.action, width)
        self.second = nn.Linear(width, height)
        self.last = nn.Linear(height, 1)

    def forward(self, observation, action):
        x = torch.cat([observation, action], 1)
        return self.last(F.relu(self.second(F.relu(self.first(x)))))


class Actor(nn.Module):
    def __init__(self, settings):
        super().__init__()
        width, height = settings.hidden
        self.first = nn.Linear(settings.observation, width)
        self.second = nn.Linear(width, height)
        self.mean = nn.Linear(height, settings.action)
        self.log_std = nn.Linear(height, settings.action)
        # Unit actions: the loop scales them. CleanRL does it here, by as many operations.
        self.register_buffer("scale", torch.ones(settings.action))
        self.register_buffer("bias", torch.zeros(settings.action))

    def forward(self, observation):
        x = F.relu(self.second(F.relu(self.first(observation))))
        log_std = torch.tanh(self.log_std(x))
        return self.mean(x), LOG_STD_MIN + 0.5 * (LOG_STD_MAX - LOG_STD_MIN) * (log_std + 1)

    def sample(self, observation):
        """action, its log-density, the mean action"""
        mean, log_std = self(observation)
        normal = Normal(mean, log_std.exp())
        before_tanh = normal.rsample()
        squashed = torch.tanh(before_tanh)
        log_prob = normal.log_prob(before_tanh) - torch.log(self.scale * (1 - squashed.pow(2)) + 1e-6)
        return (
            squashed * self.scale + self.bias,
            log_prob.sum(1, keepdim=True),
            torch.tanh(mean) * self.scale + self.bias,
        )


class CleanAgent:
    def __init__(self, settings, arguments):
        torch.manual_seed(arguments.seed)
        torch.set_num_threads(arguments.threads)
        self.settings, self.updates = settings, 0
        self.actor = Actor(settings)
        self.critic1, self.critic2 = Critic(settings), Critic(settings)
        self.target1, self.target2 = Critic(settings), Critic(settings)
        self.target1.load_state_dict(self.critic1.state_dict())
        self.target2.load_state_dict(self.critic2.state_dict())
        critics = [*self.critic1.parameters(), *self.critic2.parameters()]
        self.critic_optimizer = optim.Adam(critics, lr=CRITIC_LEARNING_RATE)
        self.actor_optimizer = optim.Adam(list(self.actor.parameters()), lr=settings.learning_rate)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha = self.log_alpha.exp().item()
        self.alpha_optimizer = optim.Adam([self.log_alpha], lr=CRITIC_LEARNING_RATE)

    def unit_action(self, observation, deterministic=False):
        action, _, mean = self.actor.sample(torch.Tensor(observation[None]))
        return (mean if deterministic else action)[0].detach().numpy()

    def update(self, batch):
        observation, action, reward, next_observation, terminated = (torch.from_numpy(field) for field in batch)
        with torch.no_grad():
            next_action, next_log_prob, _ = self.actor.sample(next_observation)
            next_q1 = self.target1(next_observation, next_action)
            next_q2 = self.target2(next_observation, next_action)
            next_value = torch.min(next_q1, next_q2) - self.alpha * next_log_prob
            y = reward.flatten() + (1 - terminated.flatten()) * self.settings.gamma * next_value.view(-1)
        q1, q2 = self.critic1(observation, action).view(-1), self.critic2(observation, action).view(-1)
        loss = F.mse_loss(q1, y) + F.mse_loss(q2, y)
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()

        self.updates += 1
        if self.updates % POLICY_FREQUENCY == 0:
            for _ in range(POLICY_FREQUENCY):
                self.improve(observation)

        tau = self.settings.tau
        for critic, target in ((self.critic1, self.target1), (self.critic2, self.target2)):
            for parameter, slow in zip(critic.parameters(), target.parameters()):
                slow.data.copy_(tau * parameter.data + (1 - tau) * slow.data)

    def improve(self, observation):
        """One step of the actor, one of α."""
        action, log_prob, _ = self.actor.sample(observation)
        q = torch.min(self.critic1(observation, action), self.critic2(observation, action))
        loss = (self.alpha * log_prob - q).mean()
        self.actor_optimizer.zero_grad()
        loss.backward()
        self.actor_optimizer.step()

        with torch.no_grad():
            _, log_prob, _ = self.actor.sample(observation)
        alpha_loss = (-self.log_alpha.exp() * (log_prob + self.settings.target_entropy)).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        self.alpha = self.log_alpha.exp().item()

    def temperature(self, batch, seed):
        """α, and the policy's entropy in nats over unit actions."""
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(seed)
            _, log_prob, _ = self.actor.sample(torch.from_numpy(batch[0]))
        return {"alpha": self.alpha, "entropy": -log_prob.mean().item()}

    def about(self):
        return {"torch": torch.__version__, "mkl": mkl_instruction_set()}


if __name__ == "__main__":
    train(options(__doc__).parse_args(), CleanAgent)
