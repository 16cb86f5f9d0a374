"""A functional SAC: parameters are plain pytrees, one loss holds all three objectives, one optax chain steps them."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax.lax import stop_gradient

GAMMA = 0.99
POLYAK = 0.995
HIDDEN = (256, 256)


class Transition(NamedTuple):
    obs: jax.Array
    act: jax.Array
    rew: jax.Array
    nobs: jax.Array
    term: jax.Array


class Params(NamedTuple):
    pi: list
    q: list
    log_alpha: jax.Array


class State(NamedTuple):
    params: Params
    q_avg: list
    opt: optax.OptState
    key: jax.Array


def init_mlp(key, sizes):
    keys = jax.random.split(key, len(sizes) - 1)
    glorot = jax.nn.initializers.glorot_uniform()
    return [(glorot(k, (m, n)), jnp.zeros(n)) for k, m, n in zip(keys, sizes[:-1], sizes[1:])]


def mlp(layers, x):
    for w, b in layers[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = layers[-1]
    return x @ w + b


def policy(pi, key, obs):
    """Action in (-1, 1) and its log density, for one observation."""
    mu, log_sigma = jnp.split(mlp(pi, obs), 2)
    log_sigma = jnp.clip(log_sigma, -20.0, 2.0)
    u = mu + jnp.exp(log_sigma) * jax.random.normal(key, mu.shape)
    logp = jax.scipy.stats.norm.logpdf(u, mu, jnp.exp(log_sigma)).sum()
    logp -= jnp.sum(2 * (jnp.log(2) - u - jax.nn.softplus(-2 * u)))
    return jnp.tanh(u), logp


def values(q, obs, act):
    """Both critics: their parameters have a leading axis of two."""
    return jax.vmap(lambda layers: mlp(layers, jnp.concatenate([obs, act]))[0])(q)


optimizer = optax.chain(
    optax.clip_by_global_norm(40.0),
    optax.multi_transform(
        {"slow": optax.adam(3e-4), "fast": optax.adam(1e-3)},
        Params(pi="slow", q="fast", log_alpha="slow"),
    ),
)


def init(key, obs_dim, act_dim):
    key, k_pi, k_q = jax.random.split(key, 3)
    pi = init_mlp(k_pi, (obs_dim, *HIDDEN, 2 * act_dim))
    q = jax.vmap(lambda k: init_mlp(k, (obs_dim + act_dim, *HIDDEN, 1)))(jax.random.split(k_q, 2))
    params = Params(pi=pi, q=q, log_alpha=jnp.log(0.1))
    return State(params=params, q_avg=q, opt=optimizer.init(params), key=key)


def losses(params: Params, q_avg, t: Transition, key):
    """Of one transition; the caller averages over the batch."""
    k1, k2 = jax.random.split(key)
    alpha = jnp.exp(stop_gradient(params.log_alpha))

    nact, nlogp = policy(params.pi, k1, t.nobs)
    v = jnp.min(values(q_avg, t.nobs, nact)) - alpha * nlogp
    y = t.rew + GAMMA * (1.0 - t.term) * v
    q_loss = 0.5 * jnp.sum((values(params.q, t.obs, t.act) - stop_gradient(y)) ** 2)

    act, logp = policy(params.pi, k2, t.obs)
    q_pi = jnp.min(values(stop_gradient(params.q), t.obs, act))
    pi_loss = alpha * logp - q_pi

    target = -float(t.act.shape[-1])
    alpha_loss = -params.log_alpha * stop_gradient(logp + target)
    return q_loss + pi_loss + alpha_loss, {"q": q_loss, "pi": pi_loss, "alpha": alpha_loss, "entropy": -logp}


def batch_loss(params, q_avg, batch, key):
    keys = jax.random.split(key, batch.rew.shape[0])
    total, aux = jax.vmap(losses, in_axes=(None, None, 0, 0))(params, q_avg, batch, keys)
    return total.mean(), jax.tree_util.tree_map(jnp.mean, aux)


@jax.jit
def step(state: State, batch: Transition):
    key, sub = jax.random.split(state.key)
    grads, aux = jax.grad(batch_loss, has_aux=True)(state.params, state.q_avg, batch, sub)
    updates, opt = optimizer.update(grads, state.opt, state.params)
    params = optax.apply_updates(state.params, updates)
    q_avg = jax.tree_util.tree_map(lambda old, new: POLYAK * old + (1 - POLYAK) * new, state.q_avg, params.q)
    return State(params, q_avg, opt, key), aux


@partial(jax.jit, static_argnames="greedy")
def act(state: State, obs, greedy=False):
    if greedy:
        return jnp.tanh(jnp.split(mlp(state.params.pi, obs), 2)[0])
    return policy(state.params.pi, jax.random.fold_in(state.key, 7), obs)[0]


def train(env, buffer, steps=100_000, warmup=1_000, batch_size=256, seed=0):
    state = init(jax.random.PRNGKey(seed), env.observation_space.shape[0], env.action_space.shape[0])
    obs, _ = env.reset(seed=seed)
    for i in range(steps):
        a = env.action_space.sample() if i < warmup else jax.device_get(act(state, obs))
        nobs, rew, terminated, truncated, _ = env.step(a)
        buffer.push(Transition(obs, a, rew, nobs, float(terminated)))
        obs = nobs
        if terminated or truncated:
            obs, _ = env.reset()
        if i >= warmup:
            state, aux = step(state, buffer.sample(batch_size))
            if i % 1000 == 0:
                print(i, {k: float(v) for k, v in aux.items()}, float(jnp.exp(state.params.log_alpha)))
    return state
