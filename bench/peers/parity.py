"""Do both peers compute the update of the float64 trajectory in test/fixtures/sac? Run it, read the differences.

Each peer starts from the trajectory's weights, takes its batches and noise, and is compared with it after 1 and 100
updates: ‖Δ‖₂/‖θ‖₂ of every network, and the largest relative difference of the losses over all updates. PyTorch runs
in float32; JAX in float64, as a second opinion about the trajectory itself, and in float32.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax_sac import JaxSAC
from torch_sac import TorchSAC
from worker import Settings

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "sac"
FIELDS = ("observation", "action", "reward", "nextObservation", "terminated")
LOSSES = ("criticLoss", "actorLoss", "alphaLoss")


def read():
    manifest = json.loads(FIXTURES.joinpath("trajectory.json").read_text(encoding="utf-8"))
    values, arrays = np.fromfile(FIXTURES / "trajectory.bin", "<f4"), {}
    for entry in manifest["arrays"]:
        start = entry["offset"]
        arrays[entry["name"]] = values[start : start + int(np.prod(entry["shape"]))].reshape(entry["shape"])
    return manifest, arrays


def settings_of(manifest, temperature):
    sizes = manifest["sizes"]
    return Settings(
        sizes["observation"], sizes["action"], tuple(sizes["hidden"]), temperature["targetEntropy"],
        alpha_learning_rate=temperature["learningRate"], alpha_loss=temperature["lossForm"],
        initial_alpha=temperature["initialAlpha"],
    )


class TorchRun:
    name = "PyTorch float32"

    def __init__(self, settings, arrays):
        self.sac = TorchSAC(settings)
        networks = {"actor": self.sac.actor, "critic1": self.sac.critic1, "critic2": self.sac.critic2}
        self.networks = networks | {"target1": self.sac.target1, "target2": self.sac.target2}
        for name, module in self.networks.items():
            start = layers(arrays, f"initial/{name.replace('target', 'critic')}")
            with torch.no_grad():
                for parameter, value in zip(module.parameters(), start):
                    parameter.copy_(torch.tensor(value))

    def update(self, batch, next_noise, noise):
        tensors = [torch.tensor(field) for field in batch]
        return self.sac.update(tensors, torch.tensor(next_noise), torch.tensor(noise))

    def weights(self):
        return {
            name: [parameter.detach().numpy() for parameter in module.parameters()]
            for name, module in self.networks.items()
        }

    def log_alpha(self):
        return self.sac.log_alpha.item()


class JaxRun:
    def __init__(self, settings, arrays, dtype):
        self.name, self.dtype = f"JAX {dtype}", dtype
        actor = layers(arrays, "initial/actor")
        heads = [np.concatenate(pair) for pair in zip(actor[4:6], actor[6:8])]
        critics = [np.stack(pair) for pair in zip(layers(arrays, "initial/critic1"), layers(arrays, "initial/critic2"))]
        self.sac = JaxSAC(settings)
        self.state = self.sac.initial_state(self.tree([*actor[:4], *heads]), self.tree(critics))
        self.step = jax.jit(self.sac.update)

    def tree(self, values):
        """Layers as jax_sac keeps them, from weights [out, in] and biases in turn."""
        pairs = zip(values[::2], values[1::2])
        as_jax = lambda value: jnp.asarray(value, self.dtype)
        return [{"kernel": as_jax(np.swapaxes(weight, -1, -2)), "bias": as_jax(bias)} for weight, bias in pairs]

    def update(self, batch, next_noise, noise):
        batch, next_noise, noise = jax.tree.map(lambda x: jnp.asarray(x, self.dtype), (batch, next_noise, noise))
        self.state, losses = self.step(self.state, batch, next_noise, noise)
        return [float(loss) for loss in losses]

    def weights(self):
        def flat(tree, index=()):
            layers = [(np.swapaxes(layer["kernel"], -1, -2)[index], layer["bias"][index]) for layer in tree]
            return [np.asarray(value) for layer in layers for value in layer]

        *hidden, weight, bias = flat(self.state["actor"])
        halves = zip(np.split(weight, 2), np.split(bias, 2))
        result = {"actor": [*hidden, *(value for half in halves for value in half)]}
        for i in range(2):
            result |= {f"critic{i + 1}": flat(self.state["critics"], i), f"target{i + 1}": flat(self.state["targets"], i)}
        return result

    def log_alpha(self):
        return float(self.state["log_alpha"])


def layers(arrays, prefix):
    return [values for name, values in arrays.items() if name.startswith(f"{prefix}.")]


def compare(run, name, manifest, arrays):
    trajectory, worst = manifest["trajectories"][name], {}
    for index, expected in enumerate(trajectory["updates"]):
        batch = tuple(arrays[f"batch/{field}"][index] for field in FIELDS)
        losses = run.update(batch, arrays["batch/nextNoise"][index], arrays["batch/noise"][index])
        values = dict(zip(LOSSES, losses)) | {"logAlphaAfter": run.log_alpha()}
        for key, value in values.items():
            scale = max(abs(expected[key]), 1e-12)
            worst[key] = max(worst.get(key, 0), abs(value - expected[key]) / scale)
        count = index + 1
        if f"{name}/after{count}/actor.hidden1.weight" in arrays:
            differences = {}
            for network, values in run.weights().items():
                wanted = np.concatenate([v.ravel() for v in layers(arrays, f"{name}/after{count}/{network}")])
                got = np.concatenate([v.ravel() for v in values]).astype(np.float64)
                differences[network] = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
            print(f"{run.name:16} {name:9} after {count:3}: ", "  ".join(f"{k} {v:.1e}" for k, v in differences.items()))
    print(f"{run.name:16} {name:9} largest: ", "  ".join(f"{k} {v:.1e}" for k, v in worst.items()))


def main():
    jax.config.update("jax_enable_x64", True)
    manifest, arrays = read()
    for name, trajectory in manifest["trajectories"].items():
        settings = settings_of(manifest, trajectory["temperature"])
        for run in (TorchRun(settings, arrays), JaxRun(settings, arrays, "float32"), JaxRun(settings, arrays, "float64")):
            compare(run, name, manifest, arrays)


if __name__ == "__main__":
    main()
