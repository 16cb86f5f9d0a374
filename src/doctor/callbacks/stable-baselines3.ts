// Stable-Baselines3 logs α and its loss by itself; what decides is added by a callback. It draws a batch of its own, so a
// run with it differs from one without in its random numbers.

export const STABLE_BASELINES3 = `import torch
from stable_baselines3.common.callbacks import BaseCallback


class TemperatureLog(BaseCallback):
    """Logs the entropy, its target and the share of actions at their bounds. model.learn(..., callback=TemperatureLog())"""

    def __init__(self, every=100):
        super().__init__()
        self.every = every

    def _on_step(self):
        model = self.model
        if self.n_calls % self.every == 0 and model.num_timesteps > model.learning_starts:
            observations = model.replay_buffer.sample(model.batch_size, env=model._vec_normalize_env).observations
            with torch.no_grad():
                action, log_prob = model.actor.action_log_prob(observations)
            self.logger.record_mean("train/entropy", -log_prob.mean().item())
            self.logger.record("train/action_saturation", (action.abs() > 0.97).float().mean().item())
            if model.target_entropy != "auto":
                self.logger.record("train/target_entropy", float(model.target_entropy))
        return True
`;
