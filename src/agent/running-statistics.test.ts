import { describe, expect, test } from "vitest";
import { RunningStatistics } from "./running-statistics.ts";

describe("running statistics", () => {
  test("equal Gymnasium 1.3's RunningMeanStd in float64, from the prior on", () => {
    const statistics = new RunningStatistics(2);
    const expected = [
      {
        mean: [2.9997000299970003, -0.9999000099990001],
        variance: [0.0009998100279963007, 0.00019997000399950008],
      },
      {
        mean: [3.9998000099995004, -0.24998750062496866],
        variance: [1.0007999200059996, 0.5625249985938282],
      },
      { mean: [3.999866671110963, 0.5833138895370156], variance: [0.6672110751869751, 1.7638747686111205] },
    ];
    for (const [i, vector] of [
      [3, -1],
      [5, 0.5],
      [4, 2.25],
    ].entries()) {
      statistics.add(vector);
      for (let j = 0; j < 2; j++) {
        expect(statistics.mean[j]).toBeCloseTo(expected[i]!.mean[j]!, 13);
        expect(statistics.variance[j]).toBeCloseTo(expected[i]!.variance[j]!, 13);
      }
    }
    expect(statistics.count).toBeCloseTo(3.0001, 13);
  });

  test("survive JSON and go on to the same bits", () => {
    const first = new RunningStatistics(1);
    for (const x of [0.1, 7.3, -2.9]) first.add([x]);
    const second = new RunningStatistics(1);
    second.restore(JSON.parse(JSON.stringify(first.state())));
    first.add([1 / 3]);
    second.add([1 / 3]);
    expect(second.state()).toEqual(first.state());
  });

  test("refuse a state of another size", () => {
    expect(() => new RunningStatistics(3).restore(new RunningStatistics(2).state())).toThrow(
      "vectors of 3 numbers",
    );
  });
});
