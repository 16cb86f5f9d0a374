# Costs are minimised here, so the twins' maximum is the careful one and every sign of Q is turned.
import torch
import torch.nn.functional as F
from torch.optim import Adam

from actor_critic import SoftActorCritic, SoftQCritic
from common import ReplayBuffer, get_lr_scheduler


class CostSAC:
    def __init__(self, env, actor_critic=SoftActorCritic, opt_type="minimize", alpha=0.99, gamma=0.995, polyak=0.995,
                 target_entropy="auto", adaptive_temperature=True, lr_a=1e-4, lr_c=3e-4, lr_alpha=1e-4):
        act_dim = env.action_space.shape[0]
        self.ac = actor_critic(env.observation_space, env.action_space)
        self.ac_targ = actor_critic(env.observation_space, env.action_space)
        self.ac_targ.load_state_dict(self.ac.state_dict())
        self._gamma, self._polyak = gamma, polyak
        self.log_alpha = torch.nn.Parameter(torch.tensor(float(alpha)).log())
        self.target_entropy = -float(act_dim) if target_entropy == "auto" else target_entropy
        self._pi_optimizer = Adam(self.ac.pi.parameters(), lr=lr_a)
        self._q_optimizer = Adam(list(self.ac.Q1.parameters()) + list(self.ac.Q2.parameters()), lr=lr_c)
        self._log_alpha_optimizer = Adam([self.log_alpha], lr=1e-4)

    @property
    def alpha(self):
        return torch.clamp(self.log_alpha.exp(), min=0.0)

    def update(self, data):
        o, a, c, o_, d = data["obs"], data["act"], data["cost"], data["obs_next"], data["done"]
        with torch.no_grad():
            pi_, logp_pi_ = self.ac.pi(o_)
            q1_pi_targ = self.ac_targ.Q1(o_, pi_)
            q2_pi_targ = self.ac_targ.Q2(o_, pi_)
            max_q_pi_targ = torch.max(q1_pi_targ, q2_pi_targ)
            backup = c + self._gamma * (1 - d) * (max_q_pi_targ + self.alpha * logp_pi_)
        loss_q = 0.5 * F.mse_loss(self.ac.Q1(o, a), backup) + 0.5 * F.mse_loss(self.ac.Q2(o, a), backup)
        self._q_optimizer.zero_grad()
        loss_q.backward()
        self._q_optimizer.step()

        pi, logp_pi = self.ac.pi(o)
        max_q_pi = torch.max(self.ac.Q1(o, pi), self.ac.Q2(o, pi))
        loss_pi = (self.alpha.detach() * logp_pi + max_q_pi).mean()
        self._pi_optimizer.zero_grad()
        loss_pi.backward()
        self._pi_optimizer.step()

        loss_alpha = -(self.log_alpha * (logp_pi + self.target_entropy).detach()).mean()
        self._log_alpha_optimizer.zero_grad()
        loss_alpha.backward()
        self._log_alpha_optimizer.step()
        with torch.no_grad():
            for p, p_targ in zip(self.ac.parameters(), self.ac_targ.parameters()):
                p_targ.data.mul_(self._polyak).add_((1 - self._polyak) * p.data)
        return {"loss_q": loss_q, "loss_pi": loss_pi, "loss_alpha": loss_alpha, "entropy": -logp_pi.mean()}
