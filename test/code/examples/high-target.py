# CartPole with a target of 0.995·log 2: nothing is wrong with a line, and the log does not tell the target.
import numpy as np
import torch
import torch.nn.functional as F

n_actions = 2
target_entropy = 0.995 * np.log(n_actions)
log_alpha = torch.zeros(1, requires_grad=True)
a_optimizer = torch.optim.Adam([log_alpha], lr=3e-4)


def update(actor, qf1, qf2, qf1_target, qf2_target, obs, actions, rewards, next_obs, dones):
    alpha = log_alpha.exp().detach()
    with torch.no_grad():
        next_probs, next_log_probs = actor.evaluate(next_obs)
        next_q = torch.min(qf1_target(next_obs), qf2_target(next_obs))
        next_value = (next_probs * (next_q - alpha * next_log_probs)).sum(dim=1)
        backup = rewards + 0.99 * (1 - dones) * next_value
    q1 = qf1(obs).gather(1, actions).view(-1)
    q2 = qf2(obs).gather(1, actions).view(-1)
    qf_loss = F.mse_loss(q1, backup) + F.mse_loss(q2, backup)

    logits = actor(obs)
    probs, log_probs = F.softmax(logits, dim=1), F.log_softmax(logits, dim=1)
    with torch.no_grad():
        q = torch.min(qf1(obs), qf2(obs))
    actor_loss = (probs * (alpha * log_probs - q)).sum(dim=1).mean()

    alpha_loss = (probs.detach() * (-log_alpha * (log_probs + target_entropy).detach())).sum(dim=1).mean()
    a_optimizer.zero_grad()
    alpha_loss.backward()
    a_optimizer.step()
    return qf_loss, actor_loss
