"""Env steps per second of a Gymnasium task under random actions: gymnasium_rate.py TASK STEPS ROUNDS prints the median."""

import statistics
import sys
import time
import types

# Gymnasium imports its renderer's video writer with the MuJoCo tasks; nothing is rendered here.
sys.modules.setdefault("imageio", types.ModuleType("imageio"))

import gymnasium  # noqa: E402

task, steps, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
env = gymnasium.make(task)
env.action_space.seed(0)
actions = [env.action_space.sample() for _ in range(steps)]
rates = []
for round in range(rounds + 1):
    env.reset(seed=round)
    since = 0
    start = time.perf_counter()
    for action in actions:
        since += 1
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated or since == 100:
            env.reset()
            since = 0
    rates.append(steps / (time.perf_counter() - start))
print(statistics.median(rates[1:]))
