import { describe, expect, it } from "vitest";
import { clipped, padded, spread, widthOf } from "./line-width.ts";

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;

describe("the width of a line", () => {
  it("leaves colours out", () => {
    expect(widthOf(red("α = 1"))).toBe(5);
    expect(padded(red("ab"), 4)).toBe(`${red("ab")}  `);
    expect(spread("a", red("b"), 5)).toBe(`a   ${red("b")}`);
  });

  it("is cut inside colours, which still end", () => {
    expect(clipped(`x${red("abc")}yz`, 3)).toBe(`x${red("ab")}`);
    expect(clipped("short", 5)).toBe("short");
  });
});
