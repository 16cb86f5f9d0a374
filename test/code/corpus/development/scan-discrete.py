"""Discrete SAC with the whole training inside one jit: vectorised gymnax environments, a scan over steps."""

from typing import Any

import flax
import flax.linen as nn
import gymnax
import jax
import jax.numpy as jnp
import optax

CONFIG = {
    "ENV": "Breakout-MinAtar",
    "NUM_ENVS": 16,
    "TOTAL": 5_000_000,
    "BUFFER": 100_000,
    "BATCH": 128,
    "START": 5_000,
    "LR": 3e-4,
    "ALPHA_LR": 3e-4,
    "GAMMA": 0.99,
    "TAU": 0.005,
    "TARGET_RATIO": 0.3,
}


class Torso(nn.Module):
    outputs: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Conv(16, (3, 3))(x.astype(jnp.float32)))
        x = nn.relu(nn.Dense(128)(x.reshape((x.shape[0], -1))))
        return nn.Dense(self.outputs)(x)


class Twin(nn.Module):
    outputs: int

    @nn.compact
    def __call__(self, x):
        return Torso(self.outputs)(x), Torso(self.outputs)(x)


@flax.struct.dataclass
class Replay:
    data: Any
    at: jax.Array
    size: jax.Array


@flax.struct.dataclass
class Runner:
    actor: Any
    critic: Any
    critic_targ: Any
    log_alpha: jax.Array
    actor_os: Any
    critic_os: Any
    alpha_os: Any
    replay: Replay
    env_state: Any
    obs: jax.Array
    rng: jax.Array
    t: jax.Array


def write(replay, rows, capacity, n):
    where = (replay.at + jnp.arange(n)) % capacity
    data = jax.tree_util.tree_map(lambda store, new: store.at[where].set(new), replay.data, rows)
    return Replay(data=data, at=(replay.at + n) % capacity, size=jnp.minimum(replay.size + n, capacity))


