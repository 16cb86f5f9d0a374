// The logs are those that the printed callbacks wrote inside real programs: test/fixtures/doctor/callbacks.py.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readPaths } from "../../runs/readers/find-logs.node.ts";
import type { DeclaredSettings } from "../../runs/series.ts";
import { diagnose } from "../diagnose.ts";
import { CALLBACKS, type CallbackName } from "./index.ts";

async function diagnosed(name: string, declared: DeclaredSettings = {}) {
  const path = fileURLToPath(new URL(`../../../test/fixtures/doctor/${name}`, import.meta.url));
  const { series } = await readPaths([path]);
  return diagnose(series[0]!, declared);
}

describe("printed callbacks", () => {
  it.each(Object.keys(CALLBACKS) as CallbackName[])("%s logs what decides, in a few lines", (name) => {
    const text = CALLBACKS[name];
    expect(text).toMatch(/entropy|logps/);
    expect(text).toMatch(/target_entropy/);
    expect(text.split("\n").length).toBeLessThan(35);
  });

  it("in Stable-Baselines3 gives a log that shows the target in use, within its noise", async () => {
    const { series, evidence, findings } = await diagnosed("callback-sb3.csv");
    expect(series.framework).toBe("Stable-Baselines3");
    expect(evidence.effectiveTarget?.source).toBe("identity");
    expect(evidence.effectiveTarget!.low).toBeLessThan(-1);
    expect(evidence.effectiveTarget!.high).toBeGreaterThan(-1.05);
    expect(evidence.rows.column("actionSaturation")).toBeDefined();
    expect(findings).toEqual([]);
  });

  it("in a loop of one's own gives a log with the same row's entropy and loss", async () => {
    const { evidence, findings } = await diagnosed("callback-torch.csv");
    expect(evidence.rows.axis.source).toBe("logged");
    expect(evidence.effectiveTarget?.value).toBeCloseTo(-2, 4);
    expect(evidence.replayed!.low).toBeLessThan(1e-3);
    expect(evidence.replayed!.high).toBeGreaterThan(1e-3);
    expect(findings).toEqual([]);
  });

  it("in CleanRL gives the target in environment units, where the half-range is said", async () => {
    const { series, evidence, findings } = await diagnosed("callback-cleanrl.tfevents", {
      actionHalfRange: [2],
    });
    expect(series.framework).toBe("CleanRL");
    expect(evidence.effectiveTarget?.source).toBe("identity");
    expect(evidence.effectiveTarget!.low).toBeLessThan(-1);
    expect(evidence.effectiveTarget!.high).toBeGreaterThan(-1);
    expect(evidence.rows.column("actionSaturation")).toBeDefined();
    expect(findings).toEqual([]);
  });
});
