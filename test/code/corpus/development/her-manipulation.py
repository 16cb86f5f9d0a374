"""Goal-conditioned SAC with hindsight relabelling for a Fetch arm; one process per MPI rank, averaged gradients."""

import os
import pickle
from datetime import datetime

import gymnasium as gym
import gymnasium_robotics
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from mpi4py import MPI

from arguments import get_args
from her import her_sampler
from normalizer import normalizer

gym.register_envs(gymnasium_robotics)
LOG_SIG_MAX, LOG_SIG_MIN = 2, -20
EPSILON = 1e-6


def sync_networks(network):
    comm = MPI.COMM_WORLD
    flat = nn.utils.parameters_to_vector(network.parameters()).detach().cpu().numpy()
    comm.Bcast(flat, root=0)
    nn.utils.vector_to_parameters(torch.tensor(flat), network.parameters())


def sync_grads(params):
    params = list(params)
    flat = np.concatenate([p.grad.cpu().numpy().flatten() for p in params])
    total = np.zeros_like(flat)
    MPI.COMM_WORLD.Allreduce(flat, total, op=MPI.SUM)
    total /= MPI.COMM_WORLD.Get_size()
    start = 0
    for p in params:
        p.grad.copy_(torch.tensor(total[start : start + p.numel()]).view_as(p))
        start += p.numel()


