"""The Python side of tempered's Gymnasium bridge: N environments stepped on request over one socket.

tempered starts this program with `python - ID` (its text comes in on standard input) and two inherited sockets:
file descriptor 3 carries the messages below, descriptor 4 carries nothing and only ends when tempered does.
Every message is a little-endian header (u32 kind, u32 length in bytes of what follows) and a body:

  1 OPEN   to Python    JSON: protocol, id, arguments of the environment, number of environments, autoreset, info
  2 READY  from Python  JSON: protocol, versions, spec, spaces, type of the observations and their names where they are flat
  3 RESET  to Python    f64 seed[N]; -1 leaves the random stream where it is, NaN the whole environment as it is
  4 STEP   to Python    f64 action[N, A]
  5 RESULT from Python  f64 reward[N] | f32 or f64 observation[N, O] | u8 terminated[N] | u8 truncated[N] | JSON infos
  6 FAILED from Python  JSON: reason, message, traceback, near; Python ends after it
  7 CLOSE  to Python    nothing; Python closes its environments and ends

With autoreset, a step that follows the end of an episode resets that environment instead (Gymnasium's NextStep):
its action is ignored, its reward is 0. Infos are a JSON array, or no bytes at all when all of them are empty.
Observations that are no Box are sent as the rows that gymnasium.spaces.flatten makes of them. Needs the standard library, and
numpy and gymnasium once OPEN has come. `Refusal` and all about spaces is in spaces.py, whose text stands before this one's.
"""

import difflib
import faulthandler
import fcntl
import gc
import importlib
import json
import math
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
import traceback

PROTOCOL = 1
OPEN, READY, RESET, STEP, RESULT, FAILED, CLOSE = range(1, 8)
HEADER = struct.Struct("<II")
MESSAGES, LIFELINE = 3, 4

# How long to poll for the next message before sleeping. Waking a sleeping process costs 20-50 microseconds, more than a
# step of a small environment; beyond this the learner is at work and the core is better left to it.
SPIN_SECONDS = 200e-6


class Ended(BaseException):
    """tempered has closed its end. Nothing that environments raise or catch is one."""


def main():
    # This program has no file: processes that an environment spawns must not look for one called "<stdin>".
    sys.modules["__main__"].__dict__.pop("__file__", None)
    faulthandler.register(signal.SIGUSR1, all_threads=True)  # tempered asks a process that hangs where it is
    end_with_parent(LIFELINE)
    channel = Channel(socket.socket(fileno=MESSAGES))
    environments = []
    try:
        serve(channel, environments)
    except Ended:
        pass
    except BaseException as error:  # SystemExit and KeyboardInterrupt raised by an environment end it all the same
        channel.send(FAILED, json.dumps(describe(error)).encode())
        sys.exit(1)
    for environment in environments:
        environment.close()


def serve(channel, environments):
    request = json.loads(channel.expect(OPEN))
    if request["protocol"] != PROTOCOL:
        raise Refusal("protocol", f"expected protocol {PROTOCOL}, tempered speaks {request['protocol']}")
    try:
        import gymnasium
        import numpy
    except ModuleNotFoundError as error:
        if error.name not in ("gymnasium", "numpy"):
            raise
        raise Refusal("gymnasium-missing", f"{sys.executable} has no module named {error.name}") from None

    for _ in range(request["environments"]):
        environments.append(make(gymnasium, request["id"], request["arguments"]))
    first = environments[0]
    observation_space, observation_type, flatten, names = observations_of(first.observation_space, gymnasium, numpy)
    action_space, action_type = actions_of(first.action_space, gymnasium, numpy)
    spec = environments[0].spec
    ready = {
        "protocol": PROTOCOL,
        "versions": {
            "python": sys.version.split()[0],
            "numpy": numpy.__version__,
            "gymnasium": gymnasium.__version__,
        },
        "spec": {
            "id": spec.id if spec else request["id"],
            "maxEpisodeSteps": spec.max_episode_steps if spec else None,
            "rewardThreshold": spec.reward_threshold if spec else None,
        },
        "observationSpace": observation_space,
        "observationType": "f4" if observation_type.itemsize < 4 or observation_type == numpy.float32 else "f8",
        "actionSpace": action_space,
    }
    if names:
        ready["observationNames"] = names
    channel.send(READY, json.dumps(ready).encode())
    run(channel, environments, request, ready, action_type, flatten, numpy)


