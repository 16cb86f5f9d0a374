"""SAC on a real Gymnasium task in eager PyTorch, lean. The update is torch_sac.py's, the loop gymnasium_loop.py's.

    python bench/peers/halfcheetah_torch.py --env HalfCheetah-v5 --steps 10000 --threads 2 --seed 1
"""

import torch
from gymnasium_loop import BATCH, options, train
from torch_sac import TorchSAC, mkl_instruction_set


class TorchAgent:
    def __init__(self, settings, arguments):
        torch.manual_seed(arguments.seed)
        torch.set_num_threads(arguments.threads)
        self.sac, self.action_size = TorchSAC(settings), settings.action

    def unit_action(self, observation, deterministic=False):
        size = 1, self.action_size
        noise = torch.zeros(size) if deterministic else torch.randn(size)
        with torch.no_grad():
            action, _ = self.sac.actor(torch.as_tensor(observation, dtype=torch.float32)[None], noise)
        return action[0].numpy()

    def update(self, batch):
        noises = torch.randn(2, BATCH, self.action_size)
        self.sac.update(tuple(torch.from_numpy(field) for field in batch), *noises)

    def temperature(self, batch, seed):
        """α, and the policy's entropy in nats over unit actions."""
        noise = torch.randn((BATCH, self.action_size), generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            _, log_prob = self.sac.actor(torch.from_numpy(batch[0]), noise)
        return {"alpha": self.sac.log_alpha.exp().item(), "entropy": -log_prob.mean().item()}

    def about(self):
        return {"torch": torch.__version__, "mkl": mkl_instruction_set()}


if __name__ == "__main__":
    train(options(__doc__).parse_args(), TorchAgent)
