// The figures of the HTML report as plain data: α (and what the suggested setting would have made of it), the gap, and
// the slope of log α against Adam's limit.

import type { Diagnosis } from "../diagnose.ts";
import { slopeLimits } from "../estimators/adam-speed.ts";
import { say } from "../rule.ts";
import { type ReportAxis, reportAxis } from "./axis.ts";
import { counterfactualAlpha } from "./counterfactual.ts";

export interface FigureLine {
  readonly name: string;
  /** A CSS variable. */
  readonly color: string;
  /** One value a row, null where missing. */
  readonly y: readonly (number | null)[];
  readonly dashed?: boolean;
  readonly thin?: boolean;
  /** Does not widen the axis. */
  readonly outside?: boolean;
}

/** A horizontal line with a name, dashed. */
export interface FigureLevel {
  readonly value: number;
  /** A CSS variable. */
  readonly color: string;
  readonly name: string;
  /** Left out of sight where it is far from the lines. */
  readonly far?: boolean;
  readonly dashed?: boolean;
  readonly thin?: boolean;
}

export interface Figure {
  readonly title: string;
  readonly log: boolean;
  readonly lines: readonly FigureLine[];
  readonly levels: readonly FigureLevel[];
}

export interface FigureData {
  /** What x counts. */
  readonly unit: ReportAxis["unit"];
  readonly step: readonly number[];
  readonly marks: readonly { readonly from: number; readonly to: number; readonly severity: string }[];
  readonly figures: readonly Figure[];
}

const MAX_POINTS = 2000;

export function figureData(diagnosis: Diagnosis): FigureData {
  const { evidence, findings } = diagnosis;
  const { rows } = evidence;
  const { unit, places, at } = reportAxis(diagnosis);
  const stride = Math.max(1, Math.ceil(rows.length / MAX_POINTS));
  const thin = (values: ArrayLike<number>): (number | null)[] => {
    const kept: (number | null)[] = [];
    for (let i = 0; i < values.length; i += stride) kept.push(finite(values[i]!));
    return kept;
  };
  const cause = findings.find(({ suggestion }) => suggestion);
  // Where the column is another's, or α stands still, there is nothing to draw of its logarithm.
  const logged = rows.logAlpha.some(Number.isFinite);
  const instead = cause?.suggestion && counterfactualAlpha(evidence, cause.suggestion);
  const figures: Figure[] = [
    {
      title: logged ? "α, logarithmic" : "the column",
      log: logged,
      lines: [
        { name: logged ? "α" : "as logged", color: "--alpha", y: thin(rows.alpha) },
        ...(instead
          ? [
              {
                name: "α with the suggested setting, on the logged gap",
                color: "--instead",
                y: thin(instead),
                dashed: true,
              },
            ]
          : []),
      ],
      levels: [],
    },
  ];
  if (evidence.gap) {
    const { values, smooth } = evidence.gap;
    figures.push({
      title: "gap H − H̄, nats",
      log: false,
      lines: [
        { name: "row by row", color: "--gap", y: thin(values), thin: true },
        { name: "running median", color: "--gap", y: thin(smooth) },
      ],
      levels: [{ value: 0, color: "--dim", name: "target met" }],
    });
  }
  if (logged && rows.axis.source !== "unknown" && evidence.speed?.slope !== 0) {
    const form = evidence.form?.form ?? "log-alpha";
    const learningRate = evidence.settings.declared.alphaLearningRate ?? evidence.learningRate;
    const { rise, fall } = slopeLimits(learningRate, form);
    figures.push({
      title: `slope of log α per update, and Adam's limit at ${say(learningRate)}`,
      log: false,
      lines: [{ name: "slope", color: "--alpha", y: thin(slopes(rows.updates, rows.logAlpha)) }],
      levels: [
        { value: rise, color: "--limit", name: `fastest rise ${sayLimit(rise)}`, far: true },
        { value: fall, color: "--limit", name: `fastest fall ${sayLimit(fall)}`, far: true },
      ],
    });
  }
  return {
    unit,
    step: Array.from({ length: Math.ceil(rows.length / stride) }, (_, i) => finite(places[i * stride]!) ?? 0),
    marks: findings
      .filter(({ severity }) => severity !== "info")
      .slice(0, 1)
      .map(({ steps, severity }) => ({ from: at(steps[0]), to: at(steps[1]), severity })),
    figures,
  };
}

function sayLimit(slope: number): string {
  return `${slope > 0 ? "+" : "−"}${say(Math.abs(slope))}`;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

function slopes(updates: Float64Array, logAlpha: Float64Array): Float64Array {
  return logAlpha.map((value, i) => {
    const span = i === 0 ? 0 : updates[i]! - updates[i - 1]!;
    return span > 0 ? (value - logAlpha[i - 1]!) / span : Number.NaN;
  });
}
