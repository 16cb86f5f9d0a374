"""Anakin SAC: environments, buffer and learner live in one compiled scan."""

from typing import Any, Dict, NamedTuple, Tuple

import chex
import flax.linen as nn
import hydra
import jax
import jax.numpy as jnp
import optax
from omegaconf import DictConfig, OmegaConf

from mava_like import envs as environments
from mava_like import item_buffer
from mava_like.logging import LogAggregator


class OnlineAndTarget(NamedTuple):
    online: Any
    target: Any


class SACParams(NamedTuple):
    actor: Any
    q: OnlineAndTarget
    log_alpha: chex.Array


class SACOptStates(NamedTuple):
    actor: optax.OptState
    q: optax.OptState
    alpha: optax.OptState


class Transition(NamedTuple):
    obs: chex.Array
    action: chex.Array
    reward: chex.Array
    discount: chex.Array
    next_obs: chex.Array


class LearnerState(NamedTuple):
    params: SACParams
    opt_states: SACOptStates
    buffer_state: Any
    key: chex.PRNGKey
    env_state: Any
    timestep: Any


class TanhGaussianActor(nn.Module):
    action_dim: int
    min_log_scale: float = -10.0
    max_log_scale: float = 2.0

    @nn.compact
    def __call__(self, obs: chex.Array) -> Tuple[chex.Array, chex.Array]:
        h = obs
        for width in (256, 256):
            h = nn.silu(nn.Dense(width, kernel_init=nn.initializers.orthogonal(jnp.sqrt(2)))(h))
        loc = nn.Dense(self.action_dim)(h)
        log_scale = nn.Dense(self.action_dim)(h)
        return loc, jnp.clip(log_scale, self.min_log_scale, self.max_log_scale)


class QNetwork(nn.Module):
    @nn.compact
    def __call__(self, obs: chex.Array, action: chex.Array) -> chex.Array:
        h = jnp.concatenate([obs, action], axis=-1)
        for width in (256, 256):
            h = nn.silu(nn.Dense(width)(h))
        return jnp.squeeze(nn.Dense(1)(h), axis=-1)


