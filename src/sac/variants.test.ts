// Every variant of the update against float64 PyTorch, as trajectory.test.ts does for plain SAC: the same weights, batches
// and draws must give the same trajectory, on both engines with 1 and 2 threads.

import { describe, expect, it } from "vitest";
import { batchAt, drawsAt, layersOf, specOf } from "../../test/fixtures/sac/variant-inputs.ts";
import { readVariants, type VariantUpdate } from "../../test/fixtures/sac/variants.ts";
import { Learner } from "../agent/learner.ts";
import { emptyBatch, ReplayBuffer } from "../agent/replay-buffer.ts";
import type { Engine } from "../engines/engine.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { RandomStream } from "../random/index.ts";
import type { Network } from "./network.ts";
import type { LayerValues } from "./packing.ts";
import { createTemperature, temperatureSettings } from "./temperature.ts";

const { trajectories, sizes, settings } = readVariants();

function learner(name: string, engine: Engine): Promise<Learner> {
  const { temperature, choices, critics = 2, policyDelay = 1, weightDecay = 0 } = trajectories[name]!;
  const { renormWarmup } = trajectories[name]!;
  return Learner.create({
    engine,
    spec: specOf(name),
    temperature: createTemperature(
      temperatureSettings({ ...temperature, loss: temperature.lossForm }, choices ?? sizes.action),
    ),
    learningRate: settings.learningRate,
    policyDelay,
    weightDecay,
    ...(renormWarmup !== undefined && { renormWarmup }),
    weights: {
      actor: layersOf(`${name}/initial/actor`),
      critics: Array.from({ length: critics }, (_, i) => layersOf(`${name}/initial/critic${i + 1}`)),
    },
  });
}

/** ‖a − b‖₂ / ‖b‖₂ over all layers of a network. */
function relativeDistance(a: readonly LayerValues[], b: readonly LayerValues[]): number {
  let [difference, norm] = [0, 0];
  a.forEach((layer, i) => {
    for (const part of ["weight", "bias", "mean", "variance"] as const) {
      layer[part]?.forEach((value, j) => {
        difference += (value - b[i]![part]![j]!) ** 2;
        norm += b[i]![part]![j]! ** 2;
      });
    }
  });
  return Math.sqrt(difference / norm);
}

const engines = [1, 2].flatMap((threads) => [
  { engine: "onnxruntime", threads, make: () => onnxruntimeEngine({ threads }) },
  { engine: "wasm", threads, make: () => wasmEngine({ threads }) },
]);

/**
 * How far a loss or the entropy may be off, relative to its usual size, where it is not 1e-5. Of simba, PyTorch in float32 has an
 * entropy 4.7e-5 away from its own in float64: a sum of log π of several nats that is half a nat.
 */
const bars: Readonly<Record<string, number>> = { simba: 5e-5 };

const followed = Object.keys(trajectories).filter((name) => !trajectories[name]!.float64);

describe.each(followed)("the %s trajectory in float64 PyTorch", (name) => {
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
      updates.reduce((total, update) => total + Math.abs(update[of] ?? 0), 0) / updates.length;
    for (const [i, theirs] of updates.entries()) {
      const ours = await own.update(batchAt(name, i), drawsAt(name, i), 0);
      const told: VariantUpdate = {
        ...ours,
        logAlphaBefore: Math.log(ours.alpha),
        logAlphaAfter: ours.logAlpha,
      };
      for (const quantity of Object.keys(theirs) as (keyof VariantUpdate)[]) {
        const error = Math.abs(told[quantity]! - theirs[quantity]!) / usual(quantity);
        const bar = bars[name] ?? 1e-5;
        expect(error, `${quantity} at update ${i + 1}: ${told[quantity]}, ${theirs[quantity]}`).toBeLessThan(
          bar,
        );
      }
      if (i === 0) await compare(1);
    }
    await compare(updates.length);
    await own.dispose();
    await engine.dispose();
  });
});

describe("n-step returns", () => {
  const { n, gamma, steps, expected } = readVariants().nStep;

  it.each([
    ["all of them", 64],
    ["those that a full buffer still holds", 13],
  ])("are those of float64 Python, across ends and truncations, of %s", (_, capacity) => {
    const buffer = new ReplayBuffer({ capacity, observationSize: 1, actionSize: 1, gamma, nStep: n });
    for (const { observation, reward, next, end } of steps)
      buffer.add(
        [observation],
        [observation / 1000],
        reward,
        [next],
        end === "terminated",
        end === "truncated",
      );
    const again = new ReplayBuffer({ capacity, observationSize: 1, actionSize: 1, gamma, nStep: n });
    again.restore(buffer.state());
    for (const one of [buffer, again]) {
      const batch = emptyBatch(2000, 1, 1);
      one.sample(batch, new RandomStream(1, "n-step"));
      const seen = new Set<number>();
      batch.observation.forEach((observation, i) => {
        const at = steps.findIndex((step) => step.observation === observation);
        seen.add(at);
        expect(batch.nextObservation[i]).toBe(expected[at]!.next);
        expect(batch.reward[i]).toBeCloseTo(expected[at]!.reward, 5);
        expect(batch.discount[i]).toBeCloseTo(expected[at]!.discount, 6);
        expect(batch.action[i]).toBeCloseTo(observation / 1000, 6);
      });
      expect(seen.size).toBe(Math.min(capacity, steps.length));
    }
  });
});
