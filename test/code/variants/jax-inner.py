import jax
import jax.numpy as jnp


def make_update(actor, critic, alpha_optimizer, action_size):
    target_entropy = -0.5 * action_size

    def update(params, target_params, log_alpha, batch, key):
        alpha = jnp.exp(log_alpha)
        dist = actor.apply(params.actor, batch.obs)
        action, log_prob = dist.sample_and_log_prob(seed=key)
        next_q = critic.apply(target_params.critic, batch.next_obs, action).min(-1)
        next_v = next_q - alpha * log_prob

        def actor_loss_fn(actor_params):
            q_action = critic.apply(params.critic, batch.obs, action).min(-1)
            actor_loss = alpha * log_prob - q_action
            return actor_loss.mean()

        def alpha_loss_fn(log_alpha):
            alpha = jnp.exp(log_alpha)
            alpha_loss = alpha * jax.lax.stop_gradient(-log_prob - target_entropy)
            return jnp.mean(alpha_loss)

        loss, grads = jax.value_and_grad(alpha_loss_fn)(log_alpha)
        return loss, grads