class actor(nn.Module):
    def __init__(self, env_params):
        super(actor, self).__init__()
        self.max_action = env_params["action_max"]
        self.fc1 = nn.Linear(env_params["obs"] + env_params["goal"], 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc3 = nn.Linear(256, 256)
        self.mean_out = nn.Linear(256, env_params["action"])
        self.log_sig_out = nn.Linear(256, env_params["action"])

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = F.relu(self.fc3(x))
        return self.mean_out(x), torch.clamp(self.log_sig_out(x), min=LOG_SIG_MIN, max=LOG_SIG_MAX)

    def sample(self, x):
        mean, log_sig = self.forward(x)
        distribution = torch.distributions.Normal(mean, log_sig.exp())
        pretanh = distribution.rsample()
        unit = torch.tanh(pretanh)
        log_likelihood = distribution.log_prob(pretanh)
        log_likelihood = log_likelihood - torch.log(self.max_action * (1 - unit * unit) + EPSILON)
        return unit * self.max_action, log_likelihood.sum(1, keepdim=True)


class critic(nn.Module):
    def __init__(self, env_params):
        super(critic, self).__init__()
        self.max_action = env_params["action_max"]
        self.fc1 = nn.Linear(env_params["obs"] + env_params["goal"] + env_params["action"], 256)
        self.fc2 = nn.Linear(256, 256)
        self.q_out = nn.Linear(256, 1)

    def forward(self, x, actions):
        x = torch.cat([x, actions / self.max_action], dim=1)
        return self.q_out(F.relu(self.fc2(F.relu(self.fc1(x)))))


class sac_her_agent:
    def __init__(self, args, env, env_params):
        self.args, self.env, self.env_params = args, env, env_params
        self.actor_network = actor(env_params)
        self.critic_network = [critic(env_params), critic(env_params)]
        self.critic_target_network = [critic(env_params), critic(env_params)]
        for net in (self.actor_network, *self.critic_network):
            sync_networks(net)
        for target, net in zip(self.critic_target_network, self.critic_network):
            target.load_state_dict(net.state_dict())
        self.actor_optim = torch.optim.Adam(self.actor_network.parameters(), lr=args.lr_actor)
        self.critic_params = [p for net in self.critic_network for p in net.parameters()]
        self.critic_optim = torch.optim.Adam(self.critic_params, lr=args.lr_critic)
        # entropy regularisation
        self.target_entropy = -env_params["action"]
        self.log_alpha = torch.tensor([args.log_alpha_init], dtype=torch.float32, requires_grad=True)
        self.alpha_optim = torch.optim.Adam([self.log_alpha], lr=args.lr_alpha)
        self.her_module = her_sampler(args.replay_strategy, args.replay_k, self.env.unwrapped.compute_reward)
        self.episodes = []
        self.o_norm = normalizer(size=env_params["obs"], default_clip_range=args.clip_range)
        self.g_norm = normalizer(size=env_params["goal"], default_clip_range=args.clip_range)
        self.model_path = os.path.join(args.save_dir, args.env_name)

    def _inputs(self, obs, g):
        clip = self.args.clip_obs
        x = np.concatenate([self.o_norm.normalize(np.clip(obs, -clip, clip)), self.g_norm.normalize(np.clip(g, -clip, clip))], axis=-1)
        return torch.tensor(x, dtype=torch.float32)

    def learn(self):
        for epoch in range(self.args.n_epochs):
            for _ in range(self.args.n_cycles):
                for _ in range(self.args.num_rollouts):
                    self.episodes.append(self._rollout())
                del self.episodes[: -self.args.buffer_episodes]
                self._update_normalizer(self.episodes[-self.args.num_rollouts :])
                for _ in range(self.args.n_batches):
                    self._update_network()
            success_rate = self._eval_agent()
            if MPI.COMM_WORLD.Get_rank() == 0:
                print(f"[{datetime.now()}] epoch is: {epoch}, success rate {success_rate:.3f}, alpha {self.log_alpha.exp().item():.4f}")
                self._save()

    def _rollout(self):
        rows = {k: [] for k in ("obs", "ag", "g", "actions", "fell")}
        observation, _ = self.env.reset()
        for _ in range(self.env_params["max_timesteps"]):
            obs, ag, g = observation["observation"], observation["achieved_goal"], observation["desired_goal"]
            with torch.no_grad():
                action = self.actor_network.sample(self._inputs(obs[None], g[None]))[0].numpy()[0]
            observation, _, terminated, _, _ = self.env.step(action)
            for key, value in zip(rows, (obs, ag, g, action, terminated)):
                rows[key].append(value)
            if terminated:
                break
        rows["obs"].append(observation["observation"])
        rows["ag"].append(observation["achieved_goal"])
        return {k: np.asarray(v, dtype=np.float32) for k, v in rows.items()}

    def _update_normalizer(self, episodes):
        for e in episodes:
            self.o_norm.update(e["obs"])
            self.g_norm.update(e["g"])
        self.o_norm.recompute_stats()
        self.g_norm.recompute_stats()

    def _update_network(self):
        # relabelled transitions: obs, obs_next, g, actions, r, fell
        t = self.her_module.sample_her_transitions(self.episodes, self.args.batch_size)
        x, x_next = self._inputs(t["obs"], t["g"]), self._inputs(t["obs_next"], t["g"])
        actions = torch.tensor(t["actions"], dtype=torch.float32)
        r = torch.tensor(t["r"], dtype=torch.float32).view(-1, 1)
        not_fell = 1.0 - torch.tensor(t["fell"], dtype=torch.float32).view(-1, 1)

        # the policy and the temperature
        pi, log_pi = self.actor_network.sample(x)
        alpha_loss = -(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()
        self.alpha_optim.zero_grad()
        alpha_loss.backward()
        sync_grads([self.log_alpha])
        self.alpha_optim.step()
        alpha = self.log_alpha.exp().detach()
        q_pi = torch.min(self.critic_network[0](x, pi), self.critic_network[1](x, pi))
        actor_loss = (alpha * log_pi - q_pi).mean()
        self.actor_optim.zero_grad()
        actor_loss.backward()
        sync_grads(self.actor_network.parameters())
        self.actor_optim.step()

        # the critics
        with torch.no_grad():
            a_next, log_pi_next = self.actor_network.sample(x_next)
            q_next = torch.min(self.critic_target_network[0](x_next, a_next), self.critic_target_network[1](x_next, a_next))
            q_next = q_next - alpha * log_pi_next
            target_q = r + not_fell * self.args.gamma * q_next
        critic_loss = sum((net(x, actions) - target_q).pow(2).mean() for net in self.critic_network)
        self.critic_optim.zero_grad()
        critic_loss.backward()
        sync_grads(self.critic_params)
        self.critic_optim.step()
        for target, net in zip(self.critic_target_network, self.critic_network):
            for tp, p in zip(target.parameters(), net.parameters()):
                tp.data.copy_((1 - self.args.polyak) * p.data + self.args.polyak * tp.data)

    def _eval_agent(self):
        successes = []
        for _ in range(self.args.n_test_rollouts):
            observation, _ = self.env.reset()
            for _ in range(self.env_params["max_timesteps"]):
                x = self._inputs(observation["observation"][None], observation["desired_goal"][None])
                with torch.no_grad():
                    mean, _ = self.actor_network(x)
                observation, _, _, _, info = self.env.step(torch.tanh(mean)[0].numpy() * self.env_params["action_max"])
            successes.append(info["is_success"])
        return MPI.COMM_WORLD.allreduce(np.mean(successes), op=MPI.SUM) / MPI.COMM_WORLD.Get_size()

    def _save(self):
        os.makedirs(self.model_path, exist_ok=True)
        parts = [self.o_norm.mean, self.o_norm.std, self.g_norm.mean, self.g_norm.std, self.actor_network.state_dict()]
        with open(os.path.join(self.model_path, "model.pkl"), "wb") as f:
            pickle.dump(parts, f)


if __name__ == "__main__":
    args = get_args()
    env = gym.make(args.env_name)
    space = env.observation_space
    sac_her_agent(
        args,
        env,
        {
            "obs": space["observation"].shape[0],
            "goal": space["desired_goal"].shape[0],
            "action": env.action_space.shape[0],
            "action_max": float(env.action_space.high[0]),
            "max_timesteps": env.spec.max_episode_steps,
        },
    ).learn()
