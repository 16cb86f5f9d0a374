// RLlib's SAC logs α, its loss, the target and log π in its results; what is missing are the settings that the log is
// judged by, and a file that holds both.

export const RLLIB = `import json
from ray.rllib.callbacks.callbacks import RLlibCallback


class TemperatureLog(RLlibCallback):
    """Keeps what decides in temperature.jsonl. config.callbacks(TemperatureLog)"""

    def on_train_result(self, *, algorithm, result, **kwargs):
        learner = result["learners"]["default_policy"]
        keep = ("alpha_value", "alpha_loss", "target_entropy", "logps", "policy_loss", "qf_loss")
        row = {name: float(learner[name]) for name in keep if name in learner}
        row["num_env_steps_sampled_lifetime"] = result["num_env_steps_sampled_lifetime"]
        row["episode_return_mean"] = result.get("env_runners", {}).get("episode_return_mean")
        with open("temperature.jsonl", "a") as file:
            file.write(json.dumps(row) + "\\n")
`;
