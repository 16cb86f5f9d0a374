"""Several agents that learn side by side, each with a temperature of its own in a list."""
import numpy as np
import torch
import torch.nn.functional as F

from nets import ActorNet, CriticNet


class MultiAgentSAC:
    def __init__(self, n_agents, obs_dims, act_dims, gamma=0.95, tau=0.01, lr=3e-4, device="cpu"):
        self.n_agents, self.gamma, self.tau = n_agents, gamma, tau
        self.actors = [ActorNet(o, a).to(device) for o, a in zip(obs_dims, act_dims)]
        joint = sum(obs_dims) + sum(act_dims)
        self.critics = [CriticNet(joint).to(device) for _ in range(n_agents)]
        self.target_critics = [CriticNet(joint).to(device) for _ in range(n_agents)]
        for critic, target in zip(self.critics, self.target_critics):
            target.load_state_dict(critic.state_dict())
        self.actor_optimizers = [torch.optim.Adam(actor.parameters(), lr=lr) for actor in self.actors]
        self.critic_optimizers = [torch.optim.Adam(critic.parameters(), lr=lr) for critic in self.critics]
        self.target_entropies = [-float(a) for a in act_dims]
        self.log_alphas = [torch.zeros(1, requires_grad=True, device=device) for _ in range(n_agents)]
        self.alpha_optimizers = [torch.optim.Adam([log_alpha], lr=3e-4) for log_alpha in self.log_alphas]

    def joint_actions(self, observations):
        pairs = [actor.sample(obs) for actor, obs in zip(self.actors, observations)]
        return torch.cat([action for action, _ in pairs], dim=-1), [log_prob for _, log_prob in pairs]

    def update(self, batch):
        obs, actions, rewards, next_obs, terminated = batch
        all_obs, all_next = torch.cat(obs, dim=-1), torch.cat(next_obs, dim=-1)
        for i in range(self.n_agents):
            alpha = self.log_alphas[i].exp().detach()
            with torch.no_grad():
                next_actions, next_log_probs = self.joint_actions(next_obs)
                next_q = torch.min(*self.target_critics[i](all_next, next_actions))
                target = rewards[i] + self.gamma * (1 - terminated) * (next_q - alpha * next_log_probs[i])
            q1, q2 = self.critics[i](all_obs, torch.cat(actions, dim=-1))
            critic_loss = F.mse_loss(q1, target) + F.mse_loss(q2, target)
            self.critic_optimizers[i].zero_grad()
            critic_loss.backward()
            self.critic_optimizers[i].step()

            new_actions, log_probs = self.joint_actions(obs)
            log_prob = log_probs[i]
            q = torch.min(*self.critics[i](all_obs, new_actions))
            actor_loss = (alpha * log_prob - q).mean()
            self.actor_optimizers[i].zero_grad()
            actor_loss.backward()
            self.actor_optimizers[i].step()

            alpha_loss = -(self.log_alphas[i] * (log_prob + self.target_entropies[i]).detach()).mean()
            self.alpha_optimizers[i].zero_grad()
            alpha_loss.backward()
            self.alpha_optimizers[i].step()
        for critic, target in zip(self.critics, self.target_critics):
            for p, tp in zip(critic.parameters(), target.parameters()):
                tp.data.copy_(self.tau * p.data + (1 - self.tau) * tp.data)


def run(env, learner, buffer, steps):
    observations = env.reset()
    for _ in range(steps):
        actions = learner.act(observations)
        next_observations, rewards, terminations, truncations, _ = env.step(actions)
        terminated = all(terminations.values())
        buffer.add(observations, actions, rewards, next_observations, terminated)
        observations = env.reset() if terminated or all(truncations.values()) else next_observations
