# Snake learns by itself! Discrete SAC, 3 actions: straight on, turn left, turn right.
# start:  python snake-pygame.py          watch the best snake:  python snake-pygame.py watch
import math
import os
import pickle
import random
import sys

import numpy as np
import pygame
import torch
import torch.nn as nn
import torch.optim as optim
from torch.distributions import Categorical

WIDTH = HEIGHT = 20
CELL = 24
ACTIONS = 3
INPUTS = 11
HUNGRY = 150  # steps without food until the game is restarted

GAMMA = 0.95
TAU = 0.01
BATCH = 256
MEMORY_MAX = 50000
TARGET_ENTROPY = 0.6 * math.log(ACTIONS)


class Snake:
    def __init__(self):
        self.reset()

    def reset(self):
        self.body = [(10, 10), (9, 10), (8, 10)]
        self.dir = (1, 0)
        self.hunger = 0
        self.score = 0
        self.new_food()
        return self.get_state()

    def new_food(self):
        while True:
            self.food = (random.randrange(WIDTH), random.randrange(HEIGHT))
            if self.food not in self.body:
                return

    def hits(self, p):
        return not (0 <= p[0] < WIDTH and 0 <= p[1] < HEIGHT) or p in self.body[:-1]

    def get_state(self):
        x, y = self.body[0]
        dx, dy = self.dir
        left, right = (dy, -dx), (-dy, dx)
        danger = [self.hits((x + d[0], y + d[1])) for d in (self.dir, left, right)]
        heading = [self.dir == d for d in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        food = [self.food[0] < x, self.food[0] > x, self.food[1] < y, self.food[1] > y]
        return np.array(danger + heading + food, dtype=np.float32)

    def play(self, action):
        dx, dy = self.dir
        self.dir = [(dx, dy), (dy, -dx), (-dy, dx)][action]
        head = (self.body[0][0] + self.dir[0], self.body[0][1] + self.dir[1])
        self.hunger += 1
        if self.hits(head):
            return -10.0, True
        self.body.insert(0, head)
        if head == self.food:
            self.score += 1
            self.hunger = 0
            self.new_food()
            return 10.0, False
        self.body.pop()
        return -0.01, False


def make_net():
    return nn.Sequential(nn.Linear(INPUTS, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, ACTIONS))


actor = make_net()
q1, q2 = make_net(), make_net()
q1_target, q2_target = make_net(), make_net()
q1_target.load_state_dict(q1.state_dict())
q2_target.load_state_dict(q2.state_dict())
actor_opt = optim.Adam(actor.parameters(), lr=0.0003)
q_opt = optim.Adam(list(q1.parameters()) + list(q2.parameters()), lr=0.001)

# how much we like randomness (alpha). Learned as a log so that it can not get negative
log_alpha = torch.zeros(1, requires_grad=True)
alpha_opt = optim.Adam([log_alpha], lr=0.0005)

memory = []


def choose(state):
    with torch.no_grad():
        return Categorical(logits=actor(torch.from_numpy(state))).sample().item()


def train_step():
    batch = random.sample(memory, BATCH)
    states = torch.from_numpy(np.array([b[0] for b in batch]))
    actions = torch.tensor([[b[1]] for b in batch])
    rewards = torch.tensor([b[2] for b in batch])
    next_states = torch.from_numpy(np.array([b[3] for b in batch]))
    dead = torch.tensor([float(b[4]) for b in batch])
    alpha = log_alpha.exp().item()

    # 1) the two Q networks
    with torch.no_grad():
        next_pi = Categorical(logits=actor(next_states))
        next_q = torch.min(q1_target(next_states), q2_target(next_states))
        next_value = (next_pi.probs * next_q).sum(1) + alpha * next_pi.entropy()
        y = rewards + GAMMA * (1 - dead) * next_value
    q1_a = q1(states).gather(1, actions).squeeze(1)
    q2_a = q2(states).gather(1, actions).squeeze(1)
    q_loss = ((q1_a - y) ** 2).mean() + ((q2_a - y) ** 2).mean()
    q_opt.zero_grad()
    q_loss.backward()
    q_opt.step()

    # 2) the actor
    pi = Categorical(logits=actor(states))
    with torch.no_grad():
        q_values = torch.min(q1(states), q2(states))
    expected_q = (pi.probs * q_values).sum(1)
    entropy = pi.entropy()
    actor_loss = -(expected_q + alpha * entropy).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    actor_opt.step()

    # 3) alpha: down if the snake is too random, up if it is not random enough
    alpha_loss = (log_alpha.exp() * (entropy.detach() - TARGET_ENTROPY)).mean()
    alpha_opt.zero_grad()
    alpha_loss.backward()
    alpha_opt.step()

    # 4) move the target networks a little bit
    for net, target in [(q1, q1_target), (q2, q2_target)]:
        for p, tp in zip(net.parameters(), target.parameters()):
            tp.data = TAU * p.data + (1 - TAU) * tp.data


def save_game(best):
    nets = {"actor": actor, "q1": q1, "q2": q2, "q1_target": q1_target, "q2_target": q2_target}
    with open("snake.pkl", "wb") as f:
        pickle.dump({k: v.state_dict() for k, v in nets.items()} | {"log_alpha": log_alpha.item(), "best": best}, f)


def load_game():
    with open("snake.pkl", "rb") as f:
        saved = pickle.load(f)
    for name, net in [("actor", actor), ("q1", q1), ("q2", q2), ("q1_target", q1_target), ("q2_target", q2_target)]:
        net.load_state_dict(saved[name])
    with torch.no_grad():
        log_alpha.fill_(saved["log_alpha"])
    return saved["best"]


def draw(screen, snake):
    screen.fill((20, 20, 20))
    for x, y in snake.body:
        pygame.draw.rect(screen, (80, 200, 80), (x * CELL, y * CELL, CELL - 1, CELL - 1))
    pygame.draw.rect(screen, (220, 60, 60), (snake.food[0] * CELL, snake.food[1] * CELL, CELL - 1, CELL - 1))
    pygame.display.flip()


def main(watch=False, games=2000):
    best = load_game() if os.path.exists("snake.pkl") else 0
    if watch:
        pygame.init()
        screen = pygame.display.set_mode((WIDTH * CELL, HEIGHT * CELL))
        clock = pygame.time.Clock()
    snake = Snake()
    for game in range(games):
        state = snake.reset()
        crashed = False
        while not crashed and snake.hunger < HUNGRY:
            action = choose(state)
            reward, crashed = snake.play(action)
            next_state = snake.get_state()
            # a hungry snake is not dead, its game is only cut off
            memory.append((state, action, reward, next_state, crashed))
            if len(memory) > MEMORY_MAX:
                memory.pop(0)
            state = next_state
            if watch:
                draw(screen, snake)
                clock.tick(20)
            elif len(memory) > BATCH:
                train_step()
        if snake.score > best:
            best = snake.score
            if not watch:
                save_game(best)
        print("game", game, "score", snake.score, "best", best, "alpha", round(log_alpha.exp().item(), 4))


if __name__ == "__main__":
    main(watch="watch" in sys.argv)
