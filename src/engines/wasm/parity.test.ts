// Engine against engine: after a thousand updates on the same data, rounding may have led them apart a little, and
// no further than this.

import { expect, it } from "vitest";
import { freshLearner } from "../../../test/bits/fresh-learner.ts";
import { RandomStream } from "../../random/index.ts";
import type { Engine } from "../engine.ts";
import { onnxruntimeEngine } from "../onnxruntime/index.ts";
import { wasmEngine } from "./index.ts";

const [observationSize, actionSize, batchSize] = [5, 2, 64];
const spec = { observationSize, actionSize, batchSize, hidden: [64, 64], gamma: 0.99, tau: 0.005 };

/** α, entropy and critic loss, the latter two as means of the last hundred of 1,000 updates. */
async function afterUpdates(engine: Engine) {
  const random = new RandomStream(3, "parity");
  const { learner, batch, noise } = await freshLearner(engine, spec, random);
  let [entropy, criticLoss, alpha] = [0, 0, 0];
  for (let i = 0; i < 1000; i++) {
    for (const array of [batch.observation, batch.nextObservation]) random.fillNormal(array);
    for (const array of [noise.noise, noise.nextNoise]) random.fillNormal(array);
    for (let j = 0; j < batch.action.length; j++) batch.action[j] = random.uniformBetween(-1, 1);
    // Something to learn: actions along the observation pay.
    for (let j = 0; j < batchSize; j++) {
      batch.reward[j] = batch.observation[j * observationSize]! * batch.action[j * actionSize]!;
    }
    const metrics = await learner.update(batch, noise, i);
    alpha = metrics.alpha;
    if (i < 900) continue;
    entropy += metrics.entropy / 100;
    criticLoss += metrics.criticLoss / 100;
  }
  await learner.dispose();
  await engine.dispose();
  return { alpha, entropy, criticLoss };
}

it("after 1,000 updates α agrees to 1e-4, entropy to 1% and the critic's loss to 2%", async () => {
  const ours = await afterUpdates(await wasmEngine());
  const theirs = await afterUpdates(await onnxruntimeEngine());
  expect(Math.abs(ours.alpha - theirs.alpha)).toBeLessThan(1e-4);
  expect(Math.abs(ours.entropy / theirs.entropy - 1)).toBeLessThan(0.01);
  expect(Math.abs(ours.criticLoss / theirs.criticLoss - 1)).toBeLessThan(0.02);
});
