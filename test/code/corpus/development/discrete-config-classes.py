import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Categorical
from torch.optim import Adam

from agents.base_agent import BaseAgent
from utilities.replay_buffer import ReplayBuffer

TRAINING_EPISODES_PER_EVAL_EPISODE = 10


class SAC_Discrete(BaseAgent):
    agent_name = "SAC"

    def __init__(self, config):
        BaseAgent.__init__(self, config)
        self.hyperparameters = config.hyperparameters
        settings = self.hyperparameters["Critic"]
        self.critic_local = self.create_nn(self.state_size, self.action_size, "Critic")
        self.critic_local_2 = self.create_nn(self.state_size, self.action_size, "Critic")
        self.critic_optimizer = Adam(self.critic_local.parameters(), lr=settings["learning_rate"], eps=1e-4)
        self.critic_optimizer_2 = Adam(self.critic_local_2.parameters(), lr=settings["learning_rate"], eps=1e-4)
        self.critic_target = copy.deepcopy(self.critic_local)
        self.critic_target_2 = copy.deepcopy(self.critic_local_2)
        self.memory = ReplayBuffer(settings["buffer_size"], self.hyperparameters["batch_size"], config.seed)
        self.actor_local = self.create_nn(self.state_size, self.action_size, "Actor")
        self.actor_optimizer = Adam(self.actor_local.parameters(), lr=3e-4, eps=1e-4)
        self.automatic_entropy_tuning = self.hyperparameters["automatically_tune_entropy_hyperparameter"]
        if self.automatic_entropy_tuning:
            self.target_entropy = 0.6 * np.log(self.action_size)
            self.log_alpha = torch.zeros(1, requires_grad=True, device=self.device)
            self.alpha = self.log_alpha.exp()
            self.alpha_optim = Adam([self.log_alpha], lr=3e-4, eps=1e-4)
        else:
            self.alpha = self.hyperparameters["entropy_term_weight"]

    def produce_action_and_action_info(self, state):
        action_probabilities = F.softmax(self.actor_local(state), dim=1)
        max_probability_action = torch.argmax(action_probabilities, dim=-1)
        action = Categorical(action_probabilities).sample().cpu()
        # Zero probabilities would have no logarithm.
        z = (action_probabilities == 0.0).float() * 1e-8
        log_action_probabilities = torch.log(action_probabilities + z)
        return action, (action_probabilities, log_action_probabilities), max_probability_action

    def calculate_critic_losses(self, states, actions, rewards, next_states, dones):
        with torch.no_grad():
            _, (action_probabilities, log_action_probabilities), _ = self.produce_action_and_action_info(next_states)
            next_q1 = self.critic_target(next_states)
            next_q2 = self.critic_target_2(next_states)
            min_qf_next_target = action_probabilities * (
                torch.min(next_q1, next_q2) - self.alpha * log_action_probabilities)
            min_qf_next_target = min_qf_next_target.sum(dim=1).unsqueeze(-1)
            next_q_value = rewards + (1.0 - dones) * self.hyperparameters["discount_rate"] * min_qf_next_target
        qf1 = self.critic_local(states).gather(1, actions.long())
        qf2 = self.critic_local_2(states).gather(1, actions.long())
        return F.mse_loss(qf1, next_q_value), F.mse_loss(qf2, next_q_value)

    def calculate_actor_loss(self, states):
        _, (action_probabilities, log_action_probabilities), _ = self.produce_action_and_action_info(states)
        qf1_pi = self.critic_local(states)
        qf2_pi = self.critic_local_2(states)
        min_qf_pi = torch.min(qf1_pi, qf2_pi)
        inside_term = self.alpha * log_action_probabilities - min_qf_pi
        policy_loss = (action_probabilities * inside_term).sum(dim=1).mean()
        log_action_probabilities = torch.sum(log_action_probabilities * action_probabilities, dim=1)
        return policy_loss, log_action_probabilities

    def calculate_entropy_tuning_loss(self, log_pi):
        alpha_loss = -(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()
        return alpha_loss

    def learn(self):
        states, actions, rewards, next_states, dones = self.memory.sample()
        qf1_loss, qf2_loss = self.calculate_critic_losses(states, actions, rewards, next_states, dones)
        self.take_optimisation_step(self.critic_optimizer, self.critic_local, qf1_loss)
        self.take_optimisation_step(self.critic_optimizer_2, self.critic_local_2, qf2_loss)
        policy_loss, log_pi = self.calculate_actor_loss(states)
        alpha_loss = self.calculate_entropy_tuning_loss(log_pi) if self.automatic_entropy_tuning else None
        self.take_optimisation_step(self.actor_optimizer, self.actor_local, policy_loss)
        if alpha_loss is not None:
            self.take_optimisation_step(self.alpha_optim, None, alpha_loss)
            self.alpha = self.log_alpha.exp()
