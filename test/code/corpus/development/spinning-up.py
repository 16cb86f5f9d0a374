import itertools
from copy import deepcopy

import numpy as np
import torch
from torch.optim import Adam

import core
from logger import EpochLogger


def sac(env_fn, actor_critic=core.MLPActorCritic, ac_kwargs=dict(), seed=0, steps_per_epoch=4000, epochs=100,
        replay_size=int(1e6), gamma=0.99, polyak=0.995, lr=1e-3, alpha_lr=3e-4, batch_size=100,
        update_after=1000, update_every=50, max_ep_len=1000):
    """
    Soft Actor-Critic with an entropy constraint: the temperature is adjusted so
    that the entropy of the policy stays near the target.
    """
    torch.manual_seed(seed)
    env = env_fn()
    obs_dim = env.observation_space.shape
    act_dim = env.action_space.shape[0]
    ac = actor_critic(env.observation_space, env.action_space, **ac_kwargs)
    ac_targ = deepcopy(ac)
    for p in ac_targ.parameters():
        p.requires_grad = False
    q_params = itertools.chain(ac.q1.parameters(), ac.q2.parameters())
    replay_buffer = core.ReplayBuffer(obs_dim=obs_dim, act_dim=act_dim, size=replay_size)

    target_entropy = -act_dim
    log_alpha = torch.tensor(np.log(0.2), dtype=torch.float32, requires_grad=True)

    def compute_loss_q(data):
        o, a, r, o2, d = data["obs"], data["act"], data["rew"], data["obs2"], data["done"]
        q1 = ac.q1(o, a)
        q2 = ac.q2(o, a)
        # Bellman backup for Q functions
        with torch.no_grad():
            a2, logp_a2 = ac.pi(o2)
            q1_pi_targ = ac_targ.q1(o2, a2)
            q2_pi_targ = ac_targ.q2(o2, a2)
            q_pi_targ = torch.min(q1_pi_targ, q2_pi_targ)
            backup = r + gamma * (1 - d) * (q_pi_targ - log_alpha.exp() * logp_a2)
        loss_q = ((q1 - backup) ** 2).mean() + ((q2 - backup) ** 2).mean()
        return loss_q

    def compute_loss_pi(data):
        o = data["obs"]
        pi, logp_pi = ac.pi(o)
        q_pi = torch.min(ac.q1(o, pi), ac.q2(o, pi))
        loss_pi = (log_alpha.exp().detach() * logp_pi - q_pi).mean()
        return loss_pi, logp_pi

    def compute_loss_alpha(logp_pi):
        return -(log_alpha * (logp_pi.detach() + target_entropy)).mean()

    pi_optimizer = Adam(ac.pi.parameters(), lr=lr)
    q_optimizer = Adam(q_params, lr=lr)
    alpha_optimizer = Adam([log_alpha], lr=alpha_lr)

    def update(data):
        q_optimizer.zero_grad()
        loss_q = compute_loss_q(data)
        loss_q.backward()
        q_optimizer.step()
        pi_optimizer.zero_grad()
        loss_pi, logp_pi = compute_loss_pi(data)
        loss_pi.backward()
        pi_optimizer.step()
        alpha_optimizer.zero_grad()
        loss_alpha = compute_loss_alpha(logp_pi)
        loss_alpha.backward()
        alpha_optimizer.step()
        with torch.no_grad():
            for p, p_targ in zip(ac.parameters(), ac_targ.parameters()):
                p_targ.data.mul_(polyak)
                p_targ.data.add_((1 - polyak) * p.data)

    o, ep_len = env.reset(), 0
    for t in range(steps_per_epoch * epochs):
        a = ac.act(torch.as_tensor(o, dtype=torch.float32))
        o2, r, d, _ = env.step(a)
        ep_len += 1
        # Ignore the "done" signal if it comes from hitting the time horizon
        d = False if ep_len == max_ep_len else d
        replay_buffer.store(o, a, r, o2, d)
        o = o2
        if d or ep_len == max_ep_len:
            o, ep_len = env.reset(), 0
        if t >= update_after and t % update_every == 0:
            for j in range(update_every):
                update(data=replay_buffer.sample_batch(batch_size))
