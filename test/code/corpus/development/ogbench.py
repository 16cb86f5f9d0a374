import copy
from functools import partial
from typing import Any

import flax
import jax
import jax.numpy as jnp
import ml_collections
import optax

from utils.flax_utils import ModuleDict, TrainState, nonpytree_field
from utils.networks import Actor, LogParam, Value


class SACAgent(flax.struct.PyTreeNode):
    """Soft actor-critic: one total loss, whose parts take their gradients where grad_params are given."""

    rng: Any
    network: Any
    config: Any = nonpytree_field()

    def critic_loss(self, batch, grad_params, rng):
        next_dist = self.network.select('actor')(batch['next_observations'])
        next_actions, next_log_probs = next_dist.sample_and_log_prob(seed=rng)
        next_qs = self.network.select('target_critic')(batch['next_observations'], next_actions)
        next_q = jnp.min(next_qs, axis=0)
        target_q = batch['rewards'] + self.config['discount'] * batch['masks'] * next_q
        target_q = target_q - (
            self.config['discount'] * batch['masks'] * next_log_probs * self.network.select('alpha')()
        )
        q = self.network.select('critic')(batch['observations'], batch['actions'], params=grad_params)
        critic_loss = jnp.square(q - target_q).mean()
        return critic_loss, {'critic_loss': critic_loss, 'q_mean': q.mean()}

    def actor_loss(self, batch, grad_params, rng):
        # Actor loss.
        dist = self.network.select('actor')(batch['observations'], params=grad_params)
        actions, log_probs = dist.sample_and_log_prob(seed=rng)
        qs = self.network.select('critic')(batch['observations'], actions)
        q = jnp.mean(qs, axis=0)
        actor_loss = (log_probs * self.network.select('alpha')() - q).mean()

        # Entropy loss.
        alpha = self.network.select('alpha')(params=grad_params)
        entropy = -jax.lax.stop_gradient(log_probs).mean()
        alpha_loss = (alpha * (entropy - self.config['target_entropy'])).mean()

        total_loss = actor_loss + alpha_loss
        return total_loss, {'actor_loss': actor_loss, 'alpha_loss': alpha_loss, 'alpha': alpha, 'entropy': entropy}

    @jax.jit
    def total_loss(self, batch, grad_params, rng=None):
        info = {}
        rng, actor_rng, critic_rng = jax.random.split(rng if rng is not None else self.rng, 3)
        critic_loss, critic_info = self.critic_loss(batch, grad_params, critic_rng)
        actor_loss, actor_info = self.actor_loss(batch, grad_params, actor_rng)
        info.update({f'critic/{k}': v for k, v in critic_info.items()})
        info.update({f'actor/{k}': v for k, v in actor_info.items()})
        return critic_loss + actor_loss, info

    def target_update(self, network, module_name):
        new_target_params = jax.tree_util.tree_map(
            lambda p, tp: p * self.config['tau'] + tp * (1 - self.config['tau']),
            self.network.params[f'modules_{module_name}'],
            self.network.params[f'modules_target_{module_name}'],
        )
        network.params[f'modules_target_{module_name}'] = new_target_params

    @jax.jit
    def update(self, batch):
        new_rng, rng = jax.random.split(self.rng)
        new_network, info = self.network.apply_loss_fn(loss_fn=lambda p: self.total_loss(batch, p, rng=rng))
        self.target_update(new_network, 'critic')
        return self.replace(network=new_network, rng=new_rng), info

    @classmethod
    def create(cls, seed, ex_observations, ex_actions, config):
        rng, init_rng = jax.random.split(jax.random.PRNGKey(seed))
        action_dim = ex_actions.shape[-1]
        if config['target_entropy'] is None:
            config['target_entropy'] = -config['target_entropy_multiplier'] * action_dim
        critic_def = Value(hidden_dims=config['value_hidden_dims'], num_ensembles=2)
        actor_def = Actor(hidden_dims=config['actor_hidden_dims'], action_dim=action_dim, tanh_squash=True)
        alpha_def = LogParam()
        network_def = ModuleDict({'critic': critic_def, 'target_critic': copy.deepcopy(critic_def),
                                  'actor': actor_def, 'alpha': alpha_def})
        params = network_def.init(init_rng, critic=(ex_observations, ex_actions),
                                  target_critic=(ex_observations, ex_actions), actor=(ex_observations,), alpha=())
        network = TrainState.create(network_def, params['params'], tx=optax.adam(learning_rate=3e-4))
        return cls(rng, network=network, config=flax.core.FrozenDict(**config))
