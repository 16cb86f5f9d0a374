"""A stand-in for what SBX takes from TensorFlow Probability, where that is not installed: the tanh of a diagonal normal, by the
usual formulas. A distribution remembers what it drew, as TensorFlow Probability's bijectors do, so that log π needs no arctanh."""

import importlib.util
import sys
import types

import jax
import jax.numpy as jnp


class Distribution:
    pass


class MultivariateNormalDiag(Distribution):
    def __init__(self, loc, scale_diag):
        self.loc, self.scale = loc, scale_diag

    def mode(self):
        return self.loc

    def sample(self, seed):
        return self.loc + self.scale * jax.random.normal(seed, self.loc.shape)

    def log_prob(self, x):
        z = (x - self.loc) / self.scale
        return (-0.5 * z**2 - jnp.log(self.scale) - 0.5 * jnp.log(2 * jnp.pi)).sum(-1)


class Tanh:
    def forward(self, x):
        return jnp.tanh(x)


class TransformedDistribution(Distribution):
    def __init__(self, distribution, bijector, validate_args=False):
        self.distribution, self.bijector, self.drawn = distribution, bijector, None

    def sample(self, seed):
        u = self.distribution.sample(seed)
        action = self.bijector.forward(u)
        self.drawn = (action, u)
        return action

    def log_prob(self, action):
        u = self.drawn[1] if self.drawn and self.drawn[0] is action else jnp.arctanh(action)
        return self.distribution.log_prob(u) - (2 * (jnp.log(2.0) - u - jax.nn.softplus(-2 * u))).sum(-1)


def install_where_missing():
    """Whether there was none, and this stands in for it."""
    if importlib.util.find_spec("tensorflow_probability") is not None:
        return False
    # As `tensorflow_probability.substrates.jax`; distributions that SBX's other algorithms name are there by name alone.
    names = ("tensorflow_probability", "tensorflow_probability.substrates", "tensorflow_probability.substrates.jax")
    package, substrates, own = (types.ModuleType(name) for name in names)
    own.distributions, own.bijectors = types.ModuleType("distributions"), types.ModuleType("bijectors")
    own.distributions.__getattr__ = lambda name: type(name, (Distribution,), {})
    for kind in (Distribution, MultivariateNormalDiag, TransformedDistribution):
        setattr(own.distributions, kind.__name__, kind)
    own.bijectors.Tanh = Tanh
    package.substrates, substrates.jax = substrates, own
    sys.modules.update(zip(names, (package, substrates, own)))
    return True
