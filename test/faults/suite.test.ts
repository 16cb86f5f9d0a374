// The doctor on trained agents: every fault of `src/faults` switched on in real runs, logged the way three programs
// do. Rules were tuned on one half of the suite; the figures that count are those of the other.

import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/doctor/index.ts";
import type { DeclaredSettings } from "../../src/runs/series.ts";
import { readLog } from "./logs.ts";
import { type Style, styled } from "./styles.ts";
import { type Run, suite } from "./suite.ts";

const CUTS = [0.1, 0.25, 0.5, 0.75, 1];

const faulty = suite.filter(({ fault }) => fault.expected.length > 0);
const healthy = suite.filter(({ fault }) => fault.expected.length === 0);

/** Stable-Baselines3 knows the log-α form only, CleanRL the α-form. */
function stylesOf({ training }: Run): readonly Style[] {
  return training.lossForm === "alpha" ? ["entropy", "cleanrl"] : ["entropy", "sb3"];
}

/** What a user would say: the action dimensions, and the half-range where the program uses environment units. */
function declaredOf({ fault, training }: Run, style: Style): DeclaredSettings {
  const { actionSize } = training.task;
  const inEnvironmentUnits = fault.entropyOffset !== undefined || style === "cleanrl";
  const halfRange = fault.entropyOffset ? Math.exp(fault.entropyOffset(1)) : 1;
  return {
    actionDim: actionSize,
    ...(inEnvironmentUnits && { actionHalfRange: Array<number>(actionSize).fill(halfRange) }),
  };
}

function diagnosed(run: Run, style: Style, share = 1) {
  const meta = {
    name: run.name,
    learningRate: run.training.alphaLearningRate,
    declared: declaredOf(run, style),
  };
  return diagnose(styled(readLog(run)!, style, meta, share));
}

interface Score {
  right: number;
  all: number;
}

/** Right first causes by whether the entropy is logged, and by fault. */
function scores(half: Run["half"]): { logged: Score; bare: Score; misses: string[] } {
  const logged = { right: 0, all: 0 };
  const bare = { right: 0, all: 0 };
  const misses: string[] = [];
  for (const run of faulty.filter((candidate) => candidate.half === half)) {
    for (const style of stylesOf(run)) {
      const score = style === "entropy" ? logged : bare;
      const [first] = diagnosed(run, style).findings;
      const right = first !== undefined && run.fault.expected.includes(first.id);
      score.all++;
      if (right) score.right++;
      else misses.push(`${run.name} as ${style}: ${first?.id ?? "nothing"}`);
    }
  }
  return { logged, bare, misses };
}

describe("the fault suite", () => {
  it("has a log of every run", () => {
    expect(suite.filter((run) => readLog(run) === undefined).map(({ name }) => name)).toEqual([]);
  });

  it.each(["tuning", "report"] as const)("names the cause first, %s half", (half) => {
    const { logged, bare, misses } = scores(half);
    console.log(
      `${half}: ${logged.right}/${logged.all} with entropy, ${bare.right}/${bare.all} without\n${misses.join("\n")}`,
    );
    expect(logged.right / logged.all).toBeGreaterThanOrEqual(0.9);
    expect(bare.right / bare.all).toBeGreaterThanOrEqual(0.8);
  });

  it("has healthy runs enough, one of which falls five e-folds before it turns", () => {
    expect(healthy.filter(({ half }) => half === "report").length).toBeGreaterThanOrEqual(20);
    const falls = healthy.map((run) => {
      const log = readLog(run)!;
      const alpha = log.rows.map((row) => row[log.names.indexOf("alpha")]!);
      const lowest = alpha.indexOf(Math.min(...alpha));
      const turned = Math.log(alpha.at(-1)! / alpha[lowest]!) > 0.1;
      return turned ? -Math.log(alpha[lowest]!) : 0;
    });
    expect(Math.max(...falls)).toBeGreaterThan(5);
  });

  it("raises no error and no warning on a healthy run, whole or cut", () => {
    const alarms = healthy.flatMap((run) =>
      stylesOf(run).flatMap((style) =>
        CUTS.flatMap((share) =>
          diagnosed(run, style, share)
            .findings.filter(({ severity }) => severity !== "info")
            .map(({ id }) => `${run.name} as ${style}, ${100 * share}%: ${id}`),
        ),
      ),
    );
    expect(alarms).toEqual([]);
  });
});
