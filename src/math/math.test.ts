// Expected values: correctly rounded by mpmath with 1,400 bits (test/fixtures/math/make.py).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import fixture from "../../test/fixtures/math/elementary.json" with { type: "json" };
import { cos, exp, expm1, log, log1p, normalFromUint32, powInteger, sin, softplus, tanh } from "./index.ts";

const view = new DataView(new ArrayBuffer(8));
const fromHex = (hex: string) => {
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
};
/** Position of a float64 on the line of all float64s. */
const rank = (x: number) => {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
};
const ulps = (a: number, b: number) => Math.abs(Number(rank(a) - rank(b)));

/** The largest distance, in representable numbers, that the documented error bound allows to a correct rounding. */
const bounds = { exp: 1, expm1: 1, log: 1, log1p: 1, sin: 1, cos: 1, tanh: 2, softplus: 1 } as const;
const portable = { exp, expm1, log, log1p, sin, cos, tanh, softplus };
const functions = Object.keys(bounds) as (keyof typeof bounds)[];

describe("against correctly rounded values", () => {
  it.each(functions)("%s stays within its bound", (name) => {
    const { x, y } = fixture[name];
    for (const [i, hex] of x.entries()) {
      const [argument, expected] = [fromHex(hex), fromHex(y[i]!)];
      const got = portable[name](argument);
      expect(ulps(got, expected), `${name}(${argument}) = ${got}, expected ${expected}`).toBeLessThanOrEqual(
        bounds[name],
      );
    }
  });

  it("powInteger is all but correctly rounded", () => {
    const { x, n, y } = fixture.powInteger;
    for (const [i, hex] of x.entries()) {
      const [base, expected] = [fromHex(hex), fromHex(y[i]!)];
      expect(ulps(powInteger(base, n[i]!), expected), `${base}^${n[i]}`).toBeLessThanOrEqual(1);
    }
  });

  it("normalFromUint32 is within 4e-10, and odd", () => {
    const { x, y } = fixture.normalFromUint32;
    for (const [i, word] of x.entries()) {
      const got = normalFromUint32(word);
      expect(Math.abs(got / y[i]! - 1), `${word}: ${got}, expected ${y[i]}`).toBeLessThan(4e-10);
      expect(normalFromUint32(0xffffffff - word)).toBe(-got);
    }
  });
});

describe("against this engine's Math", () => {
  const builtIn = {
    exp: Math.exp,
    expm1: Math.expm1,
    log: Math.log,
    log1p: Math.log1p,
    sin: Math.sin,
    cos: Math.cos,
    tanh: Math.tanh,
    softplus: (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  };
  it.each(functions)("%s agrees on any float64", (name) => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        const [got, expected] = [portable[name](x), builtIn[name](x)];
        if (Number.isNaN(expected)) return Number.isNaN(got);
        return Object.is(got, expected) || ulps(got, expected) <= 3;
      }),
      { numRuns: 2000 },
    );
  });
});

describe("special values", () => {
  it("follows IEEE 754", () => {
    for (const name of functions) expect(portable[name](Number.NaN), name).toBeNaN();
    expect([exp(Infinity), exp(-Infinity), exp(0), exp(710), exp(-746)]).toEqual([
      Infinity,
      0,
      1,
      Infinity,
      0,
    ]);
    expect([expm1(Infinity), expm1(-Infinity), expm1(710)]).toEqual([Infinity, -1, Infinity]);
    expect([log(0), log(1), log(Infinity)]).toEqual([-Infinity, 0, Infinity]);
    expect(log(-1)).toBeNaN();
    expect([log1p(-1), log1p(Infinity)]).toEqual([-Infinity, Infinity]);
    expect(log1p(-1.5)).toBeNaN();
    expect(sin(Infinity)).toBeNaN();
    expect(cos(-Infinity)).toBeNaN();
    expect([cos(0), tanh(Infinity), tanh(-Infinity), softplus(-Infinity), softplus(Infinity)]).toEqual([
      1,
      1,
      -1,
      0,
      Infinity,
    ]);
    for (const odd of [sin, tanh, expm1, log1p]) expect(odd(-0)).toBe(-0);
  });

  it("powInteger follows pown", () => {
    expect(powInteger(Number.NaN, 0)).toBe(1);
    expect(powInteger(-2, 3)).toBe(-8);
    expect(powInteger(-2, -2)).toBe(0.25);
    expect([powInteger(-0, 3), powInteger(-0, -3), powInteger(0, -2)]).toEqual([-0, -Infinity, Infinity]);
    expect([powInteger(2, 1024), powInteger(2, -1074), powInteger(2, -1076)]).toEqual([Infinity, 5e-324, 0]);
    expect(powInteger(2, 0.5)).toBeNaN();
  });
});
