from __future__ import annotations

import itertools
from typing import Any

import gymnasium
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from skrl import config, logger
from skrl.agents.torch import Agent

SAC_DEFAULT_CONFIG = {
    "gradient_steps": 1,
    "batch_size": 64,
    "discount_factor": 0.99,
    "polyak": 0.005,
    "actor_learning_rate": 1e-3,
    "critic_learning_rate": 1e-3,
    "learn_entropy": True,
    "entropy_learning_rate": 1e-3,
    "initial_entropy_value": 0.2,
    "target_entropy": None,
    "grad_norm_clip": 0,
}


class SAC(Agent):
    def __init__(self, models, memory=None, observation_space=None, action_space=None, device=None, cfg=None):
        _cfg = dict(SAC_DEFAULT_CONFIG)
        _cfg.update(cfg if cfg is not None else {})
        super().__init__(models=models, memory=memory, action_space=action_space, device=device, cfg=_cfg)
        self.policy = self.models.get("policy", None)
        self.critic_1, self.critic_2 = self.models["critic_1"], self.models["critic_2"]
        self.target_critic_1, self.target_critic_2 = self.models["target_critic_1"], self.models["target_critic_2"]
        self._discount_factor = self.cfg["discount_factor"]
        self._entropy_learning_rate = self.cfg["entropy_learning_rate"]
        self._learn_entropy = self.cfg["learn_entropy"]
        self._entropy_coefficient = self.cfg["initial_entropy_value"]

        if self._learn_entropy:
            self._target_entropy = self.cfg["target_entropy"]
            if self._target_entropy is None:
                self._target_entropy = -np.prod(self.action_space.shape).astype(np.float32)
            self.log_entropy_coefficient = torch.log(
                torch.ones(1, device=self.device) * self._entropy_coefficient
            ).requires_grad_(True)
            self.entropy_optimizer = torch.optim.Adam([self.log_entropy_coefficient], lr=self._entropy_learning_rate)
            self.checkpoint_modules["entropy_optimizer"] = self.entropy_optimizer

        self.policy_optimizer = torch.optim.Adam(self.policy.parameters(), lr=self.cfg["actor_learning_rate"])
        self.critic_optimizer = torch.optim.Adam(
            itertools.chain(self.critic_1.parameters(), self.critic_2.parameters()),
            lr=self.cfg["critic_learning_rate"],
        )
        self.tensors_names = ["states", "actions", "rewards", "next_states", "terminated"]

    def _update(self, timestep: int, timesteps: int) -> None:
        for gradient_step in range(self.cfg["gradient_steps"]):
            (
                sampled_states,
                sampled_actions,
                sampled_rewards,
                sampled_next_states,
                sampled_terminated,
            ) = self.memory.sample(names=self.tensors_names, batch_size=self.cfg["batch_size"])[0]

            with torch.no_grad():
                next_actions, next_log_prob, _ = self.policy.act({"states": sampled_next_states}, role="policy")
                target_q1_values, _, _ = self.target_critic_1.act(
                    {"states": sampled_next_states, "taken_actions": next_actions}, role="target_critic_1")
                target_q2_values, _, _ = self.target_critic_2.act(
                    {"states": sampled_next_states, "taken_actions": next_actions}, role="target_critic_2")
                target_q_values = (
                    torch.min(target_q1_values, target_q2_values) - self._entropy_coefficient * next_log_prob
                )
                target_values = (
                    sampled_rewards
                    + self._discount_factor * (sampled_terminated.logical_not()) * target_q_values
                )

            critic_inputs = {"states": sampled_states, "taken_actions": sampled_actions}
            critic_1_values, _, _ = self.critic_1.act(critic_inputs, role="critic_1")
            critic_2_values, _, _ = self.critic_2.act(critic_inputs, role="critic_2")
            critic_loss = (F.mse_loss(critic_1_values, target_values) + F.mse_loss(critic_2_values, target_values)) / 2
            self.critic_optimizer.zero_grad()
            critic_loss.backward()
            self.critic_optimizer.step()

            actions, log_prob, _ = self.policy.act({"states": sampled_states}, role="policy")
            critic_1_values, _, _ = self.critic_1.act({"states": sampled_states, "taken_actions": actions}, role="critic_1")
            critic_2_values, _, _ = self.critic_2.act({"states": sampled_states, "taken_actions": actions}, role="critic_2")
            policy_loss = (
                self._entropy_coefficient * log_prob - torch.min(critic_1_values, critic_2_values)
            ).mean()
            self.policy_optimizer.zero_grad()
            policy_loss.backward()
            self.policy_optimizer.step()

            if self._learn_entropy:
                entropy_loss = -(self.log_entropy_coefficient * (log_prob + self._target_entropy).detach()).mean()
                self.entropy_optimizer.zero_grad()
                entropy_loss.backward()
                self.entropy_optimizer.step()
                self._entropy_coefficient = torch.exp(self.log_entropy_coefficient.detach())

            self.target_critic_1.update_parameters(self.critic_1, polyak=self.cfg["polyak"])
            self.target_critic_2.update_parameters(self.critic_2, polyak=self.cfg["polyak"])
