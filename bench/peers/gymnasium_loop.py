"""The loop around a peer's update on a real Gymnasium task, with Stable-Baselines3's defaults: one environment step,
then one update from a NumPy replay. halfcheetah_torch.py, halfcheetah_cleanrl.py and halfcheetah_jax.py bring the agent.

Needs gymnasium, with its mujoco extra for HalfCheetah-v5. Prints JSON lines: one an evaluation if `--eval-every` is
given, and a last one with the steps per second, evaluations and the first steps left out.
"""

import argparse
import json
import time

import gymnasium
import numpy as np
from worker import Settings

BATCH = 256
LEARNING_STARTS = 100


class Replay:
    """The transitions so far, one preallocated float32 array a field, sampled with replacement."""

    def __init__(self, capacity, observation, action, random):
        shapes = (observation,), (action,), (), (observation,), ()
        self.fields = [np.zeros((capacity, *shape), np.float32) for shape in shapes]
        self.capacity, self.random, self.added = capacity, random, 0

    def add(self, *transition):
        """observation, unit action, reward, next observation, terminated"""
        for field, value in zip(self.fields, transition):
            field[self.added % self.capacity] = value
        self.added += 1

    def sample(self, size, random=None):
        rows = (random or self.random).integers(0, min(self.added, self.capacity), size)
        return tuple(field[rows] for field in self.fields)


class Scale:
    """Unit actions, which the learner knows, to the environment's."""

    def __init__(self, space):
        self.middle, self.half_range = (space.high + space.low) / 2, (space.high - space.low) / 2

    def __call__(self, unit_action):
        return self.middle + self.half_range * unit_action


def evaluate(agent, name, episodes, seed):
    """Undiscounted returns of deterministic episodes in an environment of their own."""
    environment, returns = gymnasium.make(name), []
    scaled = Scale(environment.action_space)
    for episode in range(episodes):
        observation, _ = environment.reset(seed=seed + episode)
        ended, total = False, 0.0
        while not ended:
            action = scaled(agent.unit_action(observation, deterministic=True))
            observation, reward, terminated, truncated, _ = environment.step(action)
            ended = terminated or truncated
            total += float(reward)
        returns.append(total)
    environment.close()
    return returns


def train(arguments, make_agent):
    """@param make_agent from settings and a seed to an object with `unit_action`, `update`, `temperature`, `about`"""
    random = np.random.default_rng(arguments.seed)
    environment = gymnasium.make(arguments.env)
    observation_size, action_size = environment.observation_space.shape[0], environment.action_space.shape[0]
    settings = Settings(observation_size, action_size, (256, 256), target_entropy=-float(action_size))
    agent = make_agent(settings, arguments)
    scaled = Scale(environment.action_space)
    replay = Replay(min(arguments.steps, 1_000_000), observation_size, action_size, random)

    seconds, timed_steps = 0.0, 0
    observation, _ = environment.reset(seed=arguments.seed)
    for step in range(1, arguments.steps + 1):
        before = time.perf_counter()
        if step <= LEARNING_STARTS:
            unit_action = random.uniform(-1, 1, action_size).astype(np.float32)
        else:
            unit_action = agent.unit_action(observation)
        next_observation, reward, terminated, truncated, _ = environment.step(scaled(unit_action))
        replay.add(observation, unit_action, reward, next_observation, terminated)
        observation = environment.reset()[0] if terminated or truncated else next_observation
        if step > LEARNING_STARTS:
            agent.update(replay.sample(BATCH))
        if step > arguments.warm_up:
            seconds += time.perf_counter() - before
            timed_steps += 1
        if arguments.eval_every and step % arguments.eval_every == 0:
            returns = evaluate(agent, arguments.env, arguments.episodes, seed=10_000 + arguments.seed)
            # Draws nothing from the learner's random streams.
            batch = replay.sample(BATCH, np.random.default_rng(step))
            say({"event": "eval", "step": step, **agent.temperature(batch, step), **summary(returns)})
    environment.close()

    say(
        {
            "event": "done",
            "env": arguments.env,
            "seed": arguments.seed,
            "steps": arguments.steps,
            "threads": arguments.threads,
            "stepsPerSecond": round(timed_steps / seconds, 2) if timed_steps else None,
            "versions": {**agent.about(), "gymnasium": gymnasium.__version__, "numpy": np.__version__},
        }
    )


def summary(returns):
    return {"meanReturn": float(np.mean(returns)), "returns": returns}


def say(message):
    print(json.dumps(message), flush=True)


def options(about):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default="HalfCheetah-v5")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=1000, help="first steps that are not timed")
    parser.add_argument("--eval-every", type=int, default=0, help="steps between evaluations; 0: none")
    parser.add_argument("--episodes", type=int, default=10, help="deterministic episodes an evaluation")
    return parser
