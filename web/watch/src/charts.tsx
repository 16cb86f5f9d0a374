// The charts, from the temperature outwards: α, the entropy it steers, how fast it may move, and what comes of it.

import type { JSX } from "preact";
import type { Axis, Curve, RunSummary } from "../../../src/curves/protocol.ts";
import { metricCharts } from "../../../src/metrics/table.ts";
import { Chart, type ChartLevel, type ChartLine, type ChartRange } from "../../shared/chart.tsx";
import { extentOf } from "../../shared/chart-group.ts";
import { lineStyle } from "../../shared/colors.ts";
import { axis, busy, group, looked, nameOf, places, shownRuns, smoothing, views } from "./store.ts";

interface ChartSpec {
  readonly title: string;
  readonly note: string;
  /** Of y. */
  readonly unit: string;
  readonly curves: readonly {
    readonly curve: Curve;
    readonly name: string;
    readonly look?: Partial<ChartLine>;
  }[];
  readonly log?: boolean;
  readonly levels?: () => ChartLevel[];
  /** Shown even where no run has it; others are left out. */
  readonly empty?: string;
}

const TARGET: Partial<ChartLine> = { dash: [5, 4], width: 1.3, opacity: 0.9 };

const SPECS: readonly ChartSpec[] = [
  {
    title: "Temperature α",
    note: "",
    unit: "α, logarithmic",
    curves: [{ curve: "alpha", name: "α" }],
    log: true,
    empty: "These logs hold no α: the program keeps it to itself, or it is fixed.",
  },
  {
    title: "Entropy and its target",
    note: "the target dashed",
    unit: "nats",
    curves: [
      { curve: "entropy", name: "H" },
      { curve: "target", name: "H̄", look: TARGET },
    ],
    levels: reachable,
    empty: "Neither the entropy nor a target to reckon it from is in these logs.",
  },
  {
    title: "Gap H − H̄",
    note: "above 0 α should fall, below 0 rise",
    unit: "nats",
    curves: [{ curve: "gap", name: "gap" }],
    levels: () => [{ value: 0, label: "on target", color: "var(--dim)" }],
  },
  {
    title: "Slope of ln α",
    note: "",
    unit: "e-folds per update",
    curves: [{ curve: "slope", name: "slope", look: { width: 1.2 } }],
    levels: limits,
  },
  {
    title: "Return",
    note: "evaluations dashed",
    unit: "reward",
    curves: [
      { curve: "return", name: "return" },
      { curve: "evalReturn", name: "evaluation", look: { dash: [3, 3] } },
    ],
    empty: "No episode has ended yet.",
  },
  ...metricCharts.map(({ quantity, name, ...chart }) => ({ ...chart, curves: [{ curve: quantity, name }] })),
];

const X_NAMES: Readonly<Record<Axis, string>> = { step: "step", updates: "update", time: "at" };
const X_UNITS: Readonly<Record<Axis, string>> = { step: "steps", updates: "updates", time: "" };

export function Charts(): JSX.Element {
  const name = axis.value;
  const lines = SPECS.map((spec) => linesOf(spec));
  const extent = extentOf(lines.flat());
  const ranges = rangesOf();
  const loading = shownRuns.value.some(({ id }) => !views.value.has(id));
  return (
    <section id="charts" class="grid" aria-label="Charts" aria-busy={loading || busy.value}>
      {SPECS.map((spec, index) =>
        lines[index]!.length === 0 && !spec.empty ? null : (
          <Chart
            key={spec.title}
            title={spec.title}
            note={smoothing.value > 0 && index > 0 ? `${spec.note}${spec.note && "; "}smoothed` : spec.note}
            lines={lines[index]!}
            levels={lines[index]!.length > 0 ? (spec.levels?.() ?? []) : []}
            ranges={index === 0 ? ranges : ranges.map(({ label: _, ...range }) => range)}
            log={spec.log ?? false}
            xName={X_NAMES[name]}
            xUnit={X_UNITS[name]}
            yUnit={spec.unit}
            xKind={name === "time" ? "time" : "number"}
            extent={extent}
            group={group}
            height={index < 2 ? 260 : 210}
            empty={loading ? "Loading…" : (spec.empty ?? "")}
          />
        ),
      )}
    </section>
  );
}

function linesOf(spec: ChartSpec): ChartLine[] {
  return shownRuns.value.flatMap((run) => {
    const { id } = run;
    const groupName = nameOf(run);
    const view = views.value.get(id);
    if (!view || view.axis !== axis.value) return [];
    const { color, dash } = lineStyle(places.value.get(id) ?? 0);
    return spec.curves.flatMap(({ curve, name, look }) => {
      const points = view.curves[curve];
      if (!points || points.x.length === 0) return [];
      return [
        { id: `${id} ${curve}`, group: id, groupName, name, color, dash, x: points.x, y: points.y, ...look },
      ];
    });
  });
}

/** The doctor's findings about the run that is looked at, remarks left out. */
function rangesOf(): ChartRange[] {
  const findings = looked.value?.findings.filter(({ severity }) => severity !== "info") ?? [];
  return findings.flatMap(({ id, severity, range }) => {
    const [from, to] = range[axis.value] ?? [];
    if (from === undefined || to === undefined) return [];
    return [{ from, to, wash: `var(--${severity}-wash)`, edge: `var(--${severity})`, label: id }];
  });
}

/** The entropy that each run's policy can reach at most. */
function reachable(): ChartLevel[] {
  return levelsOf((run) => (run.reachable === undefined ? [] : [run.reachable]), "most within reach");
}

/** The speed limits of each run's α under Adam. */
function limits(): ChartLevel[] {
  return levelsOf(({ limits: limit }) => (limit ? [limit.rise, limit.fall] : []), "Adam’s limit");
}

/** A dash and the gap after it. */
const DASH = 6;

/** Levels in the colours of their runs; runs that share one take turns with its dashes. */
function levelsOf(valuesOf: (run: RunSummary) => readonly number[], label: string): ChartLevel[] {
  const sharing = new Map<number, string[]>();
  for (const run of shownRuns.value) {
    const { color } = lineStyle(places.value.get(run.id) ?? 0);
    for (const value of valuesOf(run)) sharing.set(value, [...(sharing.get(value) ?? []), color]);
  }
  return [...sharing].flatMap(([value, colors]) =>
    colors.map((color, i) => ({
      value,
      label,
      color,
      dash: [DASH, DASH * (2 * colors.length - 1)],
      dashOffset: 2 * DASH * i,
    })),
  );
}
