// What a person sees while an agent learns: how far it is, and return, α and entropy from the first step to now, with
// the target that α steers entropy to and the most that the policy can have. A pure function of the run's state.

import type pc from "picocolors";
import type { Evaluation } from "../../agent/evaluate.ts";
import type { LearnMetrics } from "../../agent/metrics-window.ts";
import type { Finding } from "../../doctor/index.ts";
import { metricEntries } from "../../metrics/table.ts";
import { duration, grouped, short, signed } from "../../text/numbers.ts";
import type { RunStart } from "../../training/events.ts";
import { brailleChart, type ChartPoint } from "../terminal/braille-chart.ts";
import { engineText } from "../terminal/engine-text.ts";
import { clipped, padded, spread } from "../terminal/line-width.ts";
import { environmentText } from "./reporter.ts";

export interface LiveState {
  readonly start: RunStart;
  readonly history: readonly LearnMetrics[];
  readonly step: number;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Of late; NaN where not yet known. */
  readonly stepsPerSecond: number;
  readonly evaluation?: Evaluation | undefined;
  /** Said instead of the time left, such as "evaluating". */
  readonly busy?: string | undefined;
  /** What the doctor said last. */
  readonly finding?: Finding | undefined;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Columns below which the view does not fit. */
export const MIN_WIDTH = 60;
const MAX_WIDTH = 112;
const CHART_HEIGHT = 4;
const GAP = 3;
/** Cells for a chart's highest and lowest value; a narrow chart goes without. */
const [SCALE_WIDTH, SCALED_FROM] = [7, 22];

/** @param columns of the terminal; at least 60 are filled */
export function liveView(state: LiveState, columns: number, colors: Colors): string[] {
  const width = Math.min(Math.max(columns, MIN_WIDTH), MAX_WIDTH) - 2;
  const { start, history } = state;
  const { bold, dim, green, yellow, cyan } = colors;
  const now = history.at(-1);
  const learned = history.findLast(({ entropy }) => !Number.isNaN(entropy));
  // Environments that step together may take a few steps more than asked for.
  const at = ({ step }: LearnMetrics) => Math.min(1, step / start.config.steps);
  const curve = (value: (m: LearnMetrics) => number) => history.map((m) => ({ x: at(m), y: value(m) }));

  const panelWidth = Math.floor((width - 2 * GAP) / 3);
  const entropies = curve((m) => m.entropy);
  const targets = Array.from({ length: panelWidth * 2 }, (_, i) => {
    const x = (i + 0.5) / (panelWidth * 2);
    return { x, y: start.targetEntropyAt(x * start.config.steps) };
  });
  const panels = [
    panel(
      {
        title: `return ${bold(short(now?.episodeReturn ?? Number.NaN))}`,
        points: curve((m) => m.lastReturn),
        footer: returnFooter(state),
        color: green,
      },
      panelWidth,
      colors,
    ),
    panel(
      {
        title: `α ${bold(short(now?.alpha ?? start.config.initialAlpha))}`,
        points: curve((m) => (m.updates > 0 ? m.logAlpha : Number.NaN)),
        scale: Math.exp,
        footer: start.config.alpha === "auto" ? `log α ${short(now?.logAlpha ?? Number.NaN)}` : "fixed",
        color: yellow,
      },
      panelWidth,
      colors,
    ),
    panel(
      {
        title: `entropy ${bold(short(learned?.entropy ?? Number.NaN))}`,
        points: entropies,
        guide: targets,
        low: start.isDiscrete ? 0 : padBelow([...entropies, ...targets], start.maxEntropy),
        high: start.maxEntropy,
        footer: learned ? `target ${short(learned.targetEntropy)}` : "nats",
        color: cyan,
      },
      panelWidth,
      colors,
    ),
  ];
  const rows = panels[0]!.map((_, row) =>
    panels.map((lines) => padded(clipped(lines[row]!, panelWidth), panelWidth)).join(" ".repeat(GAP)),
  );
  return [
    "",
    spread(
      `${bold("tempered")}  ${environmentText(start.config)} ${dim(`seed ${start.config.seed}`)}`,
      dim(engineText(start)),
      width,
    ),
    progressLine(state, width, colors),
    "",
    ...rows,
    "",
    state.finding
      ? yellow(shortened(`doctor: ${state.finding.id}: ${state.finding.message}`, width))
      : learned
        ? steering(learned, start, colors)
        : dim("collecting random steps before the first update"),
    learned ? figures(learned, colors) : "",
    spread(dim(start.path), dim(`${duration(state.elapsed)} so far`), width),
  ].map((line) => (line === "" ? line : ` ${clipped(line, width)}`));
}

function progressLine(
  { start, step, stepsPerSecond, busy }: LiveState,
  width: number,
  colors: Colors,
): string {
  const { steps } = start.config;
  const share = Math.min(1, step / steps);
  const left = busy ?? (step >= steps ? "done" : `${duration((steps - step) / stepsPerSecond)} left`);
  const speed = Number.isFinite(stepsPerSecond) ? `${grouped(stepsPerSecond)} steps/s` : "";
  const text = `${String(Math.floor(100 * share)).padStart(3)}%  ${grouped(step)}/${grouped(steps)}`;
  const rest = [speed, Number.isFinite(stepsPerSecond) || busy ? left : ""].filter(Boolean).join("  ");
  const barWidth = Math.max(8, width - text.length - rest.length - 4);
  const filled = Math.round(share * barWidth);
  const bar = colors.yellow("━".repeat(filled)) + colors.dim("─".repeat(barWidth - filled));
  return `${bar}  ${text}  ${colors.dim(rest)}`;
}

interface Panel {
  readonly title: string;
  readonly points: readonly ChartPoint[];
  readonly guide?: readonly ChartPoint[];
  /** Edges; by default the lowest and the highest point. */
  readonly low?: number;
  readonly high?: number;
  /** From the chart's values to the figures beside it. */
  readonly scale?: (value: number) => number;
  readonly footer: string;
  readonly color: (text: string) => string;
}

function panel(
  { title, points, guide = [], low, high, scale = (v) => v, footer, color }: Panel,
  width: number,
  { dim, magenta }: Colors,
): string[] {
  const values = points.map(({ y }) => y).filter((y) => !Number.isNaN(y));
  const [bottom, top] = [low ?? Math.min(...values), high ?? Math.max(...values)];
  const scaled = width >= SCALED_FROM;
  const chartWidth = scaled ? width - SCALE_WIDTH : width;
  const cells = brailleChart(points, {
    width: chartWidth,
    height: CHART_HEIGHT,
    low: bottom,
    high: top,
    guide,
  });
  const lines = cells.map((row, i) => {
    const curve = row
      .map(({ character, isGuide }) => (isGuide ? magenta(character) : color(character)))
      .join("");
    const edge = i === 0 ? top : i === CHART_HEIGHT - 1 ? bottom : Number.NaN;
    const label = scaled && values.length > 0 && !Number.isNaN(edge) ? short(scale(edge)) : "";
    return curve + dim(label.padStart(scaled ? SCALE_WIDTH : 0));
  });
  return [title, ...lines, dim(footer)];
}

function padBelow(points: readonly ChartPoint[], high: number): number {
  const low = Math.min(high - 1, ...points.map(({ y }) => y).filter((y) => !Number.isNaN(y)));
  return low - 0.1 * (high - low);
}

function returnFooter({ history, evaluation }: LiveState): string {
  const last = history.at(-1)?.lastReturn ?? Number.NaN;
  const parts = Number.isNaN(last) ? ["no episode has ended yet"] : [`last ${short(last)}`];
  if (evaluation) parts.push(`eval ${short(evaluation.meanReturn)}`);
  return parts.join("  ");
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** What the gap does to α, in words. */
function steering(
  m: LearnMetrics,
  { config, actionSize, isDiscrete }: RunStart,
  { bold, dim }: Colors,
): string {
  const near = Math.abs(m.entropyGap) < (isDiscrete ? 0.1 * m.targetEntropy : 0.05 * actionSize);
  const off = `entropy ${short(Math.abs(m.entropyGap))} nats ${m.entropyGap > 0 ? "above" : "below"} target`;
  const where = near ? `entropy on target, gap ${signed(m.entropyGap)}` : off;
  const why = near ? "" : m.entropyGap > 0 ? ", the policy is too random" : ", the policy is too certain";
  const what =
    config.alpha !== "auto"
      ? "α stays fixed"
      : m.alpha === config.alphaMin || m.alpha === config.alphaMax
        ? "α is held at its bound"
        : near
          ? "α holds it there"
          : m.entropyGap > 0
            ? "α falls"
            : "α rises";
  return `${where}${dim(why)}: ${bold(what)}`;
}

function figures(m: LearnMetrics, { dim }: Colors): string {
  const shown = metricEntries.flatMap(([name, { figure }]) =>
    // What this kind of policy does not have is not a number.
    figure && !Number.isNaN(m[name as keyof LearnMetrics])
      ? [`${dim(figure.label)} ${figureText(m[name as keyof LearnMetrics], figure.as)}`]
      : [],
  );
  return [...shown, `${dim("updates")} ${grouped(m.updates)}`].join("   ");
}

function figureText(value: number, as: "percent" | undefined): string {
  return as === "percent" ? `${Math.round(100 * value)}%` : short(value);
}
