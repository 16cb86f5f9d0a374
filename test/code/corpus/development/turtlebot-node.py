#!/usr/bin/env python3
"""Goal navigation of a TurtleBot3 in Gazebo with SAC (ROS 2 node)."""

import os
import random
from collections import deque

import numpy as np
import rclpy
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from geometry_msgs.msg import Twist
from rclpy.node import Node
from sensor_msgs.msg import LaserScan
from std_srvs.srv import Empty

from turtlebot_drl.environment import GoalEnv

DEVICE = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
N_SCAN = 24
STATE_SIZE = N_SCAN + 4
ACTION_SIZE = 2  # linear and angular velocity
MAX_STEPS = 800

ACTOR_LR = 3e-4
CRITIC_LR = 3e-4
TEMPERATURE_LR = 1e-4
GAMMA = 0.99
TAU = 0.003
BATCH = 256
MEMORY = 200_000
WARMUP = 3000


class ActorNet(nn.Module):
    def __init__(self, n_in, n_out, hidden=512):
        super().__init__()
        self.l1 = nn.Linear(n_in, hidden)
        self.l2 = nn.Linear(hidden, hidden)
        self.mean = nn.Linear(hidden, n_out)
        self.log_std = nn.Linear(hidden, n_out)

    def forward(self, s):
        h = F.relu(self.l1(s))
        h = F.relu(self.l2(h))
        return self.mean(h), self.log_std(h).clamp(-20, 2)

    def sample(self, s):
        mean, log_std = self(s)
        gauss = torch.distributions.Normal(mean, log_std.exp())
        z = gauss.rsample()
        a = torch.tanh(z)
        log_p = gauss.log_prob(z) - torch.log(1 - a.pow(2) + 1e-6)
        return a, log_p.sum(dim=1, keepdim=True), torch.tanh(mean)


class CriticNet(nn.Module):
    """Both Q functions in one module, as in TD3."""

    def __init__(self, n_state, n_action, hidden=512):
        super().__init__()
        self.q1 = nn.Sequential(
            nn.Linear(n_state + n_action, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1)
        )
        self.q2 = nn.Sequential(
            nn.Linear(n_state + n_action, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1)
        )

    def forward(self, s, a):
        x = torch.cat([s, a], dim=1)
        return self.q1(x), self.q2(x)


