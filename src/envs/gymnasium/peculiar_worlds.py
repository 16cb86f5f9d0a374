"""Environments that try the bridge: small, and each wrong or unusual in one way."""

import math
import multiprocessing
import time

import gymnasium
import numpy
from gymnasium.envs.classic_control import PendulumEnv
from gymnasium.spaces import Box, Dict, Discrete, Graph, MultiBinary, MultiDiscrete, OneOf, Sequence, Text, Tuple


class Counting(gymnasium.Env):
    """Observes (steps, seed, action) in float64; ends after three steps, by truncation when `truncate` is set."""

    observation_space = gymnasium.spaces.Box(-numpy.inf, numpy.inf, (3,), numpy.float64)
    action_space = gymnasium.spaces.Discrete(4, start=-1)

    def __init__(self, truncate=False):
        self.truncate = truncate
        self.seed = -1

    def reset(self, *, seed=None, options=None):
        self.steps = 0
        if seed is not None:
            self.seed = seed
        return numpy.array([0, self.seed, 0.1]), {"start": True}

    def step(self, action):
        assert self.action_space.contains(action), action
        self.steps += 1
        ended = self.steps == 3
        info = {"speed": numpy.float32(0.5), "where": numpy.arange(2), "nan": float("nan"), "self": Counting}
        observation = numpy.array([self.steps, self.seed, action])
        return observation, self.steps, ended and not self.truncate, ended and self.truncate, info


class Raising(Counting):
    def step(self, action):
        return self.helper(action)

    def helper(self, action):
        raise ValueError(f"no road ahead, action {action}")


class EndOfFile(Counting):
    """Raises what a closed channel might be taken for."""

    def step(self, action):
        raise EOFError("ran out of input")


class Spawning(Counting):
    """Has a process of its own, started afresh, count along."""

    def __init__(self):
        super().__init__()
        context = multiprocessing.get_context("spawn")
        answers = context.Queue()
        child = context.Process(target=put_seven, args=(answers,))
        child.start()
        self.answer = answers.get(timeout=20)
        child.join()

    def step(self, action):
        return numpy.full(3, self.answer), 0.0, False, False, {}


def put_seven(answers):
    answers.put(7)


class Giving(Counting):
    """Its step gives `given`."""

    def __init__(self, observation=(1, 2, 3), reward=0.0, plain=False, terminated=False, truncated=False, values=5):
        super().__init__()
        reward = reward if plain else numpy.array(reward)
        self.given = (numpy.array(observation), reward, terminated, truncated, {})[:values]

    def step(self, action):
        return self.given


class Whole(Counting):
    """Actions that are whole numbers; observes the last one."""

    action_space = gymnasium.spaces.Box(-2, 2, (1,), numpy.int64)

    def step(self, action):
        return numpy.full(3, action[0]), 0.0, False, False, {}


class Sleepy(PendulumEnv):
    """Takes its time."""

    def step(self, action):
        time.sleep(0.004)
        return super().step(action)


class RaisingLater(Sleepy):
    """Goes wrong at its hundredth step."""

    count = 0

    def step(self, action):
        self.count += 1
        if self.count == 100:
            raise ValueError("no road ahead")
        return super().step(action)


class Observing(Counting):
    """Says that it observes `space`, and observes zeros of `shape`."""

    def __init__(self, space, shape):
        super().__init__()
        self.observation_space = {
            "image": gymnasium.spaces.Box(0, 255, (8, 8, 3), numpy.uint8),
            "bytes": gymnasium.spaces.Box(0, 255, (2,), numpy.uint8),
            "matrix": gymnasium.spaces.Box(-1, 1, (2, 2), numpy.float32),
        }[space]
        self.shape = shape

    def reset(self, *, seed=None, options=None):
        return numpy.full(self.shape, 200), {}


class Acting(Counting):
    """Takes actions of one of several spaces; observes the last one."""

    def __init__(self, space):
        super().__init__()
        self.action_space = {
            "choices": MultiDiscrete([2, 3], start=[0, -1]),
            "switches": MultiBinary(3),
            "both": Dict(turn=Box(-1, 1, (1,)), jump=Discrete(2)),
        }[space]
        self.observation_space = Box(-9, 9, (math.prod(self.action_space.shape or (1,)),), numpy.float64)

    def reset(self, *, seed=None, options=None):
        return numpy.zeros(self.observation_space.shape), {}

    def step(self, action):
        assert self.action_space.contains(action), action
        return action.astype(numpy.float64), 0, False, False, {}


class Structured(Counting):
    """Observes an element of a space, and says in its info what Gymnasium's `flatten` makes of it."""

    def __init__(self, space):
        super().__init__()
        parts = {
            "choice": Discrete(3, start=2),
            "choices": MultiDiscrete([[2, 1], [3, 2]]),
            "switches": MultiBinary([2, 2]),
            "box": Box(-1, 1, (2, 2), numpy.float32),
            "speed": Box(-1, 1, (1,), numpy.float32),
        }
        self.observation_space = {
            **parts,
            "tuple": Tuple([parts["choice"], parts["box"]]),
            "dict": Dict([*parts.items(), ("arm", Dict(angle=parts["speed"], grips=Tuple([Discrete(2)])))]),
            "text": Dict(fine=parts["box"], odd=Dict(words=Text(5))),
            "graph": Graph(parts["box"], None),
            "sequence": Tuple([Sequence(parts["box"])]),
            "oneof": OneOf([parts["box"], parts["choice"]]),
            "image": Dict(camera=Box(0, 255, (8, 8, 3), numpy.uint8)),
        }[space]

    def reset(self, *, seed=None, options=None):
        self.observation_space.seed(seed)
        return self.observe()

    def observe(self):
        observation = self.observation_space.sample()
        return observation, {"row": gymnasium.spaces.flatten(self.observation_space, observation)}

    def step(self, action):
        observation, info = self.observe()
        return observation, 0.0, False, False, info


def make_table():
    return {"an": "environment?"}
