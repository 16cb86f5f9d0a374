import torch


class Team:
    def __init__(self, agents, action_dims):
        self.agents = agents
        for agent, dim in zip(agents, action_dims):
            agent.target_entropy = -dim
            agent.log_alpha = torch.zeros(1, requires_grad=True)
            agent.alpha_optimizer = torch.optim.Adam([agent.log_alpha], lr=1e-3)

    def update(self, batches):
        for agent, batch in zip(self.agents, batches):
            action, logp = agent.policy.rsample_with_log_prob(batch.obs)
            q_pi = agent.critic(batch.obs, action)
            policy_loss = (agent.log_alpha.exp().detach() * logp - q_pi).mean()
            temperature_loss = -(agent.log_alpha.exp() * (logp + agent.target_entropy).detach()).mean()
            agent.alpha_optimizer.zero_grad()
            temperature_loss.backward()
            agent.alpha_optimizer.step()