class SacBrain:
    def __init__(self):
        self.actor = ActorNet(STATE_SIZE, ACTION_SIZE).to(DEVICE)
        self.critic = CriticNet(STATE_SIZE, ACTION_SIZE).to(DEVICE)
        self.critic_old = CriticNet(STATE_SIZE, ACTION_SIZE).to(DEVICE)
        self.critic_old.load_state_dict(self.critic.state_dict())
        self.actor_opt = optim.Adam(self.actor.parameters(), lr=ACTOR_LR)
        self.critic_opt = optim.Adam(self.critic.parameters(), lr=CRITIC_LR)

        self.H_target = -ACTION_SIZE
        self.log_temp = torch.full((1,), np.log(0.1), dtype=torch.float32, device=DEVICE, requires_grad=True)
        self.temp_opt = optim.Adam(params=[self.log_temp], lr=TEMPERATURE_LR)
        self.memory = deque(maxlen=MEMORY)

    def act(self, state, explore=True):
        state = torch.as_tensor(state, dtype=torch.float32, device=DEVICE).unsqueeze(0)
        with torch.no_grad():
            a, _, mean = self.actor.sample(state)
        return (a if explore else mean).cpu().numpy()[0]

    def store(self, *transition):
        self.memory.append(transition)

    def replay(self):
        rows = random.sample(self.memory, BATCH)
        s, a, r, s2, end = (torch.as_tensor(np.array(x), dtype=torch.float32, device=DEVICE) for x in zip(*rows))
        r, end = r.unsqueeze(1), end.unsqueeze(1)
        temp = self.log_temp.exp().detach()

        # ---- critics
        with torch.no_grad():
            a2, logp2, _ = self.actor.sample(s2)
            q1_old, q2_old = self.critic_old(s2, a2)
            soft_value = torch.min(q1_old, q2_old) - temp * logp2
            y = r + GAMMA * (1.0 - end) * soft_value
        q1, q2 = self.critic(s, a)
        critic_loss = F.smooth_l1_loss(q1, y) + F.smooth_l1_loss(q2, y)
        self.critic_opt.zero_grad()
        critic_loss.backward()
        self.critic_opt.step()

        # ---- actor
        new_a, log_p, _ = self.actor.sample(s)
        q_pi = torch.min(*self.critic(s, new_a))
        actor_loss = torch.mean(temp * log_p - q_pi)
        self.actor_opt.zero_grad()
        actor_loss.backward()
        nn.utils.clip_grad_norm_(self.actor.parameters(), 10.0)
        self.actor_opt.step()

        # ---- temperature
        temp_loss = torch.mean(-1.0 * self.log_temp.exp() * (log_p.detach() + self.H_target))
        self.temp_opt.zero_grad()
        temp_loss.backward()
        self.temp_opt.step()

        with torch.no_grad():
            for old, new in zip(self.critic_old.parameters(), self.critic.parameters()):
                old.mul_(1 - TAU)
                old.add_(TAU * new)
        return critic_loss.item(), actor_loss.item(), self.log_temp.exp().item()

    def save(self, folder):
        os.makedirs(folder, exist_ok=True)
        torch.save(self.actor.state_dict(), os.path.join(folder, "actor.pth"))
        torch.save(self.critic.state_dict(), os.path.join(folder, "critic.pth"))
        torch.save(self.critic_old.state_dict(), os.path.join(folder, "critic_old.pth"))
        torch.save({"log_temp": self.log_temp.detach(), "opt": self.temp_opt.state_dict()}, os.path.join(folder, "temp.pth"))

    def load(self, folder):
        self.actor.load_state_dict(torch.load(os.path.join(folder, "actor.pth")))
        self.critic.load_state_dict(torch.load(os.path.join(folder, "critic.pth")))
        self.critic_old.load_state_dict(torch.load(os.path.join(folder, "critic_old.pth")))
        saved = torch.load(os.path.join(folder, "temp.pth"))
        self.log_temp.data.copy_(saved["log_temp"])
        self.temp_opt.load_state_dict(saved["opt"])


class NavigationNode(Node):
    def __init__(self):
        super().__init__("sac_navigation")
        self.cmd_vel = self.create_publisher(Twist, "cmd_vel", 10)
        self.create_subscription(LaserScan, "scan", self.on_scan, 10)
        self.reset_world = self.create_client(Empty, "/reset_world")
        self.env = GoalEnv(self, n_scan=N_SCAN)
        self.brain = SacBrain()
        self.scan = np.ones(N_SCAN)

    def on_scan(self, msg):
        ranges = np.nan_to_num(np.array(msg.ranges), posinf=3.5)
        stride = max(1, int(len(ranges) / N_SCAN))
        self.scan = ranges[::stride][:N_SCAN] / 3.5

    def drive(self, action):
        twist = Twist()
        twist.linear.x = float(0.11 * (action[0] + 1))
        twist.angular.z = float(2.0 * action[1])
        self.cmd_vel.publish(twist)

    def train(self, episodes):
        total = 0
        for episode in range(episodes):
            state, score = self.env.reset(), 0.0
            for step in range(MAX_STEPS):
                action = self.brain.act(state) if total > WARMUP else np.random.uniform(-1, 1, ACTION_SIZE)
                self.drive(action)
                next_state, reward, crashed, arrived = self.env.observe(self.scan)
                timeout = step == MAX_STEPS - 1
                self.brain.store(state, action, reward, next_state, float(crashed or arrived))
                state, score, total = next_state, score + reward, total + 1
                if total > WARMUP:
                    c, p, temp = self.brain.replay()
                if crashed or arrived or timeout:
                    break
            self.drive([-1.0, 0.0])
            self.get_logger().info(f"episode {episode}: score {score:.1f} after {total} steps")
            if episode % 50 == 0:
                self.brain.save("checkpoints")


def main():
    rclpy.init()
    node = NavigationNode()
    node.train(3000)
    rclpy.shutdown()


if __name__ == "__main__":
    main()
