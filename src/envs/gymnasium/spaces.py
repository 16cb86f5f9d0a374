"""Gymnasium's spaces as tempered has them: described as JSON, flattened where they are no Box, refused where they have no
fixed number of numbers. embed-bridge.ts puts this text before that of bridge.py.
"""

import math


class Refusal(Exception):
    """What the user asked for cannot be had; `reason` is for programs, `near` lists ids they may have meant."""

    def __init__(self, reason, message, near=()):
        super().__init__(message)
        self.reason = reason
        self.near = list(near)


UNSUPPORTED = {
    "Text": "turn texts into numbers of a fixed length, for example an embedding in a Box",
    "Graph": "describe the graph by a Box of fixed size, for example a row of features for each node, zeros for the rest",
    "Sequence": "give it a fixed length in a Box, with its true length as a Discrete beside it in a Dict",
    "OneOf": "give each alternative its place in a Dict, with a Discrete that says which one counts",
}


def observations_of(space, gymnasium, numpy):
    """What observations are: a description of the Box they are sent as, its type, what makes a row of one (None where it
    is one already), and a name for each number of such a row (likewise)."""
    if isinstance(space, gymnasium.spaces.Box):
        return describe_box(space, "observation space", numpy), space.dtype, None, None
    names = names_of(space, "", gymnasium, numpy)
    flat = gymnasium.spaces.flatten_space(space)
    flatten = gymnasium.spaces.flatten
    return describe_box(flat, "observation space", numpy), flat.dtype, lambda given: flatten(space, given), names


def actions_of(space, gymnasium, numpy):
    """What actions are: the description of their space, and the type in which it takes them."""
    spaces = gymnasium.spaces
    if isinstance(space, spaces.Box):
        return describe_box(space, "action space", numpy), space.dtype
    if isinstance(space, spaces.Discrete):
        return {"kind": "discrete", "n": int(space.n), "start": int(space.start)}, numpy.dtype(numpy.int64)
    if isinstance(space, spaces.MultiDiscrete):
        counts, start = space.nvec.ravel().tolist(), space.start.ravel().tolist()
        described = {"kind": "multi-discrete", "shape": list(space.shape), "n": counts, "start": start}
        return described, space.dtype
    if isinstance(space, spaces.MultiBinary):
        return {"kind": "multi-binary", "shape": list(space.shape)}, space.dtype
    advice = "make one Box of all continuous actions, or one MultiDiscrete of all choices"
    raise Refusal("space", f"its action space is {space}; {advice}")


def describe_box(space, role, numpy):
    if space.dtype == numpy.uint8 and len(space.shape) > 1:
        advice = "there are no convolutions for images: give features of it, numbers in a Box of one dimension"
        raise Refusal("space", f"its {role} is an image: {space.dtype} of shape {space.shape}; {advice}")
    return {
        "kind": "box",
        "shape": list(space.shape),
        "low": finite(space.low.ravel()),
        "high": finite(space.high.ravel()),
    }


def finite(bounds):
    """JSON has no word for infinity."""
    return [float(bound) if math.isfinite(bound) else None for bound in bounds]


def names_of(space, path, gymnasium, numpy):
    """What each number of a row is, as src/envs/flatten.ts calls it: `position[0]`, `gear=2`, `arm.angle`."""
    spaces = gymnasium.spaces
    name = path or "observation"
    if isinstance(space, (spaces.Dict, spaces.Tuple)):
        parts = space.spaces.items() if isinstance(space, spaces.Dict) else enumerate(space.spaces)
        below = lambda part: f"{path}.{part}" if path else str(part)
        return [each for part, inner in parts for each in names_of(inner, below(part), gymnasium, numpy)]
    if isinstance(space, spaces.Discrete):
        return [f"{name}={space.start + choice}" for choice in range(space.n)]
    if isinstance(space, spaces.Box):
        describe_box(space, f"observation space at {name}", numpy)
        if path and math.prod(space.shape) == 1:
            return [path]
    elif not isinstance(space, (spaces.MultiBinary, spaces.MultiDiscrete)):
        kind = type(space).__name__
        where = f"has the {kind} space {space} at {path}" if path else f"is the {kind} space {space}"
        raise Refusal("space", f"its observation space {where}; {UNSUPPORTED.get(kind, 'make it a Box')}")
    places = [f"{name}[{','.join(map(str, place))}]" for place in numpy.ndindex(*space.shape)]
    if not isinstance(space, spaces.MultiDiscrete):
        return places
    choices = zip(places, space.nvec.ravel(), space.start.ravel())
    return [f"{place}={start + choice}" for place, count, start in choices for choice in range(count)]


