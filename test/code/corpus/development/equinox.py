import equinox as eqx
import jax
import jax.numpy as jnp
import optax


class Agent(eqx.Module):
    actor: eqx.Module
    q1: eqx.Module
    q2: eqx.Module
    log_temp: jax.Array


def soft_target(agent, slow, batch, key, gamma):
    next_actions, next_log_pi = jax.vmap(agent.actor)(batch["next_obs"], jax.random.split(key, batch["obs"].shape[0]))
    q = jnp.minimum(jax.vmap(slow.q1)(batch["next_obs"], next_actions), jax.vmap(slow.q2)(batch["next_obs"], next_actions))
    return jax.lax.stop_gradient(batch["reward"] + gamma * (1 - batch["done"]) * (q - jnp.exp(agent.log_temp) * next_log_pi))


@eqx.filter_value_and_grad
def critic_loss(critics, batch, target):
    q1, q2 = critics
    loss1 = jnp.mean((jax.vmap(q1)(batch["obs"], batch["action"]) - target) ** 2)
    loss2 = jnp.mean((jax.vmap(q2)(batch["obs"], batch["action"]) - target) ** 2)
    return loss1 + loss2


@eqx.filter_value_and_grad(has_aux=True)
def actor_loss(actor, agent, batch, key):
    actions, log_pi = jax.vmap(actor)(batch["obs"], jax.random.split(key, batch["obs"].shape[0]))
    q = jnp.minimum(jax.vmap(agent.q1)(batch["obs"], actions), jax.vmap(agent.q2)(batch["obs"], actions))
    return jnp.mean(jnp.exp(agent.log_temp) * log_pi - q), log_pi


@jax.value_and_grad
def temp_loss(log_temp, log_pi, target_entropy):
    return -jnp.mean(log_temp * (log_pi + target_entropy))


def make_update(action_size, gamma=0.99, tau=0.005):
    target_entropy = -action_size
    actor_tx, critic_tx, temp_tx = optax.adam(3e-4), optax.adam(3e-4), optax.adam(3e-4)

    @eqx.filter_jit
    def update(agent, slow, opt_states, batch, key):
        actor_state, critic_state, temp_state = opt_states
        critic_key, actor_key = jax.random.split(key)
        target = soft_target(agent, slow, batch, critic_key, gamma)
        c_loss, grads = critic_loss((agent.q1, agent.q2), batch, target)
        updates, critic_state = critic_tx.update(grads, critic_state)
        q1, q2 = eqx.apply_updates((agent.q1, agent.q2), updates)
        (a_loss, log_pi), grads = actor_loss(agent.actor, agent, batch, actor_key)
        updates, actor_state = actor_tx.update(grads, actor_state)
        actor = eqx.apply_updates(agent.actor, updates)
        t_loss, grads = temp_loss(agent.log_temp, jax.lax.stop_gradient(log_pi), target_entropy)
        updates, temp_state = temp_tx.update(grads, temp_state)
        log_temp = optax.apply_updates(agent.log_temp, updates)
        agent = Agent(actor, q1, q2, log_temp)
        slow = jax.tree_util.tree_map(lambda s, a: (1 - tau) * s + tau * a, slow, agent)
        return agent, slow, (actor_state, critic_state, temp_state), (c_loss, a_loss, t_loss)

    return update