def run(channel, environments, request, ready, action_type, flatten, numpy):
    count = len(environments)
    shape = tuple(ready["observationSpace"]["shape"])
    result = Result(count, shape, ready["observationType"], numpy)
    ended = [False] * count
    steps = [environment.step for environment in environments]
    action_shape = (count, *ready["actionSpace"].get("shape", ()))
    whole = numpy.issubdtype(action_type, numpy.integer)
    autoreset, with_info = request["autoreset"], request["info"]
    observations, rewards, terminations, truncations = result.views

    numbers = {float, int, bool, numpy.float64, numpy.float32, numpy.int64, numpy.int32, numpy.bool_}

    def must_fit(observation, giver):
        # NumPy would stretch a smaller one.
        if numpy.shape(observation) != shape:
            raise ValueError(f"{giver} gave an observation of shape {numpy.shape(observation)}, the space says {shape}")

    def reset(index, seed=None):
        observation, info = environments[index].reset(seed=seed)
        if flatten:
            observation = flatten(observation)
        must_fit(observation, "reset")
        observations[index] = observation
        rewards[index] = 0.0
        terminations[index] = truncations[index] = ended[index] = False
        return info

    infos = [{} for _ in range(count)]
    gc.freeze()  # What has been imported so far stays; no collection need look at it again.
    while True:
        kind, body = channel.receive()
        if kind == STEP:
            actions = numpy.frombuffer(body, "<f8").reshape(action_shape)
            # A copy, so that an environment may keep the action it is given.
            actions = (numpy.rint(actions) if whole else actions).astype(action_type)
            for index in range(count):
                if ended[index]:
                    infos[index] = reset(index)
                    continue
                given = steps[index](actions[index])
                try:
                    observation, reward, terminated, truncated, infos[index] = given
                    # NumPy makes numbers of texts, and true of all of them.
                    if type(reward) not in numbers and numpy.asarray(reward).dtype.kind not in "biuf":
                        raise TypeError
                    rewards[index] = reward
                    if terminated not in (True, False) or truncated not in (True, False):
                        raise TypeError
                except (TypeError, ValueError):
                    raise TypeError(misgiven(given)) from None
                if flatten:
                    observation = flatten(observation)
                # Looking first at what arrays have keeps the check out of the way: numpy.shape is slow.
                if getattr(observation, "shape", None) != shape:
                    must_fit(observation, "step")
                observations[index] = observation
                terminations[index] = terminated
                truncations[index] = truncated
                ended[index] = autoreset and bool(terminated or truncated)
        elif kind == RESET:
            for index, seed in enumerate(struct.unpack(f"<{count}d", body)):
                if not math.isnan(seed):
                    infos[index] = reset(index, None if seed < 0 else int(seed))
        elif kind == CLOSE:
            return
        else:
            raise Refusal("protocol", f"expected RESET, STEP or CLOSE, got a message of kind {kind}")
        result.send(channel, infos if with_info and any(infos) else None)


def misgiven(given):
    """What is wrong with what an environment's step gave."""
    if not isinstance(given, tuple) or len(given) != 5:
        came = f"{len(given)} values" if isinstance(given, tuple) else f"a {type(given).__name__}"
        return f"step gave {came}, expected five: observation, reward, terminated, truncated, info"
    _, reward, terminated, truncated, _ = given
    for name, flag in ("terminated", terminated), ("truncated", truncated):
        # A list or an array of several is neither.
        if getattr(flag, "size", 1) != 1 or flag not in (True, False):
            return f"step gave {name} as {flag!r} ({type(flag).__name__}), expected true or false"
    return f"step gave the reward {reward!r} ({type(reward).__name__}), expected a number"


