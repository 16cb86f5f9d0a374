import math
import os
from copy import deepcopy

import torch as th
from torch import nn

from .AgentBase import AgentBase, build_mlp, layer_init_with_orthogonal

TEN = th.Tensor


class AgentSAC(AgentBase):
    def __init__(self, net_dims: [int], state_dim: int, action_dim: int, gpu_id: int = 0, args=None):
        super().__init__(net_dims, state_dim, action_dim, gpu_id, args)
        self.num_ensembles = getattr(args, "num_ensembles", 4)
        self.act = ActorSAC(net_dims, state_dim, action_dim).to(self.device)
        self.cri = CriticEnsemble(net_dims, state_dim, action_dim, num_ensembles=self.num_ensembles).to(self.device)
        self.cri_target = deepcopy(self.cri)
        self.act_optimizer = th.optim.Adam(self.act.parameters(), self.learning_rate)
        self.cri_optimizer = th.optim.Adam(self.cri.parameters(), self.learning_rate)
        self.alpha_log = th.tensor((-1,), dtype=th.float32, requires_grad=True, device=self.device)
        self.alpha_optim = th.optim.Adam((self.alpha_log,), lr=args.learning_rate)
        self.target_entropy = -float(action_dim)

    def update_objectives(self, buffer, update_t: int) -> (float, float):
        with th.no_grad():
            (state, action, reward, undone, next_state), ids = buffer.sample(self.batch_size)
            next_action, next_logprob = self.act.get_action_logprob(next_state)
            next_q = th.min(self.cri_target.get_q_values(next_state, next_action), dim=1)[0]
            alpha = self.alpha_log.exp()
            q_label = reward + undone * self.gamma * (next_q - next_logprob * alpha)

        q_values = self.cri.get_q_values(state, action)
        q_labels = q_label.view((-1, 1)).repeat(1, q_values.shape[1])
        obj_critic = self.criterion(q_values, q_labels).mean()
        self.optimizer_backward(self.cri_optimizer, obj_critic)
        self.soft_update(self.cri_target, self.cri, self.soft_update_tau)

        action_pg, logprob = self.act.get_action_logprob(state)
        obj_alpha = (self.alpha_log * (-logprob - self.target_entropy).detach()).mean()
        self.optimizer_backward(self.alpha_optim, obj_alpha)

        alpha = self.alpha_log.exp().detach()
        with th.no_grad():
            self.alpha_log[:] = self.alpha_log.clamp(-16, 2)
        q_value_pg = self.cri.get_q_values(state, action_pg).mean(1)
        obj_actor = (q_value_pg - logprob * alpha).mean()
        self.optimizer_backward(self.act_optimizer, -obj_actor)
        return obj_critic.item(), obj_actor.item()

    def optimizer_backward(self, optimizer: th.optim, objective: TEN):
        optimizer.zero_grad()
        objective.backward()
        th.nn.utils.clip_grad_norm_(parameters=optimizer.param_groups[0]["params"], max_norm=self.clip_grad_norm)
        optimizer.step()


class ActorSAC(nn.Module):
    def __init__(self, net_dims: [int], state_dim: int, action_dim: int):
        super().__init__()
        self.net_s = build_mlp(dims=[state_dim, *net_dims], if_raw_out=False)
        self.net_a = build_mlp(dims=[net_dims[-1], action_dim * 2])
        layer_init_with_orthogonal(self.net_a[-1], std=0.1)

    def get_action_logprob(self, state):
        s_enc = self.net_s(state)
        a_avg, a_std_log = self.net_a(s_enc).chunk(2, dim=1)
        a_std = a_std_log.clamp(-16, 2).exp()
        dist = th.distributions.Normal(a_avg, a_std)
        action = dist.rsample()
        action_tanh = action.tanh()
        logprob = dist.log_prob(action)
        logprob -= (-action_tanh.pow(2) + 1.000001).log()
        return action_tanh, logprob.sum(1)


class CriticEnsemble(nn.Module):
    def __init__(self, net_dims: [int], state_dim: int, action_dim: int, num_ensembles: int = 4):
        super().__init__()
        self.encoder_sa = build_mlp(dims=[state_dim + action_dim, net_dims[0]])
        self.decoder_qs = nn.ModuleList([build_mlp(dims=[*net_dims, 1]) for _ in range(num_ensembles)])

    def get_q_values(self, state: TEN, action: TEN) -> TEN:
        tensor_sa = self.encoder_sa(th.cat((state, action), dim=1))
        return th.cat([net(tensor_sa) for net in self.decoder_qs], dim=1)
