"""SAC on a real Gymnasium task in eager PyTorch: what a user of Python runs, with Stable-Baselines3's defaults.

The update is torch_sac.py's; here are the environment, the replay buffer and the loop of one environment step and one
update. Needs gymnasium, with its mujoco extra for HalfCheetah-v5. Prints JSON lines: one an evaluation if
`--eval-every` is given, and a last one with the steps per second, evaluations and the first steps left out.

    python bench/peers/halfcheetah_torch.py --env HalfCheetah-v5 --steps 10000 --threads 2 --seed 1
"""

import argparse
import json
import time

import gymnasium
import numpy as np
import torch
from torch_sac import TorchSAC
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
        return tuple(torch.from_numpy(field[rows]) for field in self.fields)


class Policy:
    """Actions in the environment's units, and the unit actions the learner knows them by."""

    def __init__(self, actor, space):
        self.actor = actor
        self.middle, self.half_range = (space.high + space.low) / 2, (space.high - space.low) / 2

    def unit_action(self, observation, deterministic=False):
        size = 1, len(self.half_range)
        noise = torch.zeros(size) if deterministic else torch.randn(size)
        with torch.no_grad():
            action, _ = self.actor(torch.as_tensor(observation, dtype=torch.float32)[None], noise)
        return action[0].numpy()

    def scaled(self, unit_action):
        return self.middle + self.half_range * unit_action


def evaluate(policy, name, episodes, seed):
    """Undiscounted returns of deterministic episodes in an environment of their own."""
    environment, returns = gymnasium.make(name), []
    for episode in range(episodes):
        observation, _ = environment.reset(seed=seed + episode)
        ended, total = False, 0.0
        while not ended:
            action = policy.scaled(policy.unit_action(observation, deterministic=True))
            observation, reward, terminated, truncated, _ = environment.step(action)
            ended = terminated or truncated
            total += float(reward)
        returns.append(total)
    environment.close()
    return returns


def train(arguments):
    random = np.random.default_rng(arguments.seed)
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    environment = gymnasium.make(arguments.env)
    observation_size, action_size = environment.observation_space.shape[0], environment.action_space.shape[0]
    sac = TorchSAC(Settings(observation_size, action_size, (256, 256), target_entropy=-float(action_size)))
    policy = Policy(sac.actor, environment.action_space)
    replay = Replay(min(arguments.steps, 1_000_000), observation_size, action_size, random)

    seconds, timed_steps = 0.0, 0
    observation, _ = environment.reset(seed=arguments.seed)
    for step in range(1, arguments.steps + 1):
        before = time.perf_counter()
        if step <= LEARNING_STARTS:
            unit_action = random.uniform(-1, 1, action_size).astype(np.float32)
        else:
            unit_action = policy.unit_action(observation)
        next_observation, reward, terminated, truncated, _ = environment.step(policy.scaled(unit_action))
        replay.add(observation, unit_action, reward, next_observation, terminated)
        observation = environment.reset()[0] if terminated or truncated else next_observation
        if step > LEARNING_STARTS:
            noises = torch.randn(2, BATCH, action_size)
            sac.update(replay.sample(BATCH), *noises)
        if step > arguments.warm_up:
            seconds += time.perf_counter() - before
            timed_steps += 1
        if arguments.eval_every and step % arguments.eval_every == 0:
            returns = evaluate(policy, arguments.env, arguments.episodes, seed=10_000 + arguments.seed)
            say({"event": "eval", "step": step, **temperature(sac, replay, step), **summary(returns)})
    environment.close()

    say(
        {
            "event": "done",
            "env": arguments.env,
            "seed": arguments.seed,
            "steps": arguments.steps,
            "threads": torch.get_num_threads(),
            "stepsPerSecond": round(timed_steps / seconds, 2) if timed_steps else None,
            "versions": {"torch": torch.__version__, "gymnasium": gymnasium.__version__, "numpy": np.__version__},
        }
    )


def temperature(sac, replay, seed):
    """α, and the policy's entropy in nats over unit actions; draws nothing from the learner's random streams."""
    observation, action, *_ = replay.sample(BATCH, np.random.default_rng(seed))
    with torch.no_grad():
        _, log_prob = sac.actor(observation, torch.randn(action.shape, generator=torch.Generator().manual_seed(seed)))
    return {"alpha": sac.log_alpha.exp().item(), "entropy": -log_prob.mean().item()}


def summary(returns):
    return {"meanReturn": float(np.mean(returns)), "returns": returns}


def say(message):
    print(json.dumps(message), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default="HalfCheetah-v5")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=1000, help="first steps that are not timed")
    parser.add_argument("--eval-every", type=int, default=0, help="steps between evaluations; 0: none")
    parser.add_argument("--episodes", type=int, default=10, help="deterministic episodes an evaluation")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