class Result:
    """The RESULT message, laid out once; `views` are numpy arrays that write straight into it."""

    def __init__(self, count, shape, observation_type, numpy):
        size = math.prod(shape) * int(observation_type[1])
        self.message = bytearray(HEADER.size + count * (8 + size + 2))
        HEADER.pack_into(self.message, 0, RESULT, len(self.message) - HEADER.size)
        at = HEADER.size + 8 * count
        flags = at + size * count
        self.views = (
            numpy.frombuffer(self.message, "<" + observation_type, math.prod(shape) * count, at).reshape(count, *shape),
            numpy.frombuffer(self.message, "<f8", count, HEADER.size),
            numpy.frombuffer(self.message, "?", count, flags),
            numpy.frombuffer(self.message, "?", count, flags + count),
        )

    def send(self, channel, infos):
        if infos is None:
            channel.write(self.message)
            return
        extra = json.dumps([plain(info) for info in infos]).encode()
        channel.write(HEADER.pack(RESULT, len(self.message) - HEADER.size + len(extra)))
        channel.write(memoryview(self.message)[HEADER.size :])
        channel.write(extra)


class Channel:
    """Whole messages over a stream socket. What `receive` returns lives until the next call."""

    def __init__(self, stream):
        stream.setblocking(True)
        self.write = stream.sendall
        self.read_into = stream.recv_into
        self.buffer = bytearray(4096)
        self.have = self.end = 0

    def send(self, kind, body):
        self.write(HEADER.pack(kind, len(body)) + body)

    def expect(self, kind):
        came, body = self.receive()
        if came != kind:
            raise Refusal("protocol", f"expected a message of kind {kind}, got {came}")
        return bytes(body)

    def receive(self):
        # A message comes with one call as a rule; what came beyond the last one begins the next.
        have = self.have - self.end
        self.buffer[:have] = self.buffer[self.end : self.have]
        have = self.fill(have or self.read_soon(), HEADER.size)
        kind, length = HEADER.unpack_from(self.buffer)
        self.end = HEADER.size + length
        if self.end > len(self.buffer):
            self.buffer = self.buffer[:have] + bytearray(self.end - have)
        self.have = self.fill(have, self.end)
        return kind, memoryview(self.buffer)[HEADER.size : self.end]

    def read_soon(self):
        deadline = time.perf_counter() + SPIN_SECONDS
        while time.perf_counter() < deadline:
            try:
                return self.read(0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                os.sched_yield()  # tempered may be waiting for this core
        return 0

    def fill(self, have, size):
        while have < size:
            have += self.read(have)
        return have

    def read(self, start, flags=0):
        count = self.read_into(memoryview(self.buffer)[start:], 0, flags)
        if count == 0:
            raise Ended
        return count


def make(gymnasium, name, arguments):
    """An environment from a Gymnasium id, or from `module:name`, a class or function that returns one."""
    module_name, _, attribute = name.rpartition(":")
    if module_name:
        maker = getattr(importlib.import_module(module_name), attribute, None)
        if maker is not None:
            environment = maker(**arguments)
            if not isinstance(environment, gymnasium.Env):
                raise Refusal("not-an-environment", f"{name} made a {type(environment)}, not a gymnasium.Env")
            return environment
    try:
        return gymnasium.make(name, **arguments)
    except gymnasium.error.UnregisteredEnv as error:
        near = difflib.get_close_matches(attribute, gymnasium.registry, n=5, cutoff=0.5)
        message = f"{error} Nor is there a {attribute} in the module {module_name}." if module_name else str(error)
        raise Refusal("unknown", message, near) from None


def plain(value):
    """`value` as JSON can say it: arrays as lists, numbers that are not finite as null, the unknown as its repr."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        listed = value.tolist()
        return repr(value) if listed is value else plain(listed)
    return repr(value)


def describe(error):
    if isinstance(error, Refusal):
        return {"reason": error.reason, "message": str(error), "traceback": "", "near": error.near}
    return {
        "reason": "exception",
        "message": "".join(traceback.format_exception_only(type(error), error)).strip(),
        "traceback": "".join(traceback.format_exception(type(error), error, foreign(error.__traceback__))),
        "near": [],
    }


def foreign(trace):
    """The part of a traceback that lies outside this program."""
    frame = trace
    while frame and frame.tb_frame.f_code.co_filename == main.__code__.co_filename:
        frame = frame.tb_next
    return frame or trace


def end_with_parent(lifeline):
    """Ends this process and all it started as soon as the other end of `lifeline` is closed, whatever runs here.

    Linux sends the signal by itself, even to a process stuck in native code; elsewhere a thread waits.
    """
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
        if not select.select([lifeline], [], [], 0)[0]:
            return
    threading.Thread(target=end_with, args=(lifeline,), daemon=True).start()


def end_with(lifeline):
    while True:
        select.select([lifeline], [], [])
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
