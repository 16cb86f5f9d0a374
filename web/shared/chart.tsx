// A chart: lines over x, levels across, marked stretches behind. Drag to zoom all charts of the group, double-click to
// show everything; with the keyboard arrows move the cursor, plus and minus zoom, and what the cursor stands on is said.

import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { timeLabel } from "../../src/curves/ticks.ts";
import { short } from "../../src/text/numbers.ts";
import { ChartCanvas, type ChartPicture } from "./chart-canvas.ts";
import type { ChartGroup, XRange } from "./chart-group.ts";
import { zoomed } from "./chart-group.ts";
import { type ChartLevel, type ChartLine, type ChartRange, nearest, yRange } from "./chart-lines.ts";
import { paletteVersion } from "./colors.ts";
import { cancelDraw, type Drawing, draw } from "./frames.ts";
import { withTerms } from "./term.tsx";

export type { ChartLevel, ChartLine, ChartRange } from "./chart-lines.ts";

export interface ChartProps {
  readonly title: string;
  /** What is measured how, in a few words. */
  readonly note?: string;
  readonly lines: readonly ChartLine[];
  readonly levels?: readonly ChartLevel[];
  readonly ranges?: readonly ChartRange[];
  /** Logarithmic y axis. */
  readonly log?: boolean;
  readonly xName: string;
  /** Units, written beside the axes. */
  readonly xUnit?: string;
  readonly yUnit?: string;
  /** "time": x is seconds since the beginning. Default "number". */
  readonly xKind?: "number" | "time";
  /** All there is to see, for every chart of the group alike. */
  readonly extent: XRange | undefined;
  readonly group: ChartGroup;
  /** Pixels, default 220. */
  readonly height?: number;
  /** Shown where there are no lines. */
  readonly empty?: string;
}

const NOTHING: XRange = { from: 0, to: 1 };

export function Chart(props: ChartProps): JSX.Element {
  const { title, note, lines, group, height = 220, empty } = props;
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<ChartCanvas | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [drawer] = useState(() => drawerOf(canvas, latest));
  const help = useId();
  const active = useSignal(false);

  useEffect(() => {
    const element = host.current!;
    const made = new ChartCanvas(element, pictureOf(latest.current), height, (range) => {
      group.zoom.value = range;
    });
    canvas.current = made;
    const resized = new ResizeObserver(() => made.resize(element.clientWidth, height));
    resized.observe(element);
    const seen = new IntersectionObserver(
      (entries) => drawer.see(entries.some((entry) => entry.isIntersecting)),
      {
        rootMargin: "200px",
      },
    );
    seen.observe(element);
    return () => {
      resized.disconnect();
      seen.disconnect();
      cancelDraw(drawer.draw);
      cancelDraw(drawer.point);
      made.destroy();
      canvas.current = undefined;
    };
  }, [drawer, group, height]);

  useEffect(() => drawer.request());
  useSignalEffect(() => {
    void [group.zoom.value, paletteVersion.value, group.focused.value];
    drawer.request();
  });
  useSignalEffect(() => {
    void group.cursor.value;
    draw(drawer.point);
  });

  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        {note && <span class="chart-note">{withTerms(note)}</span>}
        <Levels {...props} />
        <Readout {...props} />
      </figcaption>
      <div
        class="chart-plot"
        ref={host}
        role="application"
        aria-roledescription="chart"
        aria-label={summaryOf(props)}
        aria-describedby={help}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
        tabIndex={0}
        style={{ minHeight: `${height}px` }}
        onKeyDown={(event) => onKey(event, latest.current)}
        onBlur={() => {
          active.value = false;
          group.cursor.value = undefined;
        }}
        onDblClick={() => {
          group.zoom.value = undefined;
        }}
        onFocus={() => {
          active.value = true;
        }}
        onPointerMove={(event) => {
          active.value = true;
          const box = canvas.current?.plot.over.getBoundingClientRect();
          if (!box || !canvas.current) return;
          const left = event.clientX - box.left;
          if (left < 0 || left > box.width) return;
          group.cursor.value = canvas.current.xAt(left);
          group.focused.value = canvas.current.groupAt(left, event.clientY - box.top) ?? group.focused.peek();
        }}
        onPointerLeave={() => {
          active.value = false;
          group.cursor.value = undefined;
          group.focused.value = undefined;
        }}
      />
      <EveryRun {...props} active={active} canvas={canvas} />
      <p id={help} class="unseen">
        Left and right arrows move the cursor, up and down change the run, plus and minus zoom, 0 shows
        everything.
      </p>
      {empty && lines.every(({ x }) => x.length === 0) && <p class="chart-empty">{empty}</p>}
    </figure>
  );
}

