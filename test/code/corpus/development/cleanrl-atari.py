import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions.categorical import Categorical

from common import make_env, parse_args, ReplayBuffer


class Actor(nn.Module):
    def __init__(self, envs):
        super().__init__()
        n = envs.single_action_space.n
        self.body = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, n))

    def forward(self, x):
        return self.body(x)

    def get_action(self, x):
        logits = self(x / 255.0)
        policy_dist = Categorical(logits=logits)
        action = policy_dist.sample()
        action_probs = policy_dist.probs
        log_prob = F.log_softmax(logits, dim=1)
        return action, log_prob, action_probs


if __name__ == "__main__":
    args = parse_args()
    device = torch.device("cuda")
    envs = make_env(args.env_id)
    actor = Actor(envs).to(device)
    qf1, qf2, qf1_target, qf2_target = (args.q_network(envs).to(device) for _ in range(4))
    qf1_target.load_state_dict(qf1.state_dict())
    qf2_target.load_state_dict(qf2.state_dict())
    q_optimizer = optim.Adam(list(qf1.parameters()) + list(qf2.parameters()), lr=3e-4, eps=1e-4)
    actor_optimizer = optim.Adam(list(actor.parameters()), lr=3e-4, eps=1e-4)

    if args.autotune:
        target_entropy = -args.target_entropy_scale * torch.log(1 / torch.tensor(envs.single_action_space.n))
        log_alpha = torch.zeros(1, requires_grad=True, device=device)
        alpha = log_alpha.exp().item()
        a_optimizer = optim.Adam([log_alpha], lr=3e-4, eps=1e-4)
    else:
        alpha = args.alpha

    rb = ReplayBuffer(args.buffer_size, envs, device)
    obs, _ = envs.reset(seed=args.seed)
    for global_step in range(args.total_timesteps):
        actions, _, _ = actor.get_action(torch.Tensor(obs).to(device))
        actions = actions.detach().cpu().numpy()
        next_obs, rewards, terminations, truncations, infos = envs.step(actions)
        rb.add(obs, next_obs, actions, rewards, terminations, infos)
        obs = next_obs
        if global_step > args.learning_starts and global_step % args.update_frequency == 0:
            data = rb.sample(args.batch_size)
            with torch.no_grad():
                _, next_state_log_pi, next_state_action_probs = actor.get_action(data.next_observations)
                qf1_next_target = qf1_target(data.next_observations)
                qf2_next_target = qf2_target(data.next_observations)
                min_qf_next_target = next_state_action_probs * (
                    torch.min(qf1_next_target, qf2_next_target) - alpha * next_state_log_pi
                )
                min_qf_next_target = min_qf_next_target.sum(dim=1)
                next_q_value = data.rewards.flatten() + (1 - data.dones.flatten()) * args.gamma * min_qf_next_target
            qf1_values = qf1(data.observations).gather(1, data.actions.long()).view(-1)
            qf2_values = qf2(data.observations).gather(1, data.actions.long()).view(-1)
            qf_loss = F.mse_loss(qf1_values, next_q_value) + F.mse_loss(qf2_values, next_q_value)
            q_optimizer.zero_grad()
            qf_loss.backward()
            q_optimizer.step()

            _, log_pi, action_probs = actor.get_action(data.observations)
            with torch.no_grad():
                min_qf_values = torch.min(qf1(data.observations), qf2(data.observations))
            actor_loss = (action_probs * ((alpha * log_pi) - min_qf_values)).mean()
            actor_optimizer.zero_grad()
            actor_loss.backward()
            actor_optimizer.step()

            if args.autotune:
                alpha_loss = (action_probs.detach() * (-log_alpha.exp() * (log_pi + target_entropy).detach())).mean()
                a_optimizer.zero_grad()
                alpha_loss.backward()
                a_optimizer.step()
                alpha = log_alpha.exp().item()
