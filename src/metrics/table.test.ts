// The table and what it is a table of: the update's graph, and the columns that logs are read into.

import { describe, expect, it } from "vitest";
import { sacUpdate } from "../sac/update.ts";
import { metricCharts, metricEntries, ownTags } from "./table.ts";

describe("the table of metrics", () => {
  it("has exactly what the update's graph puts out", () => {
    const graph = sacUpdate({ observationSize: 3, actionSize: 1, hidden: [4], batchSize: 2, tau: 0.005 });
    const told = metricEntries.filter(([, metric]) => metric.graph).map(([name]) => name as string);
    expect([...graph.outputs.keys()].sort()).toEqual(told.sort());
  });

  it("names no tag and no column twice", () => {
    const tags = metricEntries.flatMap(([, { tag }]) => tag ?? []);
    const quantities = metricEntries.flatMap(([, { quantity }]) => quantity ?? []);
    expect(new Set(tags).size).toBe(tags.length);
    expect(new Set(quantities).size).toBe(quantities.length);
  });

  it("charts only what our own logs hold", () => {
    for (const { quantity } of metricCharts) expect(ownTags).toHaveProperty(quantity);
    expect(metricCharts.map(({ quantity }) => quantity)).toContain("actionSaturation");
  });
});