def make_train(config):
    env, env_params = gymnax.make(config["ENV"])
    env_params = env_params.replace(max_steps_in_episode=2**30)
    n_actions = env.num_actions
    actor, critic = Torso(n_actions), Twin(n_actions)
    tx_actor, tx_critic = optax.adam(config["LR"]), optax.adam(config["LR"])
    tx_alpha = optax.adam(config["ALPHA_LR"])
    target_entropy = config["TARGET_RATIO"] * jnp.log(n_actions)

    def critic_loss(critic_params, runner, batch):
        next_logits = actor.apply(runner.actor, batch["next_obs"])
        next_probs = jax.nn.softmax(next_logits)
        next_logp = jax.nn.log_softmax(next_logits)
        tq1, tq2 = critic.apply(runner.critic_targ, batch["next_obs"])
        next_v = jnp.sum(next_probs * (jnp.minimum(tq1, tq2) - jnp.exp(runner.log_alpha) * next_logp), axis=-1)
        td_target = batch["reward"] + config["GAMMA"] * (1.0 - batch["terminal"]) * next_v
        td_target = jax.lax.stop_gradient(td_target)
        q1, q2 = critic.apply(critic_params, batch["obs"])
        pick = lambda q: jnp.take_along_axis(q, batch["action"][:, None], axis=-1).squeeze(-1)
        return jnp.mean((pick(q1) - td_target) ** 2 + (pick(q2) - td_target) ** 2)

    def actor_loss(actor_params, critic_params, log_alpha, batch):
        logits = actor.apply(actor_params, batch["obs"])
        probs, logp = jax.nn.softmax(logits), jax.nn.log_softmax(logits)
        q = jnp.minimum(*critic.apply(critic_params, batch["obs"]))
        loss = jnp.sum(probs * (jnp.exp(log_alpha) * logp - q), axis=-1).mean()
        entropy = -jnp.sum(probs * logp, axis=-1)
        return loss, entropy

    def alpha_loss(log_alpha, entropy):
        return jnp.mean(log_alpha * (entropy - target_entropy))

    def learn(runner):
        rng, key = jax.random.split(runner.rng)
        rows = jax.random.randint(key, (config["BATCH"],), 0, runner.replay.size)
        batch = jax.tree_util.tree_map(lambda store: store[rows], runner.replay.data)

        c_loss, g = jax.value_and_grad(critic_loss)(runner.critic, runner, batch)
        up, critic_os = tx_critic.update(g, runner.critic_os)
        critic_params = optax.apply_updates(runner.critic, up)

        (a_loss, entropy), g = jax.value_and_grad(actor_loss, has_aux=True)(
            runner.actor, critic_params, runner.log_alpha, batch
        )
        up, actor_os = tx_actor.update(g, runner.actor_os)
        actor_params = optax.apply_updates(runner.actor, up)

        g = jax.grad(alpha_loss)(runner.log_alpha, entropy)
        up, alpha_os = tx_alpha.update(g, runner.alpha_os)
        log_alpha = optax.apply_updates(runner.log_alpha, up)

        targ = optax.incremental_update(critic_params, runner.critic_targ, config["TAU"])
        runner = runner.replace(
            actor=actor_params, critic=critic_params, critic_targ=targ, log_alpha=log_alpha,
            actor_os=actor_os, critic_os=critic_os, alpha_os=alpha_os, rng=rng,
        )
        return runner, {"critic": c_loss, "actor": a_loss, "entropy": entropy.mean(), "alpha": jnp.exp(log_alpha)}

    def env_step(runner, _):
        rng, act_key, step_key = jax.random.split(runner.rng, 3)
        logits = actor.apply(runner.actor, runner.obs)
        action = jax.random.categorical(act_key, logits)
        next_obs, env_state, reward, done, _ = jax.vmap(env.step, in_axes=(0, 0, 0, None))(
            jax.random.split(step_key, config["NUM_ENVS"]), runner.env_state, action, env_params
        )
        # There is no step limit: whatever is done has terminated.
        rows = {"obs": runner.obs, "action": action, "reward": reward, "next_obs": next_obs, "terminal": done.astype(jnp.float32)}
        replay = write(runner.replay, rows, config["BUFFER"], config["NUM_ENVS"])
        t = runner.t + config["NUM_ENVS"]
        runner = runner.replace(replay=replay, env_state=env_state, obs=next_obs, rng=rng, t=t)
        idle = {"critic": 0.0, "actor": 0.0, "entropy": 0.0, "alpha": jnp.exp(runner.log_alpha)}
        return jax.lax.cond(t > config["START"], learn, lambda r: (r, idle), runner)

    def train(rng):
        rng, k0, k1, k2 = jax.random.split(rng, 4)
        obs, env_state = jax.vmap(env.reset, in_axes=(0, None))(jax.random.split(k0, config["NUM_ENVS"]), env_params)
        actor_params, critic_params = actor.init(k1, obs), critic.init(k2, obs)
        log_alpha = jnp.asarray(0.0)
        empty = {
            "obs": jnp.zeros((config["BUFFER"], *obs.shape[1:]), obs.dtype),
            "action": jnp.zeros(config["BUFFER"], jnp.int32),
            "reward": jnp.zeros(config["BUFFER"]),
            "next_obs": jnp.zeros((config["BUFFER"], *obs.shape[1:]), obs.dtype),
            "terminal": jnp.zeros(config["BUFFER"]),
        }
        runner = Runner(
            actor=actor_params, critic=critic_params, critic_targ=critic_params, log_alpha=log_alpha,
            actor_os=tx_actor.init(actor_params), critic_os=tx_critic.init(critic_params),
            alpha_os=tx_alpha.init(log_alpha), replay=Replay(data=empty, at=jnp.asarray(0), size=jnp.asarray(0)),
            env_state=env_state, obs=obs, rng=rng, t=jnp.asarray(0),
        )
        return jax.lax.scan(env_step, runner, None, length=config["TOTAL"] // config["NUM_ENVS"])

    return train


if __name__ == "__main__":
    runner, metrics = jax.jit(make_train(CONFIG))(jax.random.PRNGKey(0))
    print(jax.tree_util.tree_map(lambda x: x[-1], metrics))
