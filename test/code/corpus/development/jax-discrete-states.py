# SAC-Discrete in one file: flax, optax, compiled environments. Categorical policy, expectation over all actions.
from dataclasses import dataclass
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
import tyro
from flax import struct
from flax.training.train_state import TrainState

import envs


@dataclass(frozen=True)
class Args:
    env_name: str = "CartPole-v1"
    seed: int = 1
    num_steps: int = 200_000
    learning_starts: int = 1_000
    buffer_size: int = 50_000
    batch_size: int = 128
    gamma: float = 0.99
    tau: float = 0.01
    lr: float = 2.5e-4
    alpha_lr: float = 5e-4
    entropy_ratio: float = 0.4
    """the target entropy as a part of that of the uniform policy"""


class CriticState(TrainState):
    target_params: dict = None


@struct.dataclass
class Memory:
    obs: jnp.ndarray
    action: jnp.ndarray
    reward: jnp.ndarray
    next_obs: jnp.ndarray
    end: jnp.ndarray
    size: int = 0


@struct.dataclass
class RunState:
    actor: TrainState
    critic: CriticState
    alpha: TrainState
    memory: Memory
    env_state: struct.PyTreeNode
    obs: jnp.ndarray
    rng: jax.Array


class Head(nn.Module):
    num_actions: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(64)(x))
        x = nn.tanh(nn.Dense(64)(x))
        return nn.Dense(self.num_actions)(x)


class Critics(nn.Module):
    num_actions: int

    @nn.compact
    def __call__(self, x):
        return Head(self.num_actions, name="q1")(x), Head(self.num_actions, name="q2")(x)


class LogAlpha(nn.Module):
    @nn.compact
    def __call__(self):
        return self.param("log_alpha", nn.initializers.zeros, ())


def create(args: Args, env, env_params):
    num_actions = env.action_space(env_params).n
    rng = jax.random.PRNGKey(args.seed)
    rng, k_env, k_actor, k_critic, k_alpha = jax.random.split(rng, 5)
    obs, env_state = env.reset(k_env, env_params)
    actor_net, critic_net, log_alpha = Head(num_actions), Critics(num_actions), LogAlpha()
    critic_params = critic_net.init(k_critic, obs)
    state = RunState(
        actor=TrainState.create(
            apply_fn=actor_net.apply, params=actor_net.init(k_actor, obs), tx=optax.adam(args.lr)
        ),
        critic=CriticState.create(
            apply_fn=critic_net.apply,
            params=critic_params,
            target_params=critic_params,
            tx=optax.adam(args.lr),
        ),
        alpha=TrainState.create(
            apply_fn=log_alpha.apply, params=log_alpha.init(k_alpha), tx=optax.adam(args.alpha_lr)
        ),
        memory=Memory(
            obs=jnp.zeros((args.buffer_size, *obs.shape)),
            action=jnp.zeros(args.buffer_size, jnp.int32),
            reward=jnp.zeros(args.buffer_size),
            next_obs=jnp.zeros((args.buffer_size, *obs.shape)),
            end=jnp.zeros(args.buffer_size, bool),
        ),
        env_state=env_state,
        obs=obs,
        rng=rng,
    )
    return state, args.entropy_ratio * jnp.log(num_actions)


def policy(params, apply_fn, obs):
    log_probs = jax.nn.log_softmax(apply_fn(params, obs))
    return jnp.exp(log_probs), log_probs


@partial(jax.jit, static_argnames=("args",))
def learn(args: Args, target_entropy, state: RunState, rows):
    actor, critic, alpha_state, memory = state.actor, state.critic, state.alpha, state.memory
    obs, next_obs = memory.obs[rows], memory.next_obs[rows]
    alpha = jnp.exp(alpha_state.apply_fn(alpha_state.params))

    next_probs, next_log_probs = policy(actor.params, actor.apply_fn, next_obs)
    next_q1, next_q2 = critic.apply_fn(critic.target_params, next_obs)
    next_v = (next_probs * (jnp.minimum(next_q1, next_q2) - alpha * next_log_probs)).sum(axis=-1)
    returns = memory.reward[rows] + args.gamma * jnp.where(memory.end[rows], 0.0, next_v)

    def critic_loss(params):
        q1, q2 = critic.apply_fn(params, obs)
        chosen = memory.action[rows][:, None]
        q1 = jnp.take_along_axis(q1, chosen, axis=1).squeeze(1)
        q2 = jnp.take_along_axis(q2, chosen, axis=1).squeeze(1)
        return optax.l2_loss(q1, returns).mean() + optax.l2_loss(q2, returns).mean()

    def actor_loss(params):
        probs, log_probs = policy(params, actor.apply_fn, obs)
        q = jnp.minimum(*critic.apply_fn(critic.params, obs))
        gain = jnp.sum(probs * (q - alpha * log_probs), axis=-1)
        entropies = -jnp.sum(probs * log_probs, axis=-1)
        return -gain.mean(), entropies

    def alpha_loss(params, entropies):
        return alpha_state.apply_fn(params) * jnp.mean(entropies - target_entropy)

    critic = critic.apply_gradients(grads=jax.grad(critic_loss)(critic.params))
    grads, entropies = jax.grad(actor_loss, has_aux=True)(actor.params)
    actor = actor.apply_gradients(grads=grads)
    alpha_state = alpha_state.apply_gradients(grads=jax.grad(alpha_loss)(alpha_state.params, entropies))
    critic = critic.replace(
        target_params=optax.incremental_update(critic.params, critic.target_params, args.tau)
    )
    return state.replace(actor=actor, critic=critic, alpha=alpha_state), {
        "alpha": alpha,
        "entropy": entropies.mean(),
        "q": next_v.mean(),
    }


def act(env, env_params, args, state: RunState):
    rng, k_action, k_step, k_reset = jax.random.split(state.rng, 4)
    action = jax.random.categorical(k_action, state.actor.apply_fn(state.actor.params, state.obs))
    next_obs, env_state, reward, done, info = env.step_env(k_step, state.env_state, action, env_params)
    # The time limit ends an episode too, but cuts no value off.
    end = done & ~info["time_limit"]
    slot = state.memory.size % args.buffer_size
    memory = state.memory
    memory = memory.replace(
        obs=memory.obs.at[slot].set(state.obs),
        action=memory.action.at[slot].set(action),
        reward=memory.reward.at[slot].set(reward),
        next_obs=memory.next_obs.at[slot].set(next_obs),
        end=memory.end.at[slot].set(end),
        size=memory.size + 1,
    )
    fresh_obs, fresh_state = env.reset(k_reset, env_params)
    obs = jnp.where(done, fresh_obs, next_obs)
    env_state = jax.tree.map(lambda a, b: jnp.where(done, a, b), fresh_state, env_state)
    return state.replace(memory=memory, env_state=env_state, obs=obs, rng=rng)


if __name__ == "__main__":
    args = tyro.cli(Args)
    env, env_params = envs.make(args.env_name)
    state, target_entropy = create(args, env, env_params)
    for step in range(args.num_steps):
        state = act(env, env_params, args, state)
        if step > args.learning_starts:
            rows = jax.random.randint(
                jax.random.PRNGKey(step), (args.batch_size,), 0, min(step, args.buffer_size)
            )
            state, info = learn(args, target_entropy, state, rows)
            if step % 1000 == 0:
                print(step, {k: float(v) for k, v in info.items()})
