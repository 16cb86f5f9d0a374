// The whole update against float64 PyTorch: the same weights, batches and noise must give the same trajectory.

import { describe, expect, it } from "vitest";
import {
  readTrajectories,
  type TrajectoryName,
  type TrajectoryUpdate,
} from "../../test/fixtures/sac/trajectory.ts";
import { type Batch, Learner, type Noise } from "../agent/learner.ts";
import type { Engine } from "../engines/engine.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import type { Network } from "./network.ts";
import type { LayerValues } from "./packing.ts";
import { createTemperature, temperatureSettings } from "./temperature.ts";

const fixture = readTrajectories();
const { sizes, settings, arrays } = fixture;

const layer = (name: string): LayerValues => ({
  weight: arrays.get(`${name}.weight`)!.values,
  bias: arrays.get(`${name}.bias`)!.values,
});
const join = (a: Float32Array, b: Float32Array) => new Float32Array([...a, ...b]);
/** The policy's head is one layer here, two in the fixture. */
const actor = (prefix: string): LayerValues[] => {
  const [mean, logStd] = [layer(`${prefix}.mean`), layer(`${prefix}.logStd`)];
  const head = { weight: join(mean.weight, logStd.weight), bias: join(mean.bias, logStd.bias) };
  return [layer(`${prefix}.hidden1`), layer(`${prefix}.hidden2`), head];
};
const critic = (prefix: string): LayerValues[] =>
  ["hidden1", "hidden2", "output"].map((name) => layer(`${prefix}.${name}`));

const rows = (name: string, update: number) => {
  const { shape, values } = arrays.get(`batch/${name}`)!;
  const size = values.length / shape[0]!;
  return values.subarray(update * size, (update + 1) * size);
};
const batchAt = (update: number): Batch & Noise => ({
  observation: rows("observation", update),
  action: rows("action", update),
  reward: rows("reward", update),
  nextObservation: rows("nextObservation", update),
  discount: rows("terminated", update).map((ended) => (1 - ended) * settings.gamma),
  noise: rows("noise", update),
  nextNoise: rows("nextNoise", update),
});

async function learner(name: TrajectoryName, engine: Engine): Promise<Learner> {
  const { temperature } = fixture.trajectories[name];
  return Learner.create({
    engine,
    spec: {
      observationSize: sizes.observation,
      actionSize: sizes.action,
      hidden: sizes.hidden,
      batchSize: sizes.batch,
      tau: settings.tau,
    },
    temperature: createTemperature(
      temperatureSettings({ ...temperature, loss: temperature.lossForm }, sizes.action),
    ),
    learningRate: settings.learningRate,
    weights: {
      actor: actor("initial/actor"),
      critics: [critic("initial/critic1"), critic("initial/critic2")],
    },
  });
}

/** ‖a − b‖₂ / ‖b‖₂ over all layers of a network. */
function relativeDistance(a: readonly LayerValues[], b: readonly LayerValues[]): number {
  let [difference, norm] = [0, 0];
  a.forEach((layer, i) => {
    for (const part of ["weight", "bias"] as const) {
      layer[part].forEach((value, j) => {
        difference += (value - b[i]![part][j]!) ** 2;
        norm += b[i]![part][j]! ** 2;
      });
    }
  });
  return Math.sqrt(difference / norm);
}

describe.each(["logAlpha", "alpha"] as const)("the %s trajectory in float64 PyTorch", (name) => {
  it.each([
    // Its kernels differ from processor to processor: one may round a hidden unit to the other side of zero.
    { engine: "onnxruntime", make: onnxruntimeEngine, actorWithin: 2e-4 },
    { engine: "wasm", make: wasmEngine, actorWithin: 1e-5 },
  ])("is followed for 100 updates by $engine", async ({ make, actorWithin }) => {
    const own = await learner(name, await make());
    const { updates } = fixture.trajectories[name];
    // Relative to a quantity's usual size where it happens to cross zero.
    const usual = (of: (update: TrajectoryUpdate) => number) =>
      updates.reduce((total, update) => total + Math.abs(of(update)), 0) / updates.length;
    const scales = {
      criticLoss: 0,
      actorLoss: 0,
      alphaLoss: usual((update) => update.alphaLoss),
      entropy: 0,
      qMean: usual((update) => update.qMean),
      alphaBefore: 0,
      alphaAfter: 0,
    };
    const compare = async (after: number) => {
      const { networks } = own;
      const distance = async (network: Network, b: LayerValues[]) =>
        relativeDistance(await own.layersOf(network), b);
      expect(await distance(networks.actor, actor(`${name}/after${after}/actor`))).toBeLessThan(actorWithin);
      for (const [i, network] of networks.critics.entries()) {
        const n = i + 1;
        expect(await distance(network, critic(`${name}/after${after}/critic${n}`))).toBeLessThan(1e-5);
        const target = networks.targets[i]!;
        expect(await distance(target, critic(`${name}/after${after}/target${n}`))).toBeLessThan(1e-5);
      }
    };
    for (const [i, theirs] of updates.entries()) {
      const batch = batchAt(i);
      const ours = await own.update(batch, batch, 0);
      const pairs = {
        criticLoss: [ours.criticLoss, theirs.criticLoss],
        actorLoss: [ours.actorLoss, theirs.actorLoss],
        alphaLoss: [ours.alphaLoss, theirs.alphaLoss],
        entropy: [ours.entropy, theirs.entropy],
        qMean: [ours.qMean, theirs.qMean],
        alphaBefore: [ours.alpha, Math.exp(theirs.logAlphaBefore)],
        alphaAfter: [Math.exp(ours.logAlpha), Math.exp(theirs.logAlphaAfter)],
      };
      for (const [quantity, [our, their]] of Object.entries(pairs) as [
        keyof typeof scales,
        [number, number],
      ][]) {
        const error = Math.abs(our - their) / Math.max(Math.abs(their), scales[quantity]);
        expect(error, `${quantity} at update ${i + 1}: ${our} against ${their}`).toBeLessThan(1e-5);
      }
      if (i === 0) await compare(1);
    }
    await compare(updates.length);
    await own.dispose();
  });
});
