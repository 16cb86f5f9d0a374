// The program that the panel shows on request: a whole update whose α loss has lost its minus.

export const example = `import torch
import torch.nn.functional as F


class Agent:
    def __init__(self, actor, critic, critic_target, action_dim):
        self.actor, self.critic, self.critic_target = actor, critic, critic_target
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=3e-4)
        self.target_entropy = -action_dim

    def update(self, obs, action, reward, next_obs, done):
        alpha = self.log_alpha.exp().detach()
        with torch.no_grad():
            next_action, next_log_prob = self.actor.sample(next_obs)
            next_q = torch.min(*self.critic_target(next_obs, next_action))
            backup = reward + 0.99 * (1 - done) * (next_q - alpha * next_log_prob)
        q1, q2 = self.critic(obs, action)
        critic_loss = F.mse_loss(q1, backup) + F.mse_loss(q2, backup)

        new_action, log_prob = self.actor.sample(obs)
        q = torch.min(*self.critic(obs, new_action))
        actor_loss = (alpha * log_prob - q).mean()

        # If the entropy is below the target, alpha increases.
        alpha_loss = (self.log_alpha * (log_prob + self.target_entropy).detach()).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        return critic_loss, actor_loss
`;
