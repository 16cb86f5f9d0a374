"""BRO: a big regularised critic with quantiles, many updates a step, SAC's temperature. JAX and Flax."""

import functools
from typing import Any, Dict, Tuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax.training.train_state import TrainState

InfoDict = Dict[str, float]
LOG_STD_MIN, LOG_STD_MAX = -10.0, 2.0


class BroNet(nn.Module):
    width: int
    depth: int

    @nn.compact
    def __call__(self, x: jnp.ndarray) -> jnp.ndarray:
        init = nn.initializers.orthogonal(jnp.sqrt(2))
        x = nn.relu(nn.LayerNorm()(nn.Dense(self.width, kernel_init=init)(x)))
        for _ in range(self.depth):
            res = nn.relu(nn.LayerNorm()(nn.Dense(self.width, kernel_init=init)(x)))
            x = x + nn.LayerNorm()(nn.Dense(self.width, kernel_init=init)(res))
        return x


class TanhPolicy(nn.Module):
    action_dim: int
    width: int = 256
    depth: int = 1

    @nn.compact
    def __call__(self, observations: jnp.ndarray) -> Tuple[jnp.ndarray, jnp.ndarray]:
        x = BroNet(self.width, self.depth)(observations)
        means, log_stds = nn.Dense(self.action_dim)(x), nn.Dense(self.action_dim)(x)
        return means, LOG_STD_MIN + (LOG_STD_MAX - LOG_STD_MIN) * 0.5 * (1 + jnp.tanh(log_stds))


class QuantileCritics(nn.Module):
    n_quantiles: int = 100
    width: int = 512
    depth: int = 2

    @nn.compact
    def __call__(self, observations: jnp.ndarray, actions: jnp.ndarray) -> jnp.ndarray:
        inputs = jnp.concatenate((observations, actions), axis=-1)
        heads = [nn.Dense(self.n_quantiles)(BroNet(self.width, self.depth)(inputs)) for _ in range(2)]
        return jnp.stack(heads)


class Temperature(nn.Module):
    initial_temperature: float

    @nn.compact
    def __call__(self) -> jnp.ndarray:
        log_temp = self.param("log_temp", lambda key: jnp.full((), jnp.log(self.initial_temperature)))
        return jnp.exp(log_temp)


def sample_and_log_prob(rng: jax.Array, means: jnp.ndarray, log_stds: jnp.ndarray) -> Tuple[jnp.ndarray, jnp.ndarray]:
    noise = jax.random.normal(rng, means.shape)
    pre_tanh = means + jnp.exp(log_stds) * noise
    gaussian = -0.5 * jnp.square(noise) - log_stds - 0.5 * jnp.log(2 * jnp.pi)
    jacobian = 2.0 * (jnp.log(2.0) - pre_tanh - nn.softplus(-2.0 * pre_tanh))
    return jnp.tanh(pre_tanh), (gaussian - jacobian).sum(-1)


def update_critic(
    rng: jax.Array,
    actor: TrainState,
    critic: TrainState,
    target_critic: TrainState,
    temp: TrainState,
    batch: Dict[str, jnp.ndarray],
    discount: float,
) -> Tuple[TrainState, InfoDict]:
    next_means, next_log_stds = actor.apply_fn({"params": actor.params}, batch["next_observations"])
    next_actions, next_log_probs = sample_and_log_prob(rng, next_means, next_log_stds)
    alpha = temp.apply_fn({"params": temp.params})

    def critic_loss_fn(critic_params: Any) -> Tuple[jnp.ndarray, InfoDict]:
        next_qs = target_critic.apply_fn({"params": target_critic.params}, batch["next_observations"], next_actions)
        # Risk neutral: the mean of both heads, quantile by quantile.
        next_q = next_qs.mean(axis=0)
        soft_next_q = next_q - alpha * next_log_probs[:, None]
        target_q = batch["rewards"][:, None] + discount * batch["masks"][:, None] * soft_next_q
        target_q = jax.lax.stop_gradient(target_q)

        qs = critic.apply_fn({"params": critic_params}, batch["observations"], batch["actions"])
        n = qs.shape[-1]
        taus = (jnp.arange(n) + 0.5) / n
        td_errors = target_q[None, :, None, :] - qs[:, :, :, None]
        huber = jnp.where(jnp.abs(td_errors) > 1.0, jnp.abs(td_errors) - 0.5, 0.5 * jnp.square(td_errors))
        weights = jnp.abs(taus[None, None, :, None] - (td_errors < 0).astype(jnp.float32))
        critic_loss = (weights * huber).mean(axis=(1, 3)).sum()
        return critic_loss, {"critic_loss": critic_loss, "q": qs.mean()}

    grads, info = jax.grad(critic_loss_fn, has_aux=True)(critic.params)
    return critic.apply_gradients(grads=grads), info


