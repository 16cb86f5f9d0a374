import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, modules, moduleText } from "../../assembly/compile.js";
import { philox } from "./philox.ts";
import { RandomStream } from "./stream.ts";

const draw = (stream: RandomStream, n: number) => Array.from({ length: n }, () => stream.uint32());

describe("the layout", () => {
  it("is counter = [block, role hash], key = seed", () => {
    const seed = 5 * 2 ** 32 + 7;
    const block = new Uint32Array(4);
    // FNV-1a-64 of "a" is 0xaf63dc4c8601ec8c.
    philox(1, 0, 0x8601ec8c, 0xaf63dc4c, 7, 5, block);
    expect(draw(new RandomStream(seed, "a"), 8).slice(4)).toEqual([...block]);
  });

  it("reaches blocks beyond 2³²", () => {
    const block = new Uint32Array(4);
    philox(3, 2, 0x8601ec8c, 0xaf63dc4c, 1, 0, block);
    const stream = RandomStream.from({ seed: 1, role: "a", position: 4 * (2 * 2 ** 32 + 3) });
    expect(draw(stream, 4)).toEqual([...block]);
  });

  it('does not change: first words of seed 1, role "action noise"', () => {
    expect(draw(new RandomStream(1, "action noise"), 4)).toMatchInlineSnapshot(`
      [
        577605837,
        2864267094,
        2245975925,
        3062991403,
      ]
    `);
  });
});

it("goes on from any state exactly as it would have", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.string(), fc.nat(50), fc.nat(20), (seed, role, before, after) => {
      const stream = new RandomStream(seed, role);
      draw(stream, before);
      const again = RandomStream.from(JSON.parse(JSON.stringify(stream.state())));
      expect(draw(again, after)).toEqual(draw(stream, after));
    }),
  );
});

it("gives other numbers for another seed or role", () => {
  const first = draw(new RandomStream(1, "a"), 4);
  expect(draw(new RandomStream(2, "a"), 4)).not.toEqual(first);
  expect(draw(new RandomStream(1, "b"), 4)).not.toEqual(first);
});

it("fillNormal takes one word a number, wherever it starts, and equals normal()", () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(40), (before, n) => {
      const [one, many] = [new RandomStream(3, "noise"), new RandomStream(3, "noise")];
      draw(one, before);
      draw(many, before);
      const filled = new Float32Array(n);
      many.fillNormal(filled);
      expect([...filled]).toEqual(Array.from({ length: n }, () => Math.fround(one.normal())));
      expect(many.state().position).toBe(before + n);
      expect(many.uint32()).toBe(one.uint32());
    }),
  );
});

it("fillNormal gives the bits of normal() for many numbers, and past 2³² blocks", () => {
  for (const position of [0, 4 * 2 ** 32 - 8, 4 * 2 ** 40 + 4]) {
    const [one, many] = [0, 1].map(() => RandomStream.from({ seed: 2 ** 40 + 7, role: "noise", position }));
    const filled = new Float32Array(50_000);
    many!.fillNormal(filled);
    const different = filled.findIndex((value) => !Object.is(value, Math.fround(one!.normal())));
    expect(different).toBe(-1);
    expect(many!.state()).toEqual(one!.state());
  }
});

it("fillBelow gives what below() gives, also where many words are refused", () => {
  const bound = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 32 }),
    fc.constantFrom(1, 5, 3 * 2 ** 30, 2 ** 31 + 1, 2 ** 32),
  );
  fc.assert(
    fc.property(bound, fc.nat(300), fc.nat(9), (n, length, before) => {
      const [one, many] = [0, 1].map(() => RandomStream.from({ seed: 5, role: "below", position: before }));
      const filled = new Float64Array(length);
      many!.fillBelow(filled, n);
      expect([...filled]).toEqual(Array.from({ length }, () => one!.below(n)));
      expect(many!.state()).toEqual(one!.state());
      expect(many!.uint32()).toBe(one!.uint32());
    }),
  );
  const stream = new RandomStream(1, "many");
  const many = new Float64Array(50_000);
  stream.fillBelow(many, 3 * 2 ** 30);
  const again = new RandomStream(1, "many");
  expect(many.findIndex((value) => value !== again.below(3 * 2 ** 30))).toBe(-1);
  for (const n of [0, 2.5, Number.NaN, 2 ** 33]) {
    expect(() => stream.fillBelow(many, n)).toThrow(/integer from 1 to 2³²/);
  }
});

it("the committed kernel is what its source compiles to", async () => {
  const module = modules[2];
  const committed = readFileSync(new URL(`../../${module.target}`, import.meta.url), "utf8");
  expect(moduleText(await compile(module))).toBe(committed);
});

describe("distributions", () => {
  const n = 200_000;
  // Bounds are five standard errors.
  it("normals have the moments of a standard normal", () => {
    const values = new Float32Array(n);
    new RandomStream(1, "moments").fillNormal(values);
    const moment = (k: number) => values.reduce((sum, x) => sum + x ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  it("uniforms fill [0, 1) evenly", () => {
    const stream = new RandomStream(2, "uniform");
    for (const next of [() => stream.uniform(), () => stream.uniformFloat()]) {
      const bins = new Array(10).fill(0);
      for (let i = 0; i < n; i++) bins[Math.floor(next() * 10)]++;
      const chiSquared = bins.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
      // 99.99% quantile of χ² with 9 degrees of freedom.
      expect(chiSquared).toBeLessThan(33.7);
    }
    expect(stream.uniformBetween(-3, -3)).toBe(-3);
  });

  it("below(n) is even, also where 2³² mod n is large", () => {
    const stream = new RandomStream(3, "below");
    const bins = [0, 0, 0];
    // A third of 3·2³⁰ = 2³⁰: without rejection the first bin would get half of all.
    for (let i = 0; i < n; i++) bins[Math.floor(stream.below(3 * 2 ** 30) / 2 ** 30)]!++;
    for (const count of bins) expect(Math.abs(count - n / 3)).toBeLessThan(5 * Math.sqrt((n * 2) / 9));
    expect(new Set(Array.from({ length: 200 }, () => stream.below(5)))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(stream.below(1)).toBe(0);
    expect(stream.below(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it("shuffle gives every order about as often", () => {
    const stream = new RandomStream(4, "shuffle");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const items = [1, 2, 3];
      stream.shuffle(items);
      counts.set(items.join(""), (counts.get(items.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(833));
    expect(["x", "y"]).toContain(stream.choice(["x", "y"]));
  });
});

describe("refusals", () => {
  it.each([-1, 1.5, Number.NaN, 2 ** 53])("refuses the seed %d", (seed) => {
    expect(() => new RandomStream(seed, "a")).toThrow(/Expected a seed that is an integer from 0 to/);
  });
  it("refuses an empty range and another stream's state", () => {
    const stream = new RandomStream(0, "a");
    expect(() => stream.below(0)).toThrow(/integer from 1 to 2³², got 0/);
    expect(() => stream.choice([])).toThrow(/got 0/);
    expect(() => stream.restore({ seed: 0, role: "b", position: 0 })).toThrow(
      /state of stream "a" with seed 0, got one of "b"/,
    );
    expect(() => stream.restore({ seed: 0, role: "a", position: -4 })).toThrow(
      /position that is an integer from 0 up, got -4/,
    );
  });
});
