// Each input that the doctor once got wrong says what is right, and so do two relatives: the same run as another program
// would have logged it (its own column names, fewer digits), and one of other size (rows left out, other dimensions).

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Diagnosis, diagnose } from "../../src/doctor/index.ts";
import { readPaths } from "../../src/runs/readers/find-logs.node.ts";
import { readSeries } from "../../src/runs/readers/index.ts";
import type { DeclaredSettings, Quantity, Series } from "../../src/runs/series.ts";
import { type Case, cases, type Right } from "../fixtures/doctor/cases.ts";

const read = async ({ path }: Case) =>
  (await readPaths([fileURLToPath(new URL(`../fixtures/doctor/${path}`, import.meta.url))])).series;

function wrong({ findings, verdict }: Diagnosis, right: Right): string[] {
  const loud = findings.filter(({ severity }) => severity !== "info").map(({ id }) => id);
  const first = loud[0];
  return [
    ...(right.verdict.includes(verdict) ? [] : [`verdict ${verdict}`]),
    ...(first === right.first || (first && right.first?.includes(first)) ? [] : [`first ${first}`]),
    ...loud.filter((id) => right.never?.includes(id)),
  ];
}

/** Plain names, as somebody's own training loop prints them. */
const NAMES: Readonly<Partial<Record<Quantity, string>>> = {
  step: "Env Steps",
  updates: "Gradient Steps",
  alpha: "Temperature",
  alphaLoss: "Temperature Loss",
  entropy: "Policy Entropy",
  targetEntropy: "Target Entropy",
  actorLoss: "loss/policy",
  criticLoss: "loss/q",
  q: "Q mean",
  return: "Episode Return",
  evalReturn: "eval/return",
  episodeLength: "Episode Length",
};

/** What the column names no longer say, the user does. */
function saidOf({ declared, usualLossForm, columns }: Series, more: DeclaredSettings = {}): DeclaredSettings {
  const inForm = usualLossForm && columns.alphaLoss ? { lossForm: usualLossForm } : {};
  return { ...inForm, ...declared, ...more };
}

/** The rows as JSON lines; cells that were missing are left out, and what was written as NaN is NaN again. */
function jsonLines(series: Series, digits: number, scale: Partial<Record<Quantity, number>>, keep: number) {
  const lines: string[] = [];
  for (let row = 0; row < series.length; row++) {
    if (row % keep === keep - 1) continue;
    const cells = Object.entries(NAMES).flatMap(([name, label]) => {
      const quantity = name as Quantity;
      const value = series.columns[quantity]?.[row];
      const written = series.notFinite?.[quantity] !== undefined && row >= series.notFinite[quantity]!;
      if (value === undefined || scale[quantity] === 0 || (!Number.isFinite(value) && !written)) return [];
      const exact = quantity === "step" || quantity === "updates";
      const scaled = value * (scale[quantity] ?? 1);
      const rounded = exact || !Number.isFinite(value) ? value : Number(scaled.toPrecision(digits));
      return [`"${label}": ${rounded}`];
    });
    lines.push(`{${cells.join(", ")}}`);
  }
  return lines.join("\n");
}

const parse = (text: string) => readSeries({ path: "relative", bytes: new TextEncoder().encode(text) });

/** The gap of a policy of twice the dimensions is twice as large, and Adam moves α as before. */
function doubled(declared: DeclaredSettings): DeclaredSettings {
  const { targetEntropy, actionDim, actionHalfRange } = declared;
  return {
    ...declared,
    ...(targetEntropy !== undefined && { targetEntropy: 2 * targetEntropy }),
    ...(actionDim !== undefined && { actionDim: 2 * actionDim }),
    ...(actionHalfRange && { actionHalfRange: [...actionHalfRange, ...actionHalfRange] }),
  };
}

/** A mean over the dimensions stays what it is, and its loss is another; 0 leaves a quantity out. */
function scaleOf({ right }: Case): Partial<Record<Quantity, number>> {
  const averaged = right.some(({ first }) => first?.includes("log-prob-averaged"));
  return averaged ? { alphaLoss: 0, targetEntropy: 2 } : { alphaLoss: 2, entropy: 2, targetEntropy: 2 };
}

describe.each(cases.map((one) => [`${one.path} ${JSON.stringify(one.declared ?? {})}`, one] as const))(
  "%s",
  (_name, one) => {
    it("says what is right", async () => {
      const series = await read(one);
      expect(series.length).toBe(one.right.length);
      expect(series.flatMap((run, i) => wrong(diagnose(run, one.declared), one.right[i]!))).toEqual([]);
    });

    it("says so in another program's words too", async () => {
      for (const [i, run] of (await read(one)).entries()) {
        const [relative] = await parse(jsonLines(run, 5, {}, Number.POSITIVE_INFINITY));
        expect(wrong(diagnose(relative!, saidOf(run, one.declared)), one.right[i]!)).toEqual([]);
      }
    });

    it("says so of a run of other size too", async () => {
      for (const [i, run] of (await read(one)).entries()) {
        const declared = saidOf(run, one.declared);
        const continuous = declared.actionDim !== undefined;
        const scale = continuous ? scaleOf(one) : {};
        const [relative] = await parse(jsonLines(run, 6, scale, 4));
        expect(wrong(diagnose(relative!, continuous ? doubled(declared) : declared), one.right[i]!)).toEqual(
          [],
        );
      }
    });
  },
);
