// The founding case in its shortened form: all rows of the example, with small networks.

import { describe, expect, it } from "vitest";
import {
  adviceAsAsked,
  adviceOnAdamOnAlpha,
  adviceOnFast,
  adviceOnSign,
  type Experiment,
  question,
  run,
  type Scale,
  suspects,
  VANISHED,
} from "../examples/alpha-collapse.ts";

const scale: Scale = { hidden: [16, 16], batchSize: 16, engine: "wasm" };
const outcomeOf = (experiment: Experiment) => run(experiment, scale, 1);
const named = (experiments: readonly Experiment[], name: string) => {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined) throw new Error(`no experiment "${name}"`);
  return found;
};

describe("the settings of the question", () => {
  it("keep α above 0.37 for 10,000 updates", async () => {
    const { lowestAlpha, vanished, alphaAtSteadyGap } = await outcomeOf(question);
    expect(lowestAlpha).toBeGreaterThan(0.37);
    expect(vanished).toBeUndefined();
    expect(alphaAtSteadyGap).toBeCloseTo(0.398, 3);
  });
});

describe("suspects", () => {
  it.each(["α-lr 1e-3", "α-lr 1e-3, loss on log α", "4 updates a step", "α starts at 0.1"])(
    "%s: α vanishes within ten episodes",
    async (name) => {
      const { vanished, lowestAlpha } = await outcomeOf(named(suspects, name));
      expect(lowestAlpha).toBeLessThan(VANISHED);
      expect(vanished).toBeLessThanOrEqual(10);
    },
  );

  it.each(["plain SGD on log α, loss on log α", "plain SGD on α itself"])(
    "%s: without Adam, α vanishes at the rate of the question",
    async (name) => {
      expect((await outcomeOf(named(suspects, name))).vanished).toBeLessThanOrEqual(10);
    },
  );

  it("Adam on α itself falls in a straight line, to 0 in ten episodes if the gap stays, and to a tenth as it shrinks", async () => {
    const { alpha, alphaAtSteadyGap } = await outcomeOf(named(suspects, "Adam on α itself"));
    expect(alphaAtSteadyGap).toBeCloseTo(0, 6);
    expect(alpha).toBeLessThan(0.15);
  });

  it.each(["loss on log α", "target −8", "α-lr 3e-4", "plain SGD on log α, loss on α", "sign flipped"])(
    "%s: α does not vanish",
    async (name) => {
      expect((await outcomeOf(named(suspects, name))).vanished).toBeUndefined();
    },
  );

  it("a flipped sign makes α grow, as the entropy starts above its target", async () => {
    expect((await outcomeOf(named(suspects, "sign flipped"))).alpha).toBeGreaterThan(2.5);
  });
});

describe("advice", () => {
  it.each(adviceAsAsked.map(({ name }) => name))("%s: where nothing vanished, nothing does", async (name) => {
    expect((await outcomeOf(named(adviceAsAsked, name))).lowestAlpha).toBeGreaterThan(0.37);
  });

  it("a lower learning rate cures what a higher one did; a lower target and a bound at exp(−10) do not", async () => {
    expect((await outcomeOf(named(adviceOnFast, "α-lr 3e-5"))).vanished).toBeUndefined();
    expect((await outcomeOf(named(adviceOnFast, "target −2.5"))).vanished).toBeLessThanOrEqual(10);
    expect((await outcomeOf(named(adviceOnFast, "log α in [−10, 2]"))).vanished).toBeLessThanOrEqual(10);
    expect((await outcomeOf(named(adviceOnFast, "α ≥ 0.05 instead"))).lowestAlpha).toBeCloseTo(0.05, 12);
  });

  it("a bound at exp(−10) does not help Adam on α itself; log α does", async () => {
    const { alpha } = await outcomeOf(named(suspects, "Adam on α itself"));
    expect((await outcomeOf(named(adviceOnAdamOnAlpha, "log α in [−10, 2]"))).alpha).toBe(alpha);
    expect(
      (await outcomeOf(named(adviceOnAdamOnAlpha, "Adam on log α instead"))).lowestAlpha,
    ).toBeGreaterThan(0.37);
  });

  it("the other advice leaves a flipped sign flipped", async () => {
    const { name } = adviceOnSign[0]!;
    expect((await outcomeOf(named(adviceOnSign, name))).alpha).toBeGreaterThan(1.3);
  });
});
