// Every variant of the update against float64 PyTorch, as trajectory.test.ts does for plain SAC: the same weights, batches
// and draws must give the same trajectory, on both engines with 1 and 2 threads.

import { describe, expect, it } from "vitest";
import { readTrajectories } from "../../test/fixtures/sac/trajectory.ts";
import { readVariants, type VariantUpdate } from "../../test/fixtures/sac/variants.ts";
import { toColumns } from "../agent/action-scale.ts";
import { type Batch, Learner } from "../agent/learner.ts";
import type { Engine } from "../engines/engine.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import type { Network } from "./network.ts";
import type { LayerValues } from "./packing.ts";
import { createTemperature, temperatureSettings } from "./temperature.ts";

const { trajectories, sizes, settings, arrays } = readVariants();
const batches = readTrajectories().arrays;

const rows = (of: typeof arrays, name: string, update: number) => {
  const { shape, values } = of.get(name)!;
  const size = values.length / shape[0]!;
  return values.subarray(update * size, (update + 1) * size);
};

const layersOf = (prefix: string): LayerValues[] =>
  ["hidden1", "hidden2", "output"].map((layer) => ({
    weight: arrays.get(`${prefix}.${layer}.weight`)!.values,
    bias: arrays.get(`${prefix}.${layer}.bias`)!.values,
  }));

function batchAt(name: string, update: number): Batch {
  const { choices } = trajectories[name]!;
  const columns = new Float32Array(sizes.batch * choices!.reduce((total, n) => total + n, 0));
  toColumns(choices!, rows(arrays, `${name}/choice`, update), columns);
  return {
    observation: rows(batches, "batch/observation", update),
    action: columns,
    reward: rows(batches, "batch/reward", update),
    nextObservation: rows(batches, "batch/nextObservation", update),
    discount: rows(batches, "batch/terminated", update).map((ended) => (1 - ended) * settings.gamma),
  };
}

function learner(name: string, engine: Engine): Promise<Learner> {
  const { temperature, choices } = trajectories[name]!;
  return Learner.create({
    engine,
    spec: {
      observationSize: sizes.observation,
      actionSize: choices!.length,
      choices,
      hidden: sizes.hidden,
      batchSize: sizes.batch,
      tau: settings.tau,
    },
    temperature: createTemperature(
      temperatureSettings({ ...temperature, loss: temperature.lossForm }, choices!),
    ),
    learningRate: settings.learningRate,
    weights: {
      actor: layersOf(`${name}/initial/actor`),
      critics: [1, 2].map((i) => layersOf(`${name}/initial/critic${i}`)),
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

const engines = [1, 2].flatMap((threads) => [
  { engine: "onnxruntime", threads, make: () => onnxruntimeEngine({ threads }) },
  { engine: "wasm", threads, make: () => wasmEngine({ threads }) },
]);

describe.each(Object.keys(trajectories))("the %s trajectory in float64 PyTorch", (name) => {
  it.each(engines)("is followed for 100 updates by $engine with $threads threads", async ({ make }) => {
    const engine = await make();
    const own = await learner(name, engine);
    const { updates } = trajectories[name]!;
    const compare = async (after: number) => {
      const { actor, critics, targets } = own.networks;
      for (const network of [actor, ...critics, ...targets] as Network[]) {
        const theirs = layersOf(`${name}/after${after}/${network.spec.name}`);
        const distance = relativeDistance(await own.layersOf(network), theirs);
        expect(distance, `${network.spec.name} after ${after}`).toBeLessThan(1e-5);
      }
    };
    // Relative to a quantity's usual size where it happens to cross zero.
    const usual = (of: keyof VariantUpdate) =>
      updates.reduce((total, update) => total + Math.abs(update[of]), 0) / updates.length;
    for (const [i, theirs] of updates.entries()) {
      const ours = await own.update(batchAt(name, i), {}, 0);
      const told: VariantUpdate = {
        ...ours,
        logAlphaBefore: Math.log(ours.alpha),
        logAlphaAfter: ours.logAlpha,
      };
      for (const quantity of Object.keys(theirs) as (keyof VariantUpdate)[]) {
        const error = Math.abs(told[quantity] - theirs[quantity]) / usual(quantity);
        expect(error, `${quantity} at update ${i + 1}: ${told[quantity]}, ${theirs[quantity]}`).toBeLessThan(
          1e-5,
        );
      }
      if (i === 0) await compare(1);
    }
    await compare(updates.length);
    await own.dispose();
    await engine.dispose();
  });
});
