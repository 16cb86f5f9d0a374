"""Soft actor-critic with Flax NNX modules that hold their own state."""

import dataclasses
import functools

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


@dataclasses.dataclass(frozen=True)
class Hyper:
    env: str = "Hopper-v5"
    total_steps: int = 500_000
    warmup: int = 5_000
    batch: int = 256
    discount: float = 0.99
    polyak: float = 0.995
    policy_lr: float = 3e-4
    value_lr: float = 1e-3
    temperature_lr: float = 1e-4
    initial_temperature: float = 0.2
    width: int = 256


class Mlp(nnx.Module):
    def __init__(self, sizes, *, rngs: nnx.Rngs):
        self.layers = nnx.List([nnx.Linear(a, b, rngs=rngs) for a, b in zip(sizes[:-1], sizes[1:])])

    def __call__(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = nnx.relu(layer(x))
        return last(x)


class Policy(nnx.Module):
    def __init__(self, obs_size, act_size, width, *, rngs: nnx.Rngs):
        self.trunk = Mlp([obs_size, width, width, 2 * act_size], rngs=rngs)

    def __call__(self, obs, key):
        mu, rho = jnp.split(self.trunk(obs), 2, axis=-1)
        log_sigma = -5.0 + 0.5 * (2.0 + 5.0) * (jnp.tanh(rho) + 1.0)
        u = mu + jnp.exp(log_sigma) * jax.random.normal(key, mu.shape)
        a = jnp.tanh(u)
        normal = jax.scipy.stats.norm.logpdf(u, mu, jnp.exp(log_sigma))
        logp = jnp.sum(normal, axis=-1) - jnp.sum(jnp.log1p(-jnp.square(a) + 1e-6), axis=-1)
        return a, logp


class TwinQ(nnx.Module):
    def __init__(self, obs_size, act_size, width, *, rngs: nnx.Rngs):
        self.first = Mlp([obs_size + act_size, width, width, 1], rngs=rngs)
        self.second = Mlp([obs_size + act_size, width, width, 1], rngs=rngs)

    def __call__(self, obs, act):
        x = jnp.concatenate([obs, act], axis=-1)
        return self.first(x).squeeze(-1), self.second(x).squeeze(-1)

    def lower(self, obs, act):
        return jnp.minimum(*self(obs, act))


class Temperature(nnx.Module):
    def __init__(self, initial):
        self.log_value = nnx.Param(jnp.log(jnp.asarray(initial)))

    def __call__(self):
        return jnp.exp(self.log_value[...])


class SoftActorCritic(nnx.Module):
    def __init__(self, obs_size, act_size, hyper: Hyper, rngs: nnx.Rngs):
        self.policy = Policy(obs_size, act_size, hyper.width, rngs=rngs)
        self.critic = TwinQ(obs_size, act_size, hyper.width, rngs=rngs)
        self.target_critic = nnx.clone(self.critic)
        self.temperature = Temperature(hyper.initial_temperature)
        self.policy_opt = nnx.Optimizer(self.policy, optax.adam(hyper.policy_lr), wrt=nnx.Param)
        self.critic_opt = nnx.Optimizer(self.critic, optax.adam(hyper.value_lr), wrt=nnx.Param)
        self.temperature_opt = nnx.Optimizer(self.temperature, optax.adam(hyper.temperature_lr), wrt=nnx.Param)
        self.entropy_floor = -0.5 * act_size


@functools.partial(nnx.jit, static_argnames=("hyper",))
def update(model: SoftActorCritic, batch, key, hyper: Hyper):
    key_next, key_now = jax.random.split(key)
    temperature = jax.lax.stop_gradient(model.temperature())

    next_act, next_logp = model.policy(batch["next_obs"], key_next)
    next_value = model.target_critic.lower(batch["next_obs"], next_act) - temperature * next_logp
    alive = jnp.logical_not(batch["terminated"]).astype(jnp.float32)
    target = jax.lax.stop_gradient(batch["rew"] + hyper.discount * alive * next_value)

    def critic_objective(critic: TwinQ):
        q1, q2 = critic(batch["obs"], batch["act"])
        return jnp.mean((q1 - target) ** 2 + (q2 - target) ** 2)

    critic_loss, grads = nnx.value_and_grad(critic_objective)(model.critic)
    model.critic_opt.update(model.critic, grads)

    def policy_objective(policy: Policy):
        act, logp = policy(batch["obs"], key_now)
        value = model.critic.lower(batch["obs"], act)
        return -jnp.mean(value - temperature * logp), logp

    (policy_loss, logp), grads = nnx.value_and_grad(policy_objective, has_aux=True)(model.policy)
    model.policy_opt.update(model.policy, grads)

    entropy = -jax.lax.stop_gradient(logp).mean()

    def temperature_objective(module: Temperature):
        return module.log_value[...] * (entropy - model.entropy_floor)

    temperature_loss, grads = nnx.value_and_grad(temperature_objective)(model.temperature)
    model.temperature_opt.update(model.temperature, grads)

    online, slow = nnx.state(model.critic), nnx.state(model.target_critic)
    mixed = jax.tree.map(lambda s, o: hyper.polyak * s + (1.0 - hyper.polyak) * o, slow, online)
    nnx.update(model.target_critic, mixed)
    return {
        "critic_loss": critic_loss,
        "policy_loss": policy_loss,
        "temperature_loss": temperature_loss,
        "temperature": temperature,
        "entropy": entropy,
    }


class Ring:
    def __init__(self, capacity, obs_size, act_size):
        self.data = {
            "obs": np.zeros((capacity, obs_size), np.float32),
            "act": np.zeros((capacity, act_size), np.float32),
            "rew": np.zeros(capacity, np.float32),
            "next_obs": np.zeros((capacity, obs_size), np.float32),
            "terminated": np.zeros(capacity, bool),
        }
        self.capacity, self.head, self.count = capacity, 0, 0

    def push(self, **step):
        for name, value in step.items():
            self.data[name][self.head] = value
        self.head = (self.head + 1) % self.capacity
        self.count = min(self.count + 1, self.capacity)

    def draw(self, rng, n):
        rows = rng.integers(0, self.count, n)
        return {name: values[rows] for name, values in self.data.items()}


def main(hyper: Hyper = Hyper(), seed: int = 0):
    env = gym.wrappers.RescaleAction(gym.make(hyper.env), -1.0, 1.0)
    obs_size, act_size = env.observation_space.shape[0], env.action_space.shape[0]
    model = SoftActorCritic(obs_size, act_size, hyper, nnx.Rngs(seed))
    ring, rng, key = Ring(1_000_000, obs_size, act_size), np.random.default_rng(seed), jax.random.key(seed)
    act_fn = nnx.jit(lambda policy, obs, k: policy(obs, k)[0])

    obs, _ = env.reset(seed=seed)
    for step in range(hyper.total_steps):
        key, k_act, k_update = jax.random.split(key, 3)
        if step < hyper.warmup:
            act = env.action_space.sample()
        else:
            act = np.asarray(act_fn(model.policy, obs[None], k_act))[0]
        next_obs, rew, terminated, truncated, _ = env.step(act)
        ring.push(obs=obs, act=act, rew=rew, next_obs=next_obs, terminated=terminated)
        obs = next_obs
        if terminated or truncated:
            obs, _ = env.reset()
        if step >= hyper.warmup:
            metrics = update(model, ring.draw(rng, hyper.batch), k_update, hyper)
            if step % 1_000 == 0:
                print(step, {name: round(float(value), 4) for name, value in metrics.items()})


if __name__ == "__main__":
    main()
