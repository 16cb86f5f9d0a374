// Shares of a block of gradients: every float is in exactly one, whatever the sizes.

import { expect, it } from "vitest";
import { shareOf } from "./exchange.ts";

it.each([
  [16, 2],
  [64, 3],
  [69_632, 2],
  [69_632, 7],
  [16, 4],
])("shares of %i floats for %i shards follow each other, on cache lines", (length, shards) => {
  const shares = Array.from({ length: shards }, (_, shard) => shareOf(length, shards, shard));
  expect(shares.flatMap(({ start, end }) => [start, end])).toEqual([
    0,
    ...shares.slice(1).flatMap(({ start }) => [start, start]),
    length,
  ]);
  for (const { start, end } of shares) {
    expect(start % 16).toBe(0);
    expect(end - start).toBeLessThan(length / shards + 16);
  }
});
