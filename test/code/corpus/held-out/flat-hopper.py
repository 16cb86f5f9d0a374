# usage: python flat-hopper.py --env-id Hopper-v5 --seed 3
import argparse
import random
import time

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.tensorboard import SummaryWriter


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--env-id", type=str, default="Hopper-v5")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--total-timesteps", type=int, default=1000000)
    parser.add_argument("--buffer-size", type=int, default=int(1e6))
    parser.add_argument("--gamma", type=float, default=0.99)
    parser.add_argument("--tau", type=float, default=0.005)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--learning-starts", type=int, default=5000)
    parser.add_argument("--policy-lr", type=float, default=3e-4)
    parser.add_argument("--q-lr", type=float, default=1e-3)
    parser.add_argument("--policy-frequency", type=int, default=2)
    parser.add_argument("--alpha", type=float, default=0.2)
    parser.add_argument("--autotune", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


class SoftQNetwork(nn.Module):
    def __init__(self, obs_dim, act_dim):
        super().__init__()
        self.fc1 = nn.Linear(obs_dim + act_dim, 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc3 = nn.Linear(256, 1)

    def forward(self, x, a):
        x = torch.cat([x, a], 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class Actor(nn.Module):
    def __init__(self, obs_dim, act_dim):
        super().__init__()
        self.fc1 = nn.Linear(obs_dim, 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc_mean = nn.Linear(256, act_dim)
        self.fc_logstd = nn.Linear(256, act_dim)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        log_std = torch.tanh(self.fc_logstd(x))
        return self.fc_mean(x), -5 + 0.5 * (2 - (-5)) * (log_std + 1)

    def get_action(self, x):
        mean, log_std = self(x)
        dist = torch.distributions.Normal(mean, log_std.exp())
        u = dist.rsample()
        log_prob = dist.log_prob(u)
        # change of variables for tanh, stable for large |u|
        log_prob = log_prob - 2 * (np.log(2) - u - F.softplus(-2 * u))
        return torch.tanh(u), log_prob.sum(dim=1, keepdim=True)


if __name__ == "__main__":
    args = parse_args()
    run_name = f"{args.env_id}__{args.seed}__{int(time.time())}"
    writer = SummaryWriter(f"runs/{run_name}")
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    env = gym.wrappers.RescaleAction(gym.make(args.env_id), -1.0, 1.0)
    env = gym.wrappers.RecordEpisodeStatistics(env)
    obs_dim, act_dim = env.observation_space.shape[0], env.action_space.shape[0]

    actor = Actor(obs_dim, act_dim).to(device)
    qf1 = SoftQNetwork(obs_dim, act_dim).to(device)
    qf2 = SoftQNetwork(obs_dim, act_dim).to(device)
    qf1_target = SoftQNetwork(obs_dim, act_dim).to(device)
    qf2_target = SoftQNetwork(obs_dim, act_dim).to(device)
    qf1_target.load_state_dict(qf1.state_dict())
    qf2_target.load_state_dict(qf2.state_dict())
    q_optimizer = optim.Adam(list(qf1.parameters()) + list(qf2.parameters()), lr=args.q_lr)
    actor_optimizer = optim.Adam(list(actor.parameters()), lr=args.policy_lr)

    if args.autotune:
        target_entropy = -float(np.prod(env.action_space.shape))
        log_alpha = nn.Parameter(torch.zeros(1, device=device))
        alpha = log_alpha.exp().item()
        a_optimizer = optim.Adam([log_alpha], lr=args.q_lr)
    else:
        alpha = args.alpha

    storage = dict(
        obs=np.zeros((args.buffer_size, obs_dim), np.float32),
        next_obs=np.zeros((args.buffer_size, obs_dim), np.float32),
        actions=np.zeros((args.buffer_size, act_dim), np.float32),
        rewards=np.zeros((args.buffer_size, 1), np.float32),
        dones=np.zeros((args.buffer_size, 1), np.float32),
    )
    start_time = time.time()
    obs, _ = env.reset(seed=args.seed)
    for global_step in range(args.total_timesteps):
        if global_step < args.learning_starts:
            action = env.action_space.sample()
        else:
            with torch.no_grad():
                action, _ = actor.get_action(torch.Tensor(obs[None]).to(device))
            action = action[0].cpu().numpy()
        next_obs, reward, terminated, truncated, info = env.step(action)

        slot = global_step % args.buffer_size
        storage["obs"][slot], storage["next_obs"][slot] = obs, next_obs
        storage["actions"][slot], storage["rewards"][slot] = action, reward
        storage["dones"][slot] = float(terminated)
        obs = next_obs
        if terminated or truncated:
            writer.add_scalar("charts/episodic_return", float(info["episode"]["r"]), global_step)
            obs, _ = env.reset()

        if global_step < args.learning_starts:
            continue
        idx = np.random.randint(0, min(global_step + 1, args.buffer_size), size=args.batch_size)
        data = {k: torch.tensor(v[idx], device=device) for k, v in storage.items()}
        with torch.no_grad():
            next_state_actions, next_state_log_pi = actor.get_action(data["next_obs"])
            qf1_next_target = qf1_target(data["next_obs"], next_state_actions)
            qf2_next_target = qf2_target(data["next_obs"], next_state_actions)
            min_qf_next = torch.minimum(qf1_next_target, qf2_next_target) - alpha * next_state_log_pi
            y = data["rewards"] + (1 - data["dones"]) * args.gamma * min_qf_next
        qf1_loss = F.mse_loss(qf1(data["obs"], data["actions"]), y)
        qf2_loss = F.mse_loss(qf2(data["obs"], data["actions"]), y)
        qf_loss = qf1_loss + qf2_loss
        q_optimizer.zero_grad()
        qf_loss.backward()
        q_optimizer.step()

        if global_step % args.policy_frequency == 0:
            for _ in range(args.policy_frequency):
                pi, log_pi = actor.get_action(data["obs"])
                min_qf_pi = torch.minimum(qf1(data["obs"], pi), qf2(data["obs"], pi))
                actor_loss = (alpha * log_pi - min_qf_pi).mean()
                actor_optimizer.zero_grad()
                actor_loss.backward()
                actor_optimizer.step()

                if args.autotune:
                    with torch.no_grad():
                        _, log_pi = actor.get_action(data["obs"])
                    alpha_loss = (-log_alpha.exp() * (log_pi + target_entropy)).mean()
                    a_optimizer.zero_grad()
                    alpha_loss.backward()
                    a_optimizer.step()
                    alpha = log_alpha.exp().item()

        with torch.no_grad():
            for net, target_net in ((qf1, qf1_target), (qf2, qf2_target)):
                for param, target_param in zip(net.parameters(), target_net.parameters()):
                    target_param.lerp_(param, args.tau)

        if global_step % 1000 == 0:
            writer.add_scalar("losses/qf_loss", qf_loss.item() / 2.0, global_step)
            writer.add_scalar("losses/alpha", alpha, global_step)
            writer.add_scalar("charts/SPS", global_step / (time.time() - start_time), global_step)
    env.close()
    writer.close()
