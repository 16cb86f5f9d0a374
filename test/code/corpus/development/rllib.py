"""Loss and optimizers of a torch policy for SAC, both action kinds."""
from typing import Dict, List, Tuple, Union

import numpy as np
from ray.rllib.policy.sample_batch import SampleBatch
from ray.rllib.utils.framework import try_import_torch
from ray.rllib.utils.torch_utils import apply_grad_clipping, huber_loss

torch, nn = try_import_torch()


class SACTorchModel(nn.Module):
    def __init__(self, obs_space, action_space, model_config, initial_alpha=1.0, target_entropy=None):
        nn.Module.__init__(self)
        self.action_model = self.build_policy_model(obs_space, 2 * action_space.shape[0], model_config)
        self.q_net = self.build_q_model(obs_space, action_space, model_config)
        self.twin_q_net = self.build_q_model(obs_space, action_space, model_config)
        log_alpha = nn.Parameter(torch.from_numpy(np.array([np.log(initial_alpha)])).float())
        self.register_parameter("log_alpha", log_alpha)
        if target_entropy is None or target_entropy == "auto":
            target_entropy = -np.prod(action_space.shape)
        self.target_entropy = torch.tensor(data=[target_entropy], dtype=torch.float32, requires_grad=False)


def actor_critic_loss(policy, model, dist_class, train_batch: SampleBatch) -> List["torch.Tensor"]:
    target_model = policy.target_models[model]
    model_out_t, _ = model(SampleBatch(obs=train_batch[SampleBatch.CUR_OBS]), [], None)
    model_out_tp1, _ = model(SampleBatch(obs=train_batch[SampleBatch.NEXT_OBS]), [], None)
    target_model_out_tp1, _ = target_model(SampleBatch(obs=train_batch[SampleBatch.NEXT_OBS]), [], None)
    alpha = torch.exp(model.log_alpha)

    action_dist_t = dist_class(model.get_action_model_outputs(model_out_t)[0], model)
    policy_t = action_dist_t.rsample()
    log_pis_t = torch.unsqueeze(action_dist_t.logp(policy_t), -1)
    action_dist_tp1 = dist_class(model.get_action_model_outputs(model_out_tp1)[0], model)
    policy_tp1 = action_dist_tp1.rsample()
    log_pis_tp1 = torch.unsqueeze(action_dist_tp1.logp(policy_tp1), -1)

    q_t, _ = model.get_q_values(model_out_t, train_batch[SampleBatch.ACTIONS])
    twin_q_t, _ = model.get_twin_q_values(model_out_t, train_batch[SampleBatch.ACTIONS])
    q_t_det_policy, _ = model.get_q_values(model_out_t, policy_t)
    twin_q_t_det_policy, _ = model.get_twin_q_values(model_out_t, policy_t)
    q_t_det_policy = torch.min(q_t_det_policy, twin_q_t_det_policy)

    q_tp1, _ = target_model.get_q_values(target_model_out_tp1, policy_tp1)
    twin_q_tp1, _ = target_model.get_twin_q_values(target_model_out_tp1, policy_tp1)
    q_tp1 = torch.min(q_tp1, twin_q_tp1)
    q_tp1 -= alpha * log_pis_tp1
    q_tp1_best = torch.squeeze(input=q_tp1, dim=-1)
    q_tp1_best_masked = (1.0 - train_batch[SampleBatch.TERMINATEDS].float()) * q_tp1_best
    q_t_selected_target = (
        train_batch[SampleBatch.REWARDS] + (policy.config["gamma"] ** policy.config["n_step"]) * q_tp1_best_masked
    ).detach()

    base_td_error = torch.abs(torch.squeeze(q_t, dim=-1) - q_t_selected_target)
    twin_td_error = torch.abs(torch.squeeze(twin_q_t, dim=-1) - q_t_selected_target)
    critic_loss = [
        torch.mean(train_batch["weights"] * huber_loss(base_td_error)),
        torch.mean(train_batch["weights"] * huber_loss(twin_td_error)),
    ]
    alpha_loss = -torch.mean(model.log_alpha * (log_pis_t + model.target_entropy).detach())
    actor_loss = torch.mean(alpha.detach() * log_pis_t - q_t_det_policy)
    model.tower_stats["alpha_loss"] = alpha_loss
    return tuple([actor_loss] + critic_loss + [alpha_loss])


def optimizer_fn(policy, config: Dict) -> Tuple["torch.optim.Optimizer"]:
    policy.actor_optim = torch.optim.Adam(
        params=policy.model.policy_variables(), lr=config["optimization"]["actor_learning_rate"], eps=1e-7,
    )
    critic_split = len(policy.model.q_variables()) // 2
    policy.critic_optims = [
        torch.optim.Adam(params=policy.model.q_variables()[:critic_split], lr=3e-4, eps=1e-7),
        torch.optim.Adam(params=policy.model.q_variables()[critic_split:], lr=3e-4, eps=1e-7),
    ]
    policy.alpha_optim = torch.optim.Adam(params=[policy.model.log_alpha], lr=3e-4, eps=1e-7)
    return tuple([policy.actor_optim] + policy.critic_optims + [policy.alpha_optim])
