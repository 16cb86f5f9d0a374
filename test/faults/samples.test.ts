// Logs that the original programs wrote on Pendulum-v1, and the figures that follow from them.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { diagnose, terminalReport } from "../../src/doctor/index.ts";
import { readPaths } from "../../src/runs/readers/find-logs.node.ts";

async function diagnosed(name: string) {
  const { series, errors } = await readPaths([
    fileURLToPath(new URL(`../fixtures/samples/${name}`, import.meta.url)),
  ]);
  expect(errors).toEqual([]);
  expect(series).toHaveLength(1);
  return diagnose(series[0]!);
}

describe.each(["sb3_pendulum.csv", "sb3_pendulum.tfevents"])("Stable-Baselines3's %s", (name) => {
  it("gives a first gap of 1.65 nats and so a target of −1, the default for one dimension", async () => {
    const { series, verdict, evidence, findings } = await diagnosed(name);
    expect(series.framework).toBe("Stable-Baselines3");
    expect(["healthy", "inconclusive"]).toContain(verdict);
    expect(findings).toEqual([]);
    expect(Math.abs(evidence.firstGap!.value - 1.65)).toBeLessThan(0.05);
    const target = evidence.effectiveTarget!;
    expect(Math.abs(target.value + 1)).toBeLessThan(0.05);
    expect((target.high - target.low) / 2).toBeCloseTo(0.15, 2);
    expect(target.assumption).toContain("0.65 nats a dimension");
  });

  it("shows the learning rate that was declared, 3e-4", async () => {
    const { evidence } = await diagnosed(name);
    expect(evidence.settings.declared.alphaLearningRate).toBeCloseTo(3e-4, 8);
    expect(evidence.replayed!.low).toBeLessThan(3e-4);
    expect(evidence.replayed!.high).toBeGreaterThan(3e-4);
  });
});

describe("CleanRL's event file", () => {
  it("gives a first gap of 1.65 + log 2, explained by environment units", async () => {
    const diagnosis = await diagnosed("cleanrl_pendulum.tfevents");
    const { series, verdict, evidence, findings } = diagnosis;
    expect(series.framework).toBe("CleanRL");
    expect(["healthy", "inconclusive"]).toContain(verdict);
    expect(findings).toEqual([]);
    expect(Math.abs(evidence.firstGap!.value - 1.65 - Math.LN2)).toBeLessThan(0.05);
    expect(terminalReport(diagnosis).replace(/\s+/g, " ")).toContain(
      "(= 1.65 + log 2: environment units, half-range 2)",
    );
    expect(Math.abs(evidence.effectiveTarget!.value + 1)).toBeLessThan(0.05);
  });

  it("shows q_lr, 1e-3, as the learning rate of α", async () => {
    const { evidence } = await diagnosed("cleanrl_pendulum.tfevents");
    expect(evidence.settings.declared.alphaLearningRate).toBe(1e-3);
    expect(evidence.replayed!.value).toBeCloseTo(1e-3, 4);
  });
});
