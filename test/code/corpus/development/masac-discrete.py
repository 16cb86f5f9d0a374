"""Discrete multi-agent SAC for micromanagement: shared recurrent-free agents, a centralised critic with one value per
action of each agent, unavailable actions masked out of the policy."""

import copy
import math
from types import SimpleNamespace as SN

import torch as th
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import Adam

NEG_INF = -1e10


class SharedAgent(nn.Module):
    """The same network for all agents; the input ends with the agent's one-hot id."""

    def __init__(self, input_shape, n_actions, hidden_dim=64):
        super().__init__()
        self.fc1 = nn.Linear(input_shape, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, hidden_dim)
        self.fc3 = nn.Linear(hidden_dim, n_actions)

    def forward(self, inputs, avail_actions):
        x = F.relu(self.fc1(inputs))
        x = F.relu(self.fc2(x))
        logits = self.fc3(x).masked_fill(avail_actions == 0, NEG_INF)
        return F.softmax(logits, dim=-1), F.log_softmax(logits, dim=-1)


class CentralCritic(nn.Module):
    def __init__(self, state_shape, n_agents, n_actions, hidden_dim=128):
        super().__init__()
        self.n_agents, self.n_actions = n_agents, n_actions
        # The state, the other agents' actions and the agent's id.
        self.fc1 = nn.Linear(state_shape + n_agents * n_actions + n_agents, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, n_actions)

    def forward(self, state, actions_onehot):
        bs = state.shape[0]
        others = actions_onehot.view(bs, 1, -1).repeat(1, self.n_agents, 1)
        keep = 1 - th.eye(self.n_agents, device=state.device)
        keep = keep.view(-1, 1).repeat(1, self.n_actions).view(self.n_agents, -1)
        ids = th.eye(self.n_agents, device=state.device).unsqueeze(0).expand(bs, -1, -1)
        x = th.cat([state.unsqueeze(1).expand(-1, self.n_agents, -1), others * keep, ids], dim=-1)
        return self.fc2(F.relu(self.fc1(x)))