def update_actor(
    rng: jax.Array, actor: TrainState, critic: TrainState, temp: TrainState, observations: jnp.ndarray
) -> Tuple[TrainState, InfoDict]:
    alpha = temp.apply_fn({"params": temp.params})

    def actor_loss_fn(actor_params: Any) -> Tuple[jnp.ndarray, InfoDict]:
        means, log_stds = actor.apply_fn({"params": actor_params}, observations)
        actions, log_probs = sample_and_log_prob(rng, means, log_stds)
        q = critic.apply_fn({"params": critic.params}, observations, actions).mean(axis=(0, -1))
        actor_loss = (log_probs * alpha - q).mean()
        return actor_loss, {"actor_loss": actor_loss, "entropy": -log_probs.mean()}

    grads, info = jax.grad(actor_loss_fn, has_aux=True)(actor.params)
    return actor.apply_gradients(grads=grads), info


def update_temperature(temp: TrainState, entropy: jnp.ndarray, target_entropy: float) -> Tuple[TrainState, InfoDict]:
    def temperature_loss_fn(temp_params: Any) -> Tuple[jnp.ndarray, InfoDict]:
        temperature = temp.apply_fn({"params": temp_params})
        temp_loss = temperature * (entropy - target_entropy).mean()
        return temp_loss, {"temperature": temperature, "temp_loss": temp_loss}

    grads, info = jax.grad(temperature_loss_fn, has_aux=True)(temp.params)
    return temp.apply_gradients(grads=grads), info


@functools.partial(jax.jit, static_argnames=("discount", "tau", "target_entropy", "num_updates"))
def do_updates(rng, actor, critic, target_critic, temp, batches, *, discount, tau, target_entropy, num_updates):
    def one(step, carry):
        rng, actor, critic, target_critic, temp, info = carry
        batch = jax.tree_util.tree_map(lambda x: jnp.take(x, step, axis=0), batches)
        rng, critic_key, actor_key = jax.random.split(rng, 3)
        critic, critic_info = update_critic(critic_key, actor, critic, target_critic, temp, batch, discount)
        blended = optax.incremental_update(critic.params, target_critic.params, tau)
        target_critic = target_critic.replace(params=blended)
        actor, actor_info = update_actor(actor_key, actor, critic, temp, batch["observations"])
        temp, temp_info = update_temperature(temp, actor_info["entropy"], target_entropy)
        return rng, actor, critic, target_critic, temp, {**critic_info, **actor_info, **temp_info}

    carry = one(0, (rng, actor, critic, target_critic, temp, {}))
    return jax.lax.fori_loop(1, num_updates, one, carry)


class BRO:
    def __init__(self, seed: int, observations: np.ndarray, actions: np.ndarray, discount: float = 0.99,
                 tau: float = 0.005, lr: float = 3e-4, init_temperature: float = 1.0, updates_per_step: int = 10):
        self.discount, self.tau, self.updates_per_step = discount, tau, updates_per_step
        self.target_entropy = -actions.shape[-1] / 2
        self.rng, actor_key, critic_key, temp_key = jax.random.split(jax.random.PRNGKey(seed), 4)
        policy, critics, temperature = TanhPolicy(actions.shape[-1]), QuantileCritics(), Temperature(init_temperature)
        self.actor = TrainState.create(
            apply_fn=policy.apply, params=policy.init(actor_key, observations)["params"], tx=optax.adamw(lr)
        )
        critic_params = critics.init(critic_key, observations, actions)["params"]
        self.critic = TrainState.create(apply_fn=critics.apply, params=critic_params, tx=optax.adamw(lr))
        self.target_critic = TrainState.create(apply_fn=critics.apply, params=critic_params, tx=optax.set_to_zero())
        self.temp = TrainState.create(
            apply_fn=temperature.apply, params=temperature.init(temp_key)["params"], tx=optax.adam(3e-4, b1=0.5)
        )

    def sample_actions(self, observations: np.ndarray) -> np.ndarray:
        self.rng, key = jax.random.split(self.rng)
        means, log_stds = self.actor.apply_fn({"params": self.actor.params}, observations)
        return np.asarray(sample_and_log_prob(key, means, log_stds)[0])

    def update(self, batches: Dict[str, np.ndarray]) -> InfoDict:
        """Every array has the updates as its first axis; masks are 0 where the episode terminated."""
        self.rng, self.actor, self.critic, self.target_critic, self.temp, info = do_updates(
            self.rng, self.actor, self.critic, self.target_critic, self.temp, batches,
            discount=self.discount, tau=self.tau, target_entropy=self.target_entropy, num_updates=self.updates_per_step,
        )
        return info


def train(env, agent: BRO, buffer, steps: int, start: int, batch_size: int = 128):
    observation, _ = env.reset()
    for step in range(steps):
        action = env.action_space.sample() if step < start else agent.sample_actions(observation[None])[0]
        next_observation, reward, terminated, truncated, _ = env.step(action)
        buffer.insert(observation, action, reward, mask=1.0 - float(terminated), next_observation=next_observation)
        observation = env.reset()[0] if terminated or truncated else next_observation
        if step >= start:
            yield agent.update(buffer.sample_parallel_multibatch(batch_size, agent.updates_per_step))
