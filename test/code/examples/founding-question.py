# The update of the question from which this project started, as it was asked in words: the loss is right, the clamp is
# not, and neither is what the comment says of the signs.
import torch
import torch.optim as optim
from torch.distributions import Normal


class SACAgent:
    def __init__(self, actor, critic, critic_target, action_dim=4):
        self.actor, self.critic, self.critic_target = actor, critic, critic_target
        self.target_entropy = -action_dim
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.alpha_optimizer = optim.Adam([self.log_alpha], lr=1e-4)

    def sample(self, state):
        mean, std = self.actor(state)
        normal = Normal(mean, std)
        x = normal.rsample()
        log_prob = normal.log_prob(x) - torch.log(1 - torch.tanh(x).pow(2) + 1e-6)
        return torch.tanh(x), log_prob.sum(-1, keepdim=True)

    def update(self, state, next_state, reward, done):
        alpha = self.log_alpha.exp()
        with torch.no_grad():
            next_action, next_log_prob = self.sample(next_state)
            q_next = self.critic_target(next_state, next_action) - alpha * next_log_prob
            target_q = reward + 0.99 * (1 - done) * q_next
        action, log_prob = self.sample(state)
        actor_loss = (alpha.detach() * log_prob - self.critic(state, action)).mean()

        # If the entropy is below the target, alpha decreases.
        alpha_loss = -(alpha * (log_prob + self.target_entropy).detach()).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        with torch.no_grad():
            self.log_alpha.clamp_(-10, 2)
        self.alpha_optimizer.step()
