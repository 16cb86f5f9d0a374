# α is kept from falling below 5: each line does what it says, and the log alone shows a constant α.
import torch
import torch.nn.functional as F


class Agent:
    def __init__(self, actor, critic, critic_target):
        self.actor, self.critic, self.critic_target = actor, critic, critic_target
        self.target_entropy = -4.0
        self.log_alpha = torch.tensor(1.6094379, requires_grad=True)
        self.alpha_optimizer = torch.optim.Adam([self.log_alpha], lr=3e-4)

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

        alpha_loss = -(self.log_alpha * (log_prob + self.target_entropy).detach()).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        with torch.no_grad():
            self.log_alpha.clamp_(1.6094379, 10.0)
        return critic_loss, actor_loss
