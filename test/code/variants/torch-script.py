import torch
from torch.distributions import Normal

target_entropy = -torch.prod(torch.Tensor(env.action_space.shape)).item()
log_alpha = torch.zeros(1, requires_grad=True)
alpha = log_alpha.exp().item()
a_optimizer = torch.optim.Adam([log_alpha], lr=3e-4)

for step in range(100000):
    with torch.no_grad():
        next_actions, next_log_pi, _ = actor.get_action(data.next_observations)
        min_qf_next = torch.min(qf1_target(data.next_observations, next_actions), qf2_target(data.next_observations, next_actions)) - alpha * next_log_pi
    pi, log_pi, _ = actor.get_action(data.observations)
    min_qf_pi = torch.min(qf1(data.observations, pi), qf2(data.observations, pi))
    actor_loss = ((alpha * log_pi) - min_qf_pi).mean()
    with torch.no_grad():
        _, log_pi, _ = actor.get_action(data.observations)
    alpha_loss = (-log_alpha.exp() * (log_pi + target_entropy)).mean()
    a_optimizer.zero_grad()
    alpha_loss.backward()
    a_optimizer.step()
    alpha = log_alpha.exp().item()