/** What the levels are: each name once, with a piece of its line. */
function Levels({ levels = [] }: ChartProps): JSX.Element | null {
  const names = [...new Set(levels.map(({ label }) => label))];
  if (names.length === 0) return null;
  return (
    <span class="chart-levels dim">
      {names.map((name) => {
        const [first, ...others] = levels.filter(({ label }) => label === name);
        const { color, dash = [5, 4] } = first!;
        const shared = others.every((other) => other.color === color);
        return (
          <span key={name}>
            <Sample
              color={shared ? color : "var(--dim)"}
              dash={dash.slice(0, 2).map((part) => Math.min(part, 5))}
            />
            {name}
          </span>
        );
      })}
    </span>
  );
}

function Sample({ color, dash }: { color: string; dash: readonly number[] }): JSX.Element {
  return (
    <svg class="sample" width="20" height="6" aria-hidden="true">
      <path d="M0 3H20" style={{ stroke: color }} stroke-dasharray={dash.join(" ")} />
    </svg>
  );
}

/** Beside the cursor, every run's values at that place; where there is one run the readout above says it already. */
function EveryRun(
  props: ChartProps & {
    active: Signal<boolean>;
    canvas: { readonly current: ChartCanvas | undefined };
  },
): JSX.Element | null {
  const { lines, group, xName, xKind, active, canvas } = props;
  const x = group.cursor.value;
  const plot = canvas.current?.plot;
  if (x === undefined || !active.value || !plot) return null;
  const runs = new Map<string, { line: ChartLine; values: number[] }>();
  for (const line of lines) {
    const at = nearest(line.x, x);
    // A run that ended before, or begins after, has nothing at this place.
    const there = at >= 0 && x >= line.x[0]! && x <= line.x[line.x.length - 1]!;
    const run = runs.get(line.group) ?? { line, values: [] };
    run.values.push(there ? line.y[at]! : Number.NaN);
    runs.set(line.group, run);
  }
  if (runs.size < 2) return null;
  const names = [...new Set(lines.map(({ name }) => name))];
  const rows = [...runs].sort(([, a], [, b]) => (b.values[0]! || -Infinity) - (a.values[0]! || -Infinity));
  const left = plot.valToPos(x, "x") + plot.bbox.left / devicePixelRatio;
  const onLeft = left > plot.width / 2;
  return (
    <div
      class="chart-runs"
      aria-hidden="true"
      style={onLeft ? { right: `${plot.width - left + 24}px` } : { left: `${left + 26}px` }}
    >
      <table class="numeric">
        <thead>
          <tr>
            <th>
              {xName} {xKind === "time" ? timeLabel(x) : short(Math.round(x))}
            </th>
            {names.map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([id, { line, values }]) => (
            <tr key={id} class={group.focused.value === id ? "focused" : ""}>
              <td>
                <Sample color={line.color} dash={line.dash ?? []} />
                {line.groupName ?? id}
              </td>
              {values.map((value, i) => (
                <td key={names[i]}>{short(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the lines of the focused run say at the cursor. */
function Readout({ lines, group, xName, xKind }: ChartProps): JSX.Element {
  const x = group.cursor.value;
  const groups = new Set(lines.map((line) => line.group));
  const chosen = group.focused.value ?? (groups.size === 1 ? lines[0]?.group : undefined);
  const values = lines
    .filter((line) => line.group === chosen)
    .flatMap((line) => {
      const at = x === undefined ? line.x.length - 1 : nearest(line.x, x);
      return at < 0 ? [] : [{ line, at: line.x[at]!, value: line.y[at]! }];
    });
  const first = values[0];
  return (
    <output class="chart-readout numeric" aria-live={x === undefined ? "off" : "polite"}>
      {x !== undefined && first && (
        <span class="dim">
          {xName} {xKind === "time" ? timeLabel(first.at) : short(first.at)}
        </span>
      )}
      {values.map(({ line, value }) => (
        <span key={line.id}>
          <Sample color={line.color} dash={line.dash ?? []} />
          {line.name} <b>{short(value)}</b>
        </span>
      ))}
    </output>
  );
}

interface Drawer {
  readonly draw: Drawing;
  readonly point: Drawing;
  /** Draws when the chart is in view, now or later. */
  request(): void;
  see(visible: boolean): void;
}

function drawerOf(
  canvas: { readonly current: ChartCanvas | undefined },
  latest: { readonly current: ChartProps },
): Drawer {
  let visible = true;
  let stale = false;
  const drawer: Drawer = {
    draw() {
      stale = false;
      const drawn = canvas.current?.show(pictureOf(latest.current)) ?? 0;
      return drawn + drawer.point();
    },
    point() {
      const { cursor, focused } = latest.current.group;
      canvas.current?.point(cursor.peek(), focused.peek());
      return latest.current.lines.length;
    },
    request() {
      if (visible) draw(drawer.draw);
      else stale = true;
    },
    see(now) {
      visible = now;
      if (now && stale) draw(drawer.draw);
    },
  };
  return drawer;
}

function pictureOf({
  lines,
  levels = [],
  ranges = [],
  log = false,
  xKind = "number",
  xUnit = "",
  yUnit = "",
  extent,
  group,
}: ChartProps): ChartPicture {
  const view = group.zoom.peek() ?? extent ?? NOTHING;
  const focused = group.focused.peek();
  return {
    lines,
    levels,
    ranges,
    log,
    xKind,
    xUnit,
    yUnit,
    view,
    y: yRange(lines, levels, view, log),
    focused,
  };
}

function summaryOf({ title, lines }: ChartProps): string {
  const groups = new Set(lines.map((line) => line.group));
  if (groups.size === 0) return `${title}: no data`;
  const last =
    lines.length <= 6
      ? lines.map((line) => `${line.name} ${short(line.y[line.y.length - 1] ?? Number.NaN)}`)
      : [];
  return [`${title}, ${groups.size === 1 ? "one run" : `${groups.size} runs`}`, ...last].join(", ");
}

function onKey(event: KeyboardEvent, { group, extent, lines }: ChartProps): void {
  if (!extent || event.ctrlKey || event.metaKey || event.altKey) return;
  const view = group.zoom.peek() ?? extent;
  const at = group.cursor.peek() ?? view.to;
  const move = (x: number) => {
    group.cursor.value = Math.min(extent.to, Math.max(extent.from, x));
    const { from, to } = view;
    const shift = x < from ? x - from : x > to ? x - to : 0;
    if (shift !== 0 && group.zoom.peek()) {
      const start = Math.max(extent.from, Math.min(extent.to - (to - from), from + shift));
      group.zoom.value = { from: start, to: start + to - from };
    }
  };
  const step = (view.to - view.from) / (event.shiftKey ? 10 : 100);
  const groups = [...new Set(lines.map((line) => line.group))];
  const focus = (by: number) => {
    const index = groups.indexOf(group.focused.peek() ?? "");
    group.focused.value = groups[(index + by + groups.length) % groups.length];
  };
  const actions: Record<string, () => void> = {
    ArrowLeft: () => move(at - step),
    ArrowRight: () => move(at + step),
    ArrowUp: () => focus(-1),
    ArrowDown: () => focus(1),
    Home: () => move(extent.from),
    End: () => move(extent.to),
    "+": () => {
      group.zoom.value = zoomed(view, extent, at, 0.6);
    },
    "-": () => {
      group.zoom.value = zoomed(view, extent, at, 1 / 0.6);
    },
    "0": () => {
      group.zoom.value = undefined;
    },
    Escape: () => {
      group.zoom.value = undefined;
    },
  };
  const action = actions[event.key === "=" ? "+" : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
