"""The SAC update in JAX, built as SBX builds it, as a worker for ../update.ts.

Pure functions under one jit, twin critics as one vmapped ensemble, optax.adam, the key split inside, the state's
buffers donated; batches come from a NumPy replay. One call is one update and is waited for, as between two steps of
an environment; `--updates-per-call N` scans over N batches instead, as SBX does where gradient_steps is above 1.
"""

import os
from functools import partial

import jax
import jax.numpy as jnp
import optax
from worker import Replay, options, serve, settings_of


def initial_mlp(key, widths):
    """Layers [{"kernel": [in, out], "bias": [out]}], uniform within 1/√in."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        key, kernel, bias = jax.random.split(key, 3)
        limit = inputs**-0.5
        layers.append({
            "kernel": jax.random.uniform(kernel, (inputs, outputs), minval=-limit, maxval=limit),
            "bias": jax.random.uniform(bias, (outputs,), minval=-limit, maxval=limit),
        })
    return layers


def mlp(layers, x):
    *hidden, last = layers
    for layer in hidden:
        x = jax.nn.relu(x @ layer["kernel"] + layer["bias"])
    return x @ last["kernel"] + last["bias"]


def sample(settings, actor, observation, noise):
    """The unit action [batch, action] that `noise` draws, and its log π [batch]."""
    mean, log_std = jnp.split(mlp(actor, observation), 2, axis=-1)
    log_std = jnp.clip(log_std, settings.log_std_min, settings.log_std_max)
    u = mean + jnp.exp(log_std) * noise
    gaussian = -0.5 * noise**2 - log_std - 0.5 * jnp.log(2 * jnp.pi)
    log_prob = gaussian - 2 * (jnp.log(2.0) - u - jax.nn.softplus(-2 * u))
    return jnp.tanh(u), log_prob.sum(-1)


def q_values(critics, observation, action):
    """[critic, batch]"""
    x = jnp.concatenate([observation, action], axis=-1)
    return jax.vmap(mlp, in_axes=(0, None))(critics, x)[..., 0]


class JaxSAC:
    """The pure functions of one update; the state is a dict of parameters, targets and optimiser states."""

    def __init__(self, settings):
        self.settings = settings
        self.optimizer = optax.adam(settings.learning_rate)
        self.alpha_optimizer = optax.adam(settings.alpha_learning_rate)

    def initial_state(self, actor, critics):
        """@param critics one pytree whose leaves have a leading axis of 2"""
        log_alpha = jnp.log(jnp.asarray(self.settings.initial_alpha, actor[0]["bias"].dtype))
        return {
            "actor": actor, "actor_optimizer": self.optimizer.init(actor),
            "critics": critics, "critic_optimizer": self.optimizer.init(critics),
            "targets": jax.tree.map(jnp.copy, critics),
            "log_alpha": log_alpha, "alpha_optimizer": self.alpha_optimizer.init(log_alpha),
        }

    def random_state(self, key):
        settings = self.settings
        actor_key, *critic_keys = jax.random.split(key, 3)
        widths = [settings.observation + settings.action, *settings.hidden, 1]
        critics = jax.vmap(lambda k: initial_mlp(k, widths))(jnp.stack(critic_keys))
        actor = initial_mlp(actor_key, [settings.observation, *settings.hidden, 2 * settings.action])
        return self.initial_state(actor, critics)

    def update(self, state, batch, next_noise, noise):
        """Batch as Replay.sample gives it; noises [batch, action]. Returns the new state and the losses."""
        alpha = jnp.exp(state["log_alpha"])
        state, critic_loss = self.update_critics(state, alpha, batch, next_noise)
        state, actor_loss, entropy = self.update_actor(state, alpha, batch[0], noise)
        state, alpha_loss = self.update_temperature(state, entropy)
        targets = optax.incremental_update(state["critics"], state["targets"], self.settings.tau)
        return state | {"targets": targets}, (critic_loss, actor_loss, alpha_loss)

    def update_critics(self, state, alpha, batch, noise):
        observation, action, reward, next_observation, terminated = batch
        next_action, next_log_prob = sample(self.settings, state["actor"], next_observation, noise)
        next_q = q_values(state["targets"], next_observation, next_action).min(0)
        y = reward + self.settings.gamma * (1 - terminated) * (next_q - alpha * next_log_prob)

        def loss_of(critics):
            return 0.5 * ((q_values(critics, observation, action) - y) ** 2).mean(1).sum()

        loss, gradients = jax.value_and_grad(loss_of)(state["critics"])
        changes, optimizer = self.optimizer.update(gradients, state["critic_optimizer"])
        critics = optax.apply_updates(state["critics"], changes)
        return state | {"critics": critics, "critic_optimizer": optimizer}, loss

    def update_actor(self, state, alpha, observation, noise):
        def loss_of(actor):
            action, log_prob = sample(self.settings, actor, observation, noise)
            q = q_values(state["critics"], observation, action).min(0)
            return (alpha * log_prob - q).mean(), -log_prob.mean()

        (loss, entropy), gradients = jax.value_and_grad(loss_of, has_aux=True)(state["actor"])
        changes, optimizer = self.optimizer.update(gradients, state["actor_optimizer"])
        actor = optax.apply_updates(state["actor"], changes)
        return state | {"actor": actor, "actor_optimizer": optimizer}, loss, entropy

    def update_temperature(self, state, entropy):
        def loss_of(log_alpha):
            coefficient = log_alpha if self.settings.alpha_loss == "log-alpha" else jnp.exp(log_alpha)
            return coefficient * (entropy - self.settings.target_entropy)

        loss, gradient = jax.value_and_grad(loss_of)(state["log_alpha"])
        change, optimizer = self.alpha_optimizer.update(gradient, state["alpha_optimizer"])
        log_alpha = optax.apply_updates(state["log_alpha"], change)
        return state | {"log_alpha": log_alpha, "alpha_optimizer": optimizer}, loss


def multiply(size):
    a, b = (jax.random.normal(jax.random.key(i), (size, size)) for i in range(2))
    product = jax.jit(jnp.matmul)
    return lambda: product(a, b).block_until_ready()


def limit_threads(threads):
    """One thread, or as many as there are cores. XLA reads this when it first computes."""
    if threads == 1:
        flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        os.environ["XLA_FLAGS"] = f"{flags} {os.environ.get('XLA_FLAGS', '')}".strip()


def main():
    parser = options(__doc__)
    parser.add_argument("--updates-per-call", type=int, default=1)
    arguments = parser.parse_args()
    limit_threads(arguments.threads)
    settings = settings_of(arguments)
    sac, replay = JaxSAC(settings), Replay(settings)

    per_call, shape = arguments.updates_per_call, (arguments.batch, settings.action)

    def one(carried, batch):
        state, key = carried
        key, next_key, now_key = jax.random.split(key, 3)
        state, losses = sac.update(state, batch, jax.random.normal(next_key, shape), jax.random.normal(now_key, shape))
        return (state, key), losses

    @partial(jax.jit, donate_argnums=0)
    def step(carried, batches):
        return one(carried, batches) if per_call == 1 else jax.lax.scan(one, carried, batches)

    carried = sac.random_state(jax.random.key(0)), jax.random.key(1)

    def update():
        nonlocal carried
        size = arguments.batch if per_call == 1 else (per_call, arguments.batch)
        carried, losses = step(carried, replay.sample(size))
        jax.block_until_ready(losses)

    info = {
        "jax": jax.__version__,
        "jaxlib": jax.lib.__version__,
        "threads": arguments.threads,
        "xlaFlags": os.environ.get("XLA_FLAGS", ""),
        "updatesPerCall": per_call,
    }
    serve(info, update, multiply, per_call)


if __name__ == "__main__":
    main()
