"""SAC with Flax (linen) and Optax: one class, one jitted update."""
from functools import partial
from typing import NamedTuple

import flax.linen as nn
import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import optax


class Policy(nn.Module):
    act_dim: int

    @nn.compact
    def __call__(self, obs):
        h = nn.relu(nn.Dense(256)(obs))
        h = nn.relu(nn.Dense(256)(h))
        mean = nn.Dense(self.act_dim)(h)
        log_std = jnp.clip(nn.Dense(self.act_dim)(h), -10.0, 2.0)
        return mean, log_std


class DoubleQ(nn.Module):
    @nn.compact
    def __call__(self, obs, act):
        x = jnp.concatenate([obs, act], axis=-1)
        qs = []
        for _ in range(2):
            h = nn.relu(nn.Dense(256)(x))
            h = nn.relu(nn.Dense(256)(h))
            qs.append(nn.Dense(1)(h).squeeze(-1))
        return qs[0], qs[1]


class State(NamedTuple):
    actor: dict
    critic: dict
    target: dict
    log_alpha: jnp.ndarray
    actor_opt: tuple
    critic_opt: tuple
    alpha_opt: tuple


def draw(params, policy, obs, key):
    """Squashed actions and their log densities."""
    mean, log_std = policy.apply(params, obs)
    eps = jax.random.normal(key, mean.shape)
    pre = mean + jnp.exp(log_std) * eps
    logp = -0.5 * (eps**2 + jnp.log(2 * jnp.pi)) - log_std
    logp -= 2 * (jnp.log(2.0) - pre - jax.nn.softplus(-2 * pre))
    return jnp.tanh(pre), logp.sum(axis=-1)


class SACAgent:
    def __init__(self, obs_dim, act_dim, seed=0, lr=3e-4, alpha_lr=3e-4, gamma=0.99, tau=0.005):
        self.gamma, self.tau = gamma, tau
        self.policy, self.q = Policy(act_dim), DoubleQ()
        self.target_entropy = -float(act_dim)
        self.actor_tx, self.critic_tx, self.alpha_tx = optax.adam(lr), optax.adam(lr), optax.adam(alpha_lr)
        self.key, k1, k2 = jax.random.split(jax.random.PRNGKey(seed), 3)
        obs, act = jnp.zeros((1, obs_dim)), jnp.zeros((1, act_dim))
        actor, critic = self.policy.init(k1, obs), self.q.init(k2, obs, act)
        log_alpha = jnp.asarray(jnp.log(0.5))
        self.state = State(actor, critic, critic, log_alpha, self.actor_tx.init(actor),
                           self.critic_tx.init(critic), self.alpha_tx.init(log_alpha))

    @partial(jax.jit, static_argnums=0)
    def update_step(self, st, batch, key):
        key_next, key_pi = jax.random.split(key)
        alpha = jnp.exp(st.log_alpha)

        next_act, next_logp = draw(st.actor, self.policy, batch["next_obs"], key_next)
        q1_t, q2_t = self.q.apply(st.target, batch["next_obs"], next_act)
        next_v = jnp.minimum(q1_t, q2_t) - alpha * next_logp
        backup = batch["rew"] + self.gamma * batch["not_done"] * next_v

        def critic_loss_fn(params):
            q1, q2 = self.q.apply(params, batch["obs"], batch["act"])
            return ((q1 - backup) ** 2 + (q2 - backup) ** 2).mean()

        critic_loss, grads = jax.value_and_grad(critic_loss_fn)(st.critic)
        updates, critic_opt = self.critic_tx.update(grads, st.critic_opt)
        critic = optax.apply_updates(st.critic, updates)

        def actor_loss_fn(params):
            act, logp = draw(params, self.policy, batch["obs"], key_pi)
            q1, q2 = self.q.apply(critic, batch["obs"], act)
            return (alpha * logp - jnp.minimum(q1, q2)).mean(), logp

        (actor_loss, logp), grads = jax.value_and_grad(actor_loss_fn, has_aux=True)(st.actor)
        updates, actor_opt = self.actor_tx.update(grads, st.actor_opt)
        actor = optax.apply_updates(st.actor, updates)

        def alpha_loss_fn(log_alpha):
            return -jnp.exp(log_alpha) * (logp + self.target_entropy).mean()

        alpha_loss, grads = jax.value_and_grad(alpha_loss_fn)(st.log_alpha)
        updates, alpha_opt = self.alpha_tx.update(grads, st.alpha_opt)
        log_alpha = optax.apply_updates(st.log_alpha, updates)

        target = optax.incremental_update(critic, st.target, self.tau)
        info = {"critic_loss": critic_loss, "actor_loss": actor_loss, "alpha_loss": alpha_loss,
                "alpha": alpha, "entropy": -logp.mean()}
        return State(actor, critic, target, log_alpha, actor_opt, critic_opt, alpha_opt), info

    def update(self, batch):
        self.key, key = jax.random.split(self.key)
        self.state, info = self.update_step(self.state, batch, key)
        return info

    def select_action(self, obs):
        self.key, key = jax.random.split(self.key)
        action, _ = draw(self.state.actor, self.policy, obs[None], key)
        return np.asarray(action[0])


class Replay:
    def __init__(self, size, obs_dim, act_dim):
        self.size, self.count = size, 0
        self.data = {
            "obs": np.zeros((size, obs_dim), np.float32), "act": np.zeros((size, act_dim), np.float32),
            "rew": np.zeros(size, np.float32), "next_obs": np.zeros((size, obs_dim), np.float32),
            "not_done": np.zeros(size, np.float32),
        }

    def add(self, **items):
        for name, value in items.items():
            self.data[name][self.count % self.size] = value
        self.count += 1

    def sample(self, n):
        idx = np.random.randint(min(self.count, self.size), size=n)
        return {name: array[idx] for name, array in self.data.items()}


def train(steps=50_000):
    env = gym.wrappers.RescaleAction(gym.make("Pendulum-v1"), -1.0, 1.0)
    agent = SACAgent(env.observation_space.shape[0], env.action_space.shape[0])
    replay = Replay(steps, env.observation_space.shape[0], env.action_space.shape[0])
    obs, _ = env.reset(seed=0)
    ep_ret = 0.0
    for step in range(steps):
        act = agent.select_action(obs) if step > 1000 else env.action_space.sample()
        next_obs, rew, terminated, truncated, _ = env.step(act)
        replay.add(obs=obs, act=act, rew=rew, next_obs=next_obs, not_done=1.0 - terminated)
        obs, ep_ret = next_obs, ep_ret + rew
        if terminated or truncated:
            obs, _ = env.reset()
            print(step, round(ep_ret, 1))
            ep_ret = 0.0
        if step > 1000:
            info = agent.update(replay.sample(256))
            if step % 1000 == 0:
                print({name: float(value) for name, value in info.items()})


if __name__ == "__main__":
    train()
