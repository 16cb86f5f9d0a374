// Shares of a block of gradients: every float is in exactly one, whatever the sizes.

import { expect, it } from "vitest";
import { shareOf } from "./exchange.ts";

it.each([
  [16, 2],
  [64, 3],
  [69_632, 2],
  [69_632, 7],
  [16, 4],
])("shares of %i floats for %i parts follow each other, on cache lines", (length, parts) => {
  const shares = Array.from({ length: parts }, (_, part) => shareOf(length, parts, part));
  expect(shares.flatMap(({ start, end }) => [start, end])).toEqual([
    0,
    ...shares.slice(1).flatMap(({ start }) => [start, start]),
    length,
  ]);
  for (const { start, end } of shares) {
    expect(start % 16).toBe(0);
    expect(end - start).toBeLessThan(length / parts + 16);
  }
});
