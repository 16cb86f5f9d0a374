"""SAC on a real Gymnasium task in JAX, as SBX runs it: one jitted update a step, one jitted policy call. The update is
jax_sac.py's, the loop gymnasium_loop.py's.

    python bench/peers/halfcheetah_jax.py --env HalfCheetah-v5 --steps 10000 --threads 2 --seed 1
"""

from functools import partial

from gymnasium_loop import BATCH, options, train
from jax_sac import JaxSAC, jax, limit_threads, sample


class JaxAgent:
    def __init__(self, settings, arguments):
        sac, shape = JaxSAC(settings), (BATCH, settings.action)
        key, self.key = jax.random.split(jax.random.key(arguments.seed))
        self.state, self.settings = sac.random_state(key), settings

        @partial(jax.jit, donate_argnums=0)
        def step(state, key, batch):
            key, next_key, now_key = jax.random.split(key, 3)
            next_noise, noise = jax.random.normal(next_key, shape), jax.random.normal(now_key, shape)
            state, losses = sac.update(state, batch, next_noise, noise)
            return state, key, losses

        @jax.jit
        def draw(actor, observation, key):
            key, noise_key = jax.random.split(key)
            noise = jax.random.normal(noise_key, (1, settings.action))
            return sample(settings, actor, observation[None], noise)[0][0], key

        @jax.jit
        def middle(actor, observation):
            return sample(settings, actor, observation[None], 0.0)[0][0]

        self.step, self.draw, self.middle = step, draw, middle

    def unit_action(self, observation, deterministic=False):
        if deterministic:
            return jax.device_get(self.middle(self.state["actor"], observation))
        action, self.key = self.draw(self.state["actor"], observation, self.key)
        return jax.device_get(action)

    def update(self, batch):
        self.state, self.key, _ = self.step(self.state, self.key, batch)

    def temperature(self, batch, seed):
        """α, and the policy's entropy in nats over unit actions."""
        noise = jax.random.normal(jax.random.key(seed), (BATCH, self.settings.action))
        _, log_prob = sample(self.settings, self.state["actor"], batch[0], noise)
        return {"alpha": float(jax.numpy.exp(self.state["log_alpha"])), "entropy": float(-log_prob.mean())}

    def about(self):
        return {"jax": jax.__version__}


if __name__ == "__main__":
    arguments = options(__doc__).parse_args()
    limit_threads(arguments.threads)
    train(arguments, JaxAgent)