class DoubleQNetwork(nn.Module):
    @nn.compact
    def __call__(self, obs: chex.Array, action: chex.Array) -> chex.Array:
        ensemble = nn.vmap(
            QNetwork,
            in_axes=None,
            out_axes=-1,
            axis_size=2,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        return ensemble()(obs, action)


def sample_and_log_prob(key: chex.PRNGKey, loc: chex.Array, log_scale: chex.Array):
    noise = jax.random.normal(key, loc.shape)
    pre_tanh = loc + jnp.exp(log_scale) * noise
    gaussian = -0.5 * jnp.square(noise) - log_scale - 0.5 * jnp.log(2.0 * jnp.pi)
    log_det_jacobian = 2.0 * (jnp.log(2.0) - pre_tanh - jax.nn.softplus(-2.0 * pre_tanh))
    return jnp.tanh(pre_tanh), jnp.sum(gaussian - log_det_jacobian, axis=-1)


def get_update_step(env, apply_fns, update_fns, buffer_fns, config: DictConfig):
    actor_apply, q_apply = apply_fns
    actor_update, q_update, alpha_update = update_fns
    buffer_add, buffer_sample = buffer_fns

    def _alpha_loss_fn(log_alpha, actor_params, batch: Transition, key):
        _, log_prob = sample_and_log_prob(key, *actor_apply(actor_params, batch.obs))
        alpha = jnp.exp(log_alpha)
        alpha_loss = alpha * jax.lax.stop_gradient(-log_prob - config.system.target_entropy)
        return jnp.mean(alpha_loss), {"alpha": alpha, "entropy": -jnp.mean(log_prob)}

    def _q_loss_fn(q_params, target_q_params, actor_params, log_alpha, batch: Transition, key):
        q_tm1 = q_apply(q_params, batch.obs, batch.action)
        next_action, next_log_prob = sample_and_log_prob(key, *actor_apply(actor_params, batch.next_obs))
        q_t = q_apply(target_q_params, batch.next_obs, next_action)
        v_t = jnp.min(q_t, axis=-1) - jnp.exp(log_alpha) * next_log_prob
        bootstrapped = batch.reward + config.system.gamma * batch.discount * v_t
        td_error = q_tm1 - jax.lax.stop_gradient(bootstrapped)[..., None]
        return 0.5 * jnp.mean(jnp.square(td_error)), {"q": jnp.mean(q_tm1)}

    def _actor_loss_fn(actor_params, q_params, log_alpha, batch: Transition, key):
        action, log_prob = sample_and_log_prob(key, *actor_apply(actor_params, batch.obs))
        q_action = jnp.min(q_apply(q_params, batch.obs, action), axis=-1)
        actor_loss = jnp.exp(log_alpha) * log_prob - q_action
        return jnp.mean(actor_loss), {"log_prob": jnp.mean(log_prob)}

    def _env_step(state: LearnerState, _: Any):
        key, policy_key = jax.random.split(state.key)
        loc, log_scale = actor_apply(state.params.actor, state.timestep.observation)
        action, _ = sample_and_log_prob(policy_key, loc, log_scale)
        env_state, timestep = jax.vmap(env.step)(state.env_state, action)
        transition = Transition(
            obs=state.timestep.observation,
            action=action,
            reward=timestep.reward,
            discount=timestep.discount,
            next_obs=timestep.extras["next_obs"],
        )
        return state._replace(key=key, env_state=env_state, timestep=timestep), transition

    def _update_epoch(carry, _: Any):
        params, opt_states, buffer_state, key = carry
        key, sample_key, alpha_key, q_key, actor_key = jax.random.split(key, 5)
        batch = buffer_sample(buffer_state, sample_key).experience

        alpha_grads, alpha_info = jax.grad(_alpha_loss_fn, has_aux=True)(
            params.log_alpha, params.actor, batch, alpha_key
        )
        q_grads, q_info = jax.grad(_q_loss_fn, has_aux=True)(
            params.q.online, params.q.target, params.actor, params.log_alpha, batch, q_key
        )
        actor_grads, actor_info = jax.grad(_actor_loss_fn, has_aux=True)(
            params.actor, params.q.online, params.log_alpha, batch, actor_key
        )

        alpha_updates, alpha_opt_state = alpha_update(alpha_grads, opt_states.alpha)
        log_alpha = optax.apply_updates(params.log_alpha, alpha_updates)
        q_updates, q_opt_state = q_update(q_grads, opt_states.q)
        q_online = optax.apply_updates(params.q.online, q_updates)
        q_target = optax.incremental_update(q_online, params.q.target, config.system.tau)
        actor_updates, actor_opt_state = actor_update(actor_grads, opt_states.actor)
        actor_params = optax.apply_updates(params.actor, actor_updates)

        params = SACParams(actor_params, OnlineAndTarget(q_online, q_target), log_alpha)
        opt_states = SACOptStates(actor_opt_state, q_opt_state, alpha_opt_state)
        return (params, opt_states, buffer_state, key), {**alpha_info, **q_info, **actor_info}

    def _update_step(state: LearnerState, _: Any):
        state, transitions = jax.lax.scan(_env_step, state, None, config.system.rollout_length)
        buffer_state = buffer_add(state.buffer_state, transitions)
        carry = (state.params, state.opt_states, buffer_state, state.key)
        (params, opt_states, buffer_state, key), info = jax.lax.scan(
            _update_epoch, carry, None, config.system.epochs
        )
        state = state._replace(params=params, opt_states=opt_states, buffer_state=buffer_state, key=key)
        return state, info

    return _update_step


def learner_setup(env, key: chex.PRNGKey, config: DictConfig):
    action_dim = env.action_spec().shape[-1]
    config.system.target_entropy = -config.system.target_entropy_scale * action_dim
    actor, q_network = TanhGaussianActor(action_dim), DoubleQNetwork()
    key, actor_key, q_key, env_key = jax.random.split(key, 4)
    obs, act = jnp.zeros((1, *env.observation_spec().shape)), jnp.zeros((1, action_dim))
    q_online = q_network.init(q_key, obs, act)
    params = SACParams(actor.init(actor_key, obs), OnlineAndTarget(q_online, q_online), jnp.zeros(()))

    actor_optim = optax.chain(optax.clip_by_global_norm(0.5), optax.adam(config.system.actor_lr))
    q_optim = optax.chain(optax.clip_by_global_norm(0.5), optax.adam(config.system.q_lr))
    alpha_optim = optax.adam(3e-4, eps=1e-5)
    opt_states = SACOptStates(
        actor_optim.init(params.actor), q_optim.init(params.q.online), alpha_optim.init(params.log_alpha)
    )
    buffer = item_buffer.make(config.system.buffer_size, config.system.batch_size)
    update_fns = (actor_optim.update, q_optim.update, alpha_optim.update)
    step = get_update_step(env, (actor.apply, q_network.apply), update_fns, (buffer.add, buffer.sample), config)
    env_state, timestep = jax.vmap(env.reset)(jax.random.split(env_key, config.arch.num_envs))
    state = LearnerState(params, opt_states, buffer.init(env), key, env_state, timestep)
    return jax.jit(lambda s: jax.lax.scan(step, s, None, config.arch.updates_per_eval)), state


@hydra.main(config_path="../configs", config_name="anakin_sac", version_base="1.2")
def main(cfg: DictConfig) -> None:
    OmegaConf.set_struct(cfg, False)
    env = environments.make(cfg)
    learn, state = learner_setup(env, jax.random.PRNGKey(cfg.arch.seed), cfg)
    logger = LogAggregator(cfg)
    for evaluation in range(cfg.arch.num_evaluation):
        state, info = learn(state)
        metrics: Dict[str, chex.Array] = jax.tree_util.tree_map(jnp.mean, info)
        logger.log(metrics, evaluation)


if __name__ == "__main__":
    main()
