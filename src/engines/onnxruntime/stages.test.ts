// Which graphs come apart into stages, and that the parts together compute what the whole does.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestError } from "../../../test/engines/against-reference.ts";
import {
  type AdamBlock,
  add,
  defineGraph,
  type Graph,
  gradients,
  input,
  matmul,
  mean,
  multiply,
  negate,
  polyakStep,
  relu,
  square,
  state,
  subtract,
  sum,
  type Tensor,
  tanh,
  topologicalOrder,
} from "../../graph/index.ts";
import { adam } from "../../sac/adam.ts";
import { sacUpdate } from "../../sac/update.ts";
import { onnxruntimeEngine } from "./index.ts";
import { stagesOf } from "./stages.ts";

const engine = await onnxruntimeEngine();
const [stepSize, epsilon] = [input("stepSize", []), input("epsilon", [])];
const shape = [3, 3];

const block = (name: string): AdamBlock => ({
  parameter: state(name, shape),
  moment1: state(`${name}/moment1`, shape),
  moment2: state(`${name}/moment2`, shape),
});
const updatesOf = (name: string, { parameter, moment1, moment2 }: AdamBlock) => ({
  [name]: parameter,
  [`${name}/moment1`]: moment1,
  [`${name}/moment2`]: moment2,
});
const optimise = (old: AdamBlock, loss: Tensor) =>
  adam(old, gradients(loss, [old.parameter])[0]!, { stepSize, epsilon });

/** A critic that fits x, an actor that follows the new critic, a target that follows the critic. */
function chain() {
  const x = input("x", shape);
  const [critic, actor, target] = [block("critic"), block("actor"), state("target", shape)];
  const criticLoss = mean(square(subtract(tanh(matmul(x, critic.parameter)), target)));
  const newCritic = optimise(critic, criticLoss);
  const actorLoss = mean(relu(matmul(matmul(x, actor.parameter), newCritic.parameter)));
  const newActor = optimise(actor, actorLoss);
  const newTarget = polyakStep(target, newCritic.parameter, 0.1);
  const updates = {
    ...updatesOf("critic", newCritic),
    ...updatesOf("actor", newActor),
    target: newTarget,
  };
  return { x, critic, actor, target, criticLoss, actorLoss, newCritic, newActor, newTarget, updates };
}

/** Numbers of stages, of Adam's steps in each, and of targets moved. */
const form = (graph: Graph) => {
  const { stages, polyak } = stagesOf(graph);
  return { adam: stages.map((stage) => stage.adam.length), polyak: polyak.length };
};

const expectExact = async (graph: Graph) => expect(await largestError(engine, graph)).toBeLessThan(1e-5);

describe("the SAC update", () => {
  const spec = { observationSize: 5, actionSize: 2, hidden: [16, 12], batchSize: 8, gamma: 0.99, tau: 0.05 };
  const graph = sacUpdate(spec);

  it("splits in two, with every optimiser's step and target taken out", () => {
    const { stages, polyak } = stagesOf(graph);
    expect(stages).toHaveLength(2);
    expect(
      stages.map(({ adam }) =>
        adam.map(({ states }) => (states[0]!.op as { name: string }).name.split("/")[0]),
      ),
    ).toEqual([
      Array.from({ length: stages[0]!.adam.length }, () => expect.stringMatching(/^critic/)),
      Array.from({ length: stages[1]!.adam.length }, () => "actor"),
    ]);
    expect(stages.flatMap(({ graph }) => [...graph.updates])).toEqual([]);
    expect(3 * stages.flatMap(({ adam }) => adam).length + polyak.length).toBe(graph.updates.size);
  });

  it("gives the same as the reference", async () => {
    await expectExact(graph);
  });

  it("splits with one hidden layer too", async () => {
    const one = sacUpdate({ ...spec, hidden: [7] });
    expect(stagesOf(one).stages).toHaveLength(2);
    await expectExact(one);
  });

  it("with tau 1 copies the critics into the targets", async () => {
    await expectExact(sacUpdate({ ...spec, tau: 1 }));
  });
});

