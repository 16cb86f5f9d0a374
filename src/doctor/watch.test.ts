import { expect, it } from "vitest";
import { simulate } from "../../test/faults/simulate.ts";
import type { Quantity, Series } from "../runs/series.ts";
import { type WatchedRow, watchAlpha } from "./watch.ts";

function rowsOf(series: Series): WatchedRow[] {
  return Array.from({ length: series.length }, (_, i) => {
    const cells = Object.entries(series.columns).map(([name, values]) => [name as Quantity, values[i]!]);
    return { updates: series.columns.step![i]!, ...Object.fromEntries(cells) };
  });
}

it("says nothing about a healthy training", () => {
  const watch = watchAlpha({ declared: { actionDim: 1 } });
  for (const row of rowsOf(simulate({ updates: 30_000 }))) expect(watch.push(row)).toEqual([]);
});

it("tells a fault once, soon after it begins", () => {
  const watch = watchAlpha({ declared: { actionDim: 1 } });
  const told = rowsOf(simulate({ sign: -1, signFrom: 0.4, updates: 20_000 })).flatMap((row) =>
    watch.push(row).map(({ id }) => ({ id, at: row.updates })),
  );
  expect(told.filter(({ id }) => id === "sign-inverted")).toHaveLength(1);
  expect(told[0]!.id).toBe("sign-inverted");
  expect(told[0]!.at).toBeGreaterThan(8000);
  expect(told[0]!.at).toBeLessThan(13_000);
});

it("keeps a bounded number of rows however long the run", () => {
  const watch = watchAlpha({ rows: 64, every: 5000, declared: { actionDim: 1 } });
  const told = rowsOf(simulate({ sign: -1, every: 10, updates: 30_000 })).flatMap((row) => watch.push(row));
  expect(told[0]?.id).toBe("sign-inverted");
});
