"""SBX's own update of a preset, as a worker for ../sbx.ts: its algorithm's class with `train(1, batch)` on its own replay buffer,
full of random transitions. Nothing of it is changed.

`--sbx` is a checkout of SBX; `--sb3` one of Stable-Baselines3, where that is not installed. Where TensorFlow Probability is not
installed, `distributions.py` beside this stands in for the one distribution that SBX takes from it.
"""

import os
import sys

from worker import options, serve

PRESETS = {
    "sac": ("SAC", "MlpPolicy", {}, {}),
    "crossq": ("CrossQ", "MlpPolicy", {}, {"net_arch": {"pi": [256, 256], "qf": [1024, 1024]}}),
    "tqc": ("TQC", "MlpPolicy", {"top_quantiles_to_drop_per_net": 2}, {"n_quantiles": 25}),
    "simba": ("SAC", "SimbaPolicy", {"learning_rate": 1e-4}, {"net_arch": {"pi": [128], "qf": [256, 256]}}),
}


def main():
    parser = options(__doc__)
    parser.add_argument("--preset", choices=PRESETS, default="sac")
    parser.add_argument("--sbx", required=True)
    parser.add_argument("--sb3")
    arguments = parser.parse_args()
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={str(arguments.threads > 1).lower()}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    sys.path[:0] = [arguments.sbx, *([arguments.sb3] if arguments.sb3 else [])]
    import distributions

    stand_in = distributions.install_where_missing()
    import gymnasium
    import jax
    import jax.numpy as jnp
    import numpy as np
    import sbx
    import torch
    from stable_baselines3.common.logger import configure

    torch.set_num_threads(1)
    observation, action, batch = arguments.observation_dim, arguments.action_dim, arguments.batch

    class Nothing(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (observation,), np.float32)
        action_space = gymnasium.spaces.Box(-1, 1, (action,), np.float32)

    algorithm, policy, settings, policy_settings = PRESETS[arguments.preset]
    model = getattr(sbx, algorithm)(policy, Nothing(), batch_size=batch, buffer_size=100_000, seed=0,
                                    policy_kwargs=policy_settings, **settings)
    model.set_logger(configure(None, []))
    random, replay = np.random.default_rng(0), model.replay_buffer
    for rows in (replay.observations, replay.next_observations, replay.rewards):
        rows[:] = random.standard_normal(rows.shape, np.float32)
    replay.actions[:] = np.tanh(random.standard_normal(replay.actions.shape, np.float32))
    replay.dones[:] = random.random(replay.dones.shape) < 0.01
    replay.full = True

    # TQC has a state for each critic.
    critics = [name for name in ("qf_state", "qf1_state", "qf2_state") if hasattr(model.policy, name)]

    def update():
        model.train(1, batch)
        jax.block_until_ready([getattr(model.policy, state).params for state in critics])

    def multiply(size):
        a = jnp.asarray(random.standard_normal((size, size), np.float32))
        product = jax.jit(jnp.matmul)
        return lambda: product(a, a).block_until_ready()

    serve({"sbx": sbx.__version__, "jax": jax.__version__, "threads": arguments.threads, "standIn": stand_in}, update, multiply)


if __name__ == "__main__":
    main()
