// The graphs of every variant's update, computed node by node in float64, against float64 PyTorch: what both compute must be the
// same number but for the order of its sums. How far float32 may part from it is in variants.test.ts.

import { expect, it } from "vitest";
import { readTrajectories } from "../../test/fixtures/sac/trajectory.ts";
import { batchAt, drawsAt, layersOf, specOf } from "../../test/fixtures/sac/variant-inputs.ts";
import { readVariants, type VariantUpdate } from "../../test/fixtures/sac/variants.ts";
import { evaluate, type Graph } from "../graph/index.ts";
import { adamStep, initialBetaPowers, nextBetaPowers } from "./adam.ts";
import type { Network } from "./network.ts";
import { momentNames, sacNetworks } from "./networks.ts";
import { createTemperature, temperatureSettings } from "./temperature.ts";
import { splitUpdate } from "./update.ts";

const { trajectories, sizes, settings } = readVariants();
const ended = readTrajectories().arrays.get("batch/terminated")!.values;
const UPDATES = { crossqAtAKink: 100 } as Readonly<Record<string, number>>;

it.each(Object.keys(trajectories))("%s is PyTorch's to 1e-9", (name) => {
  const {
    temperature,
    choices,
    policyDelay = 1,
    weightDecay = 0,
    renormWarmup = 0,
    beta1,
    updates,
  } = trajectories[name]!;
  const spec = specOf(name);
  const networks = sacNetworks(spec);
  const graphs = splitUpdate(spec);
  const state = initialState(name, networks);
  const own = createTemperature(
    temperatureSettings({ ...temperature, loss: temperature.lossForm }, choices ?? sizes.action),
  );
  const powers = { critics: initialBetaPowers, actor: initialBetaPowers };

  updates.slice(0, UPDATES[name] ?? 20).forEach((theirs, i) => {
    const run = (entry: keyof typeof graphs, warm: boolean) => {
      powers[entry] = nextBetaPowers(powers[entry], beta1);
      const { size, epsilon } = adamStep(settings.learningRate, powers[entry], beta1);
      const inputs = {
        ...batchAt(name, i),
        ...drawsAt(name, i),
        discount: discountsAt(i),
        alpha: [own.alpha],
        stepSize: [size],
        epsilon: [epsilon],
        keep: [1 - settings.learningRate * weightDecay],
        warm: [warm ? 1 : 0],
      };
      const { outputs, updates: after } = evaluate(graphs[entry] as Graph, { inputs, state });
      Object.assign(state, after);
      return Object.fromEntries(Object.entries(outputs).map(([output, [value]]) => [output, value!]));
    };
    const ofCritics = run("critics", i >= renormWarmup);
    const ofActor = i % policyDelay === 0 ? run("actor", i / policyDelay >= renormWarmup) : {};
    const told = { ...ofCritics, ...ofActor } as Partial<VariantUpdate>;
    for (const quantity of ["criticLoss", "qMean", "actorLoss", "entropy"] as const) {
      if (theirs[quantity] === undefined) continue;
      const error = Math.abs(told[quantity]! - theirs[quantity]) / Math.max(1, Math.abs(theirs[quantity]));
      expect(error, `${quantity} at update ${i + 1}: ${told[quantity]}, ${theirs[quantity]}`).toBeLessThan(
        1e-9,
      );
    }
    if (told.entropy !== undefined) own.update(told.entropy, 0);
    expect(Math.abs(own.logAlpha - theirs.logAlphaAfter)).toBeLessThan(1e-9);
  });
});

function initialState(name: string, { actor, critics, targets }: ReturnType<typeof sacNetworks>) {
  const state: Record<string, Float64Array> = {};
  const write = (network: Network, from: string) => {
    const values = network.pack(layersOf(`${name}/initial/${from}`));
    [...network.blocks, ...(network.statistics ? [network.statistics] : [])].forEach((block, i) => {
      state[block.name] = Float64Array.from(values[i]!);
      for (const moment of momentNames(block.name)) state[moment] = new Float64Array(values[i]!.length);
    });
  };
  write(actor, "actor");
  for (const [i, critic] of critics.entries()) {
    write(critic, `critic${i + 1}`);
    if (targets[i]) write(targets[i], `critic${i + 1}`);
  }
  return state;
}

function discountsAt(update: number): Float64Array {
  const rows = ended.subarray(update * sizes.batch, (update + 1) * sizes.batch);
  return Float64Array.from(rows, (end) => (1 - end) * settings.gamma);
}