describe("a graph with optimisers", () => {
  it("has a stage for each optimiser that waits for another", async () => {
    const { criticLoss, actorLoss, updates } = chain();
    const graph = defineGraph({ outputs: { criticLoss, actorLoss }, updates });
    expect(form(graph)).toEqual({ adam: [1, 1], polyak: 1 });
    await expectExact(graph);
  });

  it("may update other states from new parameters", async () => {
    const { newCritic, updates } = chain();
    const [copy, scaled] = [state("copy", shape), state("scaled", shape)];
    const graph = defineGraph({
      outputs: { sum: sum(add(copy, scaled)) },
      updates: { ...updates, copy: newCritic.parameter, scaled: multiply(newCritic.parameter, 2) },
    });
    expect(form(graph).adam).toEqual([1, 1]);
    await expectExact(graph);
  });

  it("computes updates that only the last stage's new values allow", async () => {
    const old = block("w");
    const renewed = optimise(old, mean(square(matmul(input("x", shape), old.parameter))));
    const [copy, norm] = [state("copy", shape), state("norm", [])];
    const graph = defineGraph({
      outputs: { before: norm, copied: mean(copy) },
      updates: { ...updatesOf("w", renewed), copy: renewed.parameter, norm: sum(square(renewed.parameter)) },
    });
    expect(form(graph)).toEqual({ adam: [1, 0], polyak: 0 });
    await expectExact(graph);
  });

  it("may show moments, before and after, beside what comes later", async () => {
    const { critic, newCritic, actorLoss, updates } = chain();
    await expectExact(
      defineGraph({
        outputs: {
          both: add(sum(critic.moment1), actorLoss),
          after: add(sum(newCritic.moment1), actorLoss),
          new: mean(newCritic.moment2),
        },
        updates,
      }),
    );
  });

  it("moves no target that a later stage still reads", async () => {
    const { actor, target, newCritic, newTarget, actorLoss } = chain();
    const newActor = optimise(actor, add(actorLoss, mean(multiply(actor.parameter, target))));
    const graph = defineGraph({
      outputs: { actorLoss },
      updates: { ...updatesOf("critic", newCritic), ...updatesOf("actor", newActor), target: newTarget },
    });
    expect(form(graph)).toEqual({ adam: [1, 1], polyak: 1 });
    await expectExact(graph);
  });

  it("stays whole where an old parameter is needed after its step", async () => {
    const { critic, actorLoss, updates } = chain();
    const graph = defineGraph({ outputs: { y: multiply(actorLoss, mean(critic.parameter)) }, updates });
    expect(stagesOf(graph).stages).toHaveLength(1);
    await expectExact(graph);
  });

  it("keeps an optimiser inside where its states are asked for", async () => {
    const { critic, updates, criticLoss } = chain();
    await expectExact(
      defineGraph({ outputs: { old: critic.parameter, moment: critic.moment2, criticLoss }, updates }),
    );
  });

  it("is computed whatever form the gradient has", async () => {
    const x = input("x", shape);
    for (const gradient of [x, negate(x), multiply(x, 0.5), subtract(0, x), state("g", shape)]) {
      const renewed = adam(block("w"), gradient, { stepSize, epsilon });
      await expectExact(
        defineGraph({ outputs: { y: sum(renewed.parameter) }, updates: updatesOf("w", renewed) }),
      );
    }
  });

  it("is computed whatever else is asked of it", async () => {
    const { x, critic, actor, target, newCritic, newActor, newTarget, criticLoss, actorLoss, updates } =
      chain();
    const others = [
      x,
      critic.parameter,
      actor.moment1,
      target,
      newCritic.moment1,
      newActor.parameter,
      newTarget,
    ];
    const nodes = topologicalOrder([...Object.values(updates), criticLoss, actorLoss]).filter(
      ({ op }) => op.kind !== "constant",
    );
    const anything = fc.oneof(fc.constantFrom(...nodes), fc.constantFrom(...others));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anything, anything), { maxLength: 3 }),
        fc.option(fc.constantFrom(...nodes.filter((node) => node.shape.length === 2 && node.shape[0] === 3))),
        fc.nat(),
        async (asked, copied, seed) => {
          const copy = state("copy", shape);
          const outputs = Object.fromEntries(
            asked.map(([a, b], i) => [`y${i}`, i === 0 ? a : add(sum(a), sum(b))]),
          );
          const graph = defineGraph({
            outputs: { ...outputs, copy: sum(copy) },
            updates: { ...updates, ...(copied ? { copy: copied } : {}) },
          });
          const error = await largestError(engine, graph, { runs: 2, seed });
          expect(error).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);

  it("and one without them is a single stage", async () => {
    const w = state("w", shape);
    const graph = defineGraph({ outputs: { y: sum(w) }, updates: { w: multiply(w, 0.5) } });
    expect(form(graph)).toEqual({ adam: [0], polyak: 0 });
    await expectExact(graph);
  });
});
