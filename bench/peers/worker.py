"""What the peers share: their settings, a replay of random transitions, and the protocol that ../update.ts speaks.

A worker prints one JSON line when it is ready, then answers each line it reads: `run SECONDS` with the updates done,
the seconds they took and percentiles of one update in ms; `gemm SECONDS` with the GFLOP/s of its own matrix product;
`quit` ends it.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Settings:
    """Stable-Baselines3's defaults; `alpha_loss` is "log-alpha" or "alpha"."""

    observation: int
    action: int
    hidden: tuple
    target_entropy: float
    learning_rate: float = 3e-4
    alpha_learning_rate: float = 3e-4
    alpha_loss: str = "log-alpha"
    initial_alpha: float = 1.0
    gamma: float = 0.99
    tau: float = 0.005
    log_std_min: float = -20.0
    log_std_max: float = 2.0


def options(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--observation-dim", type=int, default=17)
    parser.add_argument("--action-dim", type=int, default=6)
    parser.add_argument("--hidden", default="256,256")
    parser.add_argument("--batch", type=int, default=256)
    return parser


def settings_of(arguments):
    hidden = tuple(int(width) for width in arguments.hidden.split(","))
    return Settings(arguments.observation_dim, arguments.action_dim, hidden, -float(arguments.action_dim))


class Replay:
    """A full buffer of random transitions, one preallocated float32 array a field, sampled with replacement."""

    def __init__(self, settings, capacity=100_000):
        self.random = np.random.default_rng(0)
        self.observation = self.normal(capacity, settings.observation)
        self.next_observation = self.normal(capacity, settings.observation)
        self.action = np.tanh(self.normal(capacity, settings.action))
        self.reward = self.normal(capacity)
        self.terminated = (self.random.random(capacity) < 0.01).astype(np.float32)
        self.capacity = capacity

    def normal(self, *shape):
        return self.random.standard_normal(shape, dtype=np.float32)

    def sample(self, size):
        """observation, action, reward, next observation, terminated: [size, …] each."""
        rows = self.random.integers(0, self.capacity, size)
        fields = (self.observation, self.action, self.reward, self.next_observation, self.terminated)
        return tuple(field[rows] for field in fields)


def measure(step, seconds):
    """Calls `step` for `seconds`; the milliseconds of every call."""
    times, before = [], time.perf_counter()
    end = before + seconds
    while before < end:
        step()
        after = time.perf_counter()
        times.append(1e3 * (after - before))
        before = after
    return times


def best_gflops(multiply, seconds, sizes=(256, 512, 1024)):
    """The best rate over square sizes; `multiply(size)` gives a function that does one float32 product."""
    rates = []
    for size in sizes:
        step = multiply(size)
        step()
        rates.append(2e-6 * size**3 / np.percentile(measure(step, seconds / len(sizes)), 10))
    return float(max(rates))


def serve(info, update, multiply, updates_per_call=1, warm_up=200):
    """@param update does `updates_per_call` updates @param multiply see best_gflops"""
    for _ in range(-(-warm_up // updates_per_call)):
        update()
    say({"ready": True, "info": info | {"python": sys.version.split()[0], "cpu": cpu_model()}})
    for line in sys.stdin:
        command, *seconds = line.split()
        if command == "quit":
            return
        if command == "gemm":
            say({"gflops": best_gflops(multiply, float(seconds[0]))})
        else:
            before = time.process_time()
            times = measure(update, float(seconds[0]))
            cpu = time.process_time() - before
            p10, p50 = np.percentile(times, [10, 50]) / updates_per_call
            updates = len(times) * updates_per_call
            say({"updates": updates, "seconds": sum(times) / 1e3, "cpu": cpu, "p10": p10, "p50": p50})


def say(message):
    print(json.dumps(message), flush=True)


def cpu_model():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
