"""Real Stable-Baselines3 or real SBX, from whatever checkout PYTHONPATH names, on a Gymnasium task: environment steps a
second with one update a step, the first of them not timed. Prints one JSON line.

    PYTHONPATH=CHECKOUT python bench/peers/framework.py --framework sb3 --env Pendulum-v1 --hidden 64,64 --batch-size 64
"""

import argparse
import json
import os
import time

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--framework", choices=["sb3", "sbx"], required=True)
options.add_argument("--env", default="Pendulum-v1")
options.add_argument("--hidden", default="256,256")
options.add_argument("--batch-size", type=int, default=256)
options.add_argument("--steps", type=int, default=6000)
options.add_argument("--warm-up", type=int, default=3000)
options.add_argument("--threads", type=int, default=1)
options.add_argument("--seed", type=int, default=1)
arguments = options.parse_args()

# Before anything of theirs is imported.
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(arguments.threads)
os.environ.setdefault("JAX_PLATFORMS", "cpu")
if arguments.threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import gymnasium  # noqa: E402
import stable_baselines3  # noqa: E402
import torch  # noqa: E402
from stable_baselines3.common.callbacks import BaseCallback  # noqa: E402

torch.set_num_threads(arguments.threads)
versions = {
    "stable_baselines3": stable_baselines3.__version__,
    "gymnasium": gymnasium.__version__,
}
if arguments.framework == "sbx":
    import distributions
    import jax

    stand_in = distributions.install_where_missing()
    import sbx

    SAC = sbx.SAC
    versions.update(sbx=sbx.__version__, jax=jax.__version__)
    if stand_in:
        versions.update(distributions="of our own")
else:
    SAC = stable_baselines3.SAC
    versions.update(torch=torch.__version__)


class Clock(BaseCallback):
    def _on_training_start(self):
        self.began = None

    def _on_step(self):
        if self.began is None and self.num_timesteps >= arguments.warm_up:
            self.began = (time.perf_counter(), self.num_timesteps)
        return True

    def _on_training_end(self):
        self.ended = (time.perf_counter(), self.num_timesteps)


clock = Clock()
model = SAC(
    "MlpPolicy",
    gymnasium.make(arguments.env),
    batch_size=arguments.batch_size,
    policy_kwargs={"net_arch": [int(width) for width in arguments.hidden.split(",")]},
    seed=arguments.seed,
    device="cpu" if arguments.framework == "sb3" else "auto",
)
model.learn(arguments.steps, callback=clock)
(start, first), (end, last) = clock.began, clock.ended
print(json.dumps({"stepsPerSecond": (last - first) / (end - start), "versions": versions}))