class MASACLearner:
    def __init__(self, mac, scheme, logger, args):
        self.mac, self.logger, self.args = mac, logger, args
        self.n_agents, self.n_actions = args.n_agents, args.n_actions
        self.agent = mac.agent
        self.critic1 = CentralCritic(scheme["state"]["vshape"], args.n_agents, args.n_actions)
        self.critic2 = CentralCritic(scheme["state"]["vshape"], args.n_agents, args.n_actions)
        self.target_critic1 = copy.deepcopy(self.critic1)
        self.target_critic2 = copy.deepcopy(self.critic2)
        self.agent_params = list(self.agent.parameters())
        self.critic_params = list(self.critic1.parameters()) + list(self.critic2.parameters())
        self.agent_optimiser = Adam(params=self.agent_params, lr=args.lr)
        self.critic_optimiser = Adam(params=self.critic_params, lr=args.critic_lr)

        self.log_alpha = th.zeros(1, dtype=th.float32, requires_grad=True)
        # A fifth of what a uniform policy over all actions has: many of them are unavailable.
        self.target_entropy = 0.2 * math.log(args.n_actions)
        self.alpha_optimiser = Adam(params=[self.log_alpha], lr=3e-4)
        self.last_target_update_step = 0
        self.log_stats_t = -args.learner_log_interval - 1

    def train(self, batch, t_env):
        """Of `batch` every field is [batch, ...] or [batch, agents, ...]."""
        alpha = self.log_alpha.exp().detach()
        mask = batch.filled  # [batch, 1]: rows that are no padding

        # --- critics
        with th.no_grad():
            next_probs, next_logp = self.agent(batch.next_inputs, batch.next_avail)
            next_acts = F.one_hot(th.multinomial(next_probs.flatten(0, 1), 1).view(-1, self.n_agents), self.n_actions).float()
            tq1 = self.target_critic1(batch.next_state, next_acts)
            tq2 = self.target_critic2(batch.next_state, next_acts)
            next_v = (next_probs * (th.min(tq1, tq2) - alpha * next_logp)).sum(-1)
            targets = batch.reward + self.args.gamma * (1 - batch.terminated) * next_v
        chosen = batch.actions.unsqueeze(-1)
        onehot = F.one_hot(batch.actions, self.n_actions).float()
        q1 = self.critic1(batch.state, onehot).gather(-1, chosen).squeeze(-1)
        q2 = self.critic2(batch.state, onehot).gather(-1, chosen).squeeze(-1)
        td_error = (q1 - targets) ** 2 + (q2 - targets) ** 2
        critic_loss = (td_error * mask).sum() / (mask.sum() * self.n_agents)
        self.critic_optimiser.zero_grad()
        critic_loss.backward()
        critic_grad = nn.utils.clip_grad_norm_(self.critic_params, self.args.grad_norm_clip)
        self.critic_optimiser.step()

        # --- agents
        probs, logp = self.agent(batch.inputs, batch.avail)
        with th.no_grad():
            q = th.min(self.critic1(batch.state, onehot), self.critic2(batch.state, onehot))
        pg = (probs * (alpha * logp - q)).sum(-1)
        actor_loss = (pg * mask).sum() / (mask.sum() * self.n_agents)
        self.agent_optimiser.zero_grad()
        actor_loss.backward()
        agent_grad = nn.utils.clip_grad_norm_(self.agent_params, self.args.grad_norm_clip)
        self.agent_optimiser.step()

        # --- temperature
        neg_entropy = (probs * logp).sum(-1).detach()
        alpha_loss = -(self.log_alpha * (neg_entropy + self.target_entropy) * mask).sum() / (mask.sum() * self.n_agents)
        self.alpha_optimiser.zero_grad()
        alpha_loss.backward()
        self.alpha_optimiser.step()

        if t_env - self.last_target_update_step >= self.args.target_update_interval:
            self.target_critic1.load_state_dict(self.critic1.state_dict())
            self.target_critic2.load_state_dict(self.critic2.state_dict())
            self.last_target_update_step = t_env
        if t_env - self.log_stats_t >= self.args.learner_log_interval:
            self.logger.log_stat("critic_loss", critic_loss.item(), t_env)
            self.logger.log_stat("critic_grad_norm", float(critic_grad), t_env)
            self.logger.log_stat("agent_grad_norm", float(agent_grad), t_env)
            self.logger.log_stat("pg_loss", actor_loss.item(), t_env)
            self.logger.log_stat("alpha", self.log_alpha.exp().item(), t_env)
            self.log_stats_t = t_env

    def save_models(self, path):
        self.mac.save_models(path)
        th.save(self.critic1.state_dict(), f"{path}/critic1.th")
        th.save(self.critic2.state_dict(), f"{path}/critic2.th")
        th.save(self.log_alpha.detach(), f"{path}/log_alpha.th")
        th.save(self.alpha_optimiser.state_dict(), f"{path}/alpha_opt.th")

    def load_models(self, path):
        self.mac.load_models(path)
        self.critic1.load_state_dict(th.load(f"{path}/critic1.th"))
        self.critic2.load_state_dict(th.load(f"{path}/critic2.th"))
        self.target_critic1.load_state_dict(self.critic1.state_dict())
        self.target_critic2.load_state_dict(self.critic2.state_dict())
        with th.no_grad():
            self.log_alpha.copy_(th.load(f"{path}/log_alpha.th"))
        self.alpha_optimiser.load_state_dict(th.load(f"{path}/alpha_opt.th"))


def run_episode(env, mac, buffer, episode_limit):
    env.reset()
    steps = []
    terminated, t = False, 0
    while not terminated and t < episode_limit:
        state, obs, avail = env.get_state(), env.get_obs(), env.get_avail_actions()
        actions = mac.select_actions(obs, avail)
        reward, terminated, info = env.step(actions)
        # The environment also says "terminated" at its own step limit.
        env_done = terminated and not info.get("episode_limit", False)
        steps.append(SN(state=state, obs=obs, avail=avail, actions=actions, reward=reward, terminated=env_done))
        t += 1
    buffer.insert_episode(steps, last=SN(state=env.get_state(), obs=env.get_obs(), avail=env.get_avail_actions()))
    return t
