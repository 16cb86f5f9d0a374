// TQC's parts: the truncated mixture beside sorting, its loss and slope beside loops.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineGraph, evaluate, gradients, input } from "../graph/index.ts";
import { leastRows, quantileLoss, truncated } from "./quantiles.ts";

/** The values of a column, ascending. */
const column = (values: ArrayLike<number>, batch: number, i: number) =>
  Array.from(values)
    .filter((_, at) => at % batch === i)
    .sort((a, b) => a - b);

describe("the least rows", () => {
  it("are those that sorting gives, ties as often as they come", () => {
    const cases = fc
      .record({ rows: fc.integer({ min: 1, max: 17 }), batch: fc.integer({ min: 1, max: 3 }) })
      .chain(({ rows, batch }) =>
        fc.record({
          rows: fc.constant(rows),
          batch: fc.constant(batch),
          count: fc.integer({ min: 1, max: rows }),
          // Few values, so that there are ties.
          x: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: rows * batch, maxLength: rows * batch }),
        }),
      );
    fc.assert(
      fc.property(cases, ({ rows, batch, count, x }) => {
        const graph = defineGraph({ outputs: { least: leastRows(input("x", [rows, batch]), count) } });
        const { least } = evaluate(graph, { inputs: { x } }).outputs;
        expect(least).toHaveLength(count * batch);
        for (let i = 0; i < batch; i++)
          expect(column(least!, batch, i)).toEqual(column(x, batch, i).slice(0, count));
      }),
    );
  });

  it("of the mixture are what is left once each critic's share has been dropped", () => {
    const z = ["a", "b"].map((name) => input(name, [3, 1]));
    const graph = defineGraph({ outputs: { kept: truncated(z, { each: 3, dropped: 1 }) } });
    const { kept } = evaluate(graph, { inputs: { a: [5, 1, 9], b: [8, 7, 2] } }).outputs;
    // Both of the greatest may be one critic's.
    expect(column(kept!, 1, 0)).toEqual([1, 2, 5, 7]);
  });
});

describe("the quantile Huber loss", () => {
  const [each, targets, batch] = [3, 2, 2];
  const q = [0.2, -1.4, 0.9, 3, -0.3, 0.25];
  const y = [0.7, 2.6, -0.1, -2];

  const byLoops = (values: readonly number[]) => {
    let total = 0;
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < each; i++) {
        for (let j = 0; j < targets; j++) {
          const delta = y[j * batch + b]! - values[i * batch + b]!;
          const huber = Math.abs(delta) > 1 ? Math.abs(delta) - 0.5 : delta ** 2 / 2;
          total += Math.abs((i + 0.5) / each - (delta < 0 ? 1 : 0)) * huber;
        }
      }
    }
    return total / (batch * each * targets);
  };
  const quantiles = input("q", [each, batch]);
  const loss = quantileLoss([quantiles], input("y", [targets, batch]));
  const [slope] = gradients(loss, [quantiles]);
  const { outputs } = evaluate(defineGraph({ outputs: { loss, slope: slope! } }), { inputs: { q, y } });

  it("is what loops give", () => {
    expect(outputs.loss![0]).toBeCloseTo(byLoops(q), 12);
  });

  it("by hand: one quantile of two, 3 above it, weighs τ · (3 − ½)", () => {
    const one = defineGraph({
      outputs: { loss: quantileLoss([input("q", [2, 1])], input("y", [1, 1])) },
    });
    // τ = ¼ and ¾; δ = 3 and −0.5: (¼ · 2.5 + ¼ · 0.125) / 2
    expect(evaluate(one, { inputs: { q: [0, 3.5], y: [3] } }).outputs.loss![0]).toBeCloseTo(0.328125, 12);
  });

  it("has the slope that central differences have", () => {
    q.forEach((_, i) => {
      const moved = (by: number) => byLoops(q.map((value, at) => (at === i ? value + by : value)));
      expect(outputs.slope![i]).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 7);
    });
  });
});
