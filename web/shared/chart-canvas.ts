// uPlot as a frame: axes, grid, and the drag that selects a stretch are its, the lines are drawn here. Lines of
// many runs have x of their own, which uPlot would have to join into one table full of holes.

import uPlot from "uplot";
import {
  linearTicks,
  logTicks,
  tickLabel,
  tickLabels,
  timeLabel,
  timeTicks,
} from "../../src/curves/ticks.ts";
import type { XRange } from "./chart-group.ts";
import type { ChartLevel, ChartLine, ChartRange, YRange } from "./chart-lines.ts";
import { firstAtOrAfter, nearest } from "./chart-lines.ts";
import { resolveColor } from "./colors.ts";

export interface ChartPicture {
  readonly lines: readonly ChartLine[];
  readonly levels: readonly ChartLevel[];
  readonly ranges: readonly ChartRange[];
  readonly log: boolean;
  readonly xKind: "number" | "time";
  readonly view: XRange;
  readonly y: YRange;
  /** Units, written beside the axes; empty for none. */
  readonly xUnit: string;
  readonly yUnit: string;
  /** The group whose lines stand before the others. */
  readonly focused: string | undefined;
}

const FONT = '11px ui-sans-serif, system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
/** Longer lines are a thicket in which dashes are not seen, but take very long to draw. */
const DASHED_WIDTHS = 6;
/** More lines than that are drawn one pixel wide, which a browser without a graphics processor paints several times as fast. */
const THICK_LINES = 12;
const Y_AXIS = 52;
const X_AXIS = 26;
/** Pixels above the plot for the unit of y, and for each row of names of marked stretches: nothing is written on curves. */
const UNIT_ROW = 14;
const NAME_ROW = 15;
const NAME_ROWS = 3;
const BAR = 4;

export class ChartCanvas {
  readonly plot: uPlot;
  readonly #cursor: HTMLCanvasElement;
  #picture: ChartPicture;
  #drawn = 0;

  /** @param onSelect told the stretch that was dragged across */
  constructor(parent: HTMLElement, picture: ChartPicture, height: number, onSelect: (range: XRange) => void) {
    this.#picture = picture;
    const width = Math.max(120, parent.clientWidth);
    this.plot = new uPlot(this.#options(width, height, onSelect), dataOf(picture), parent);
    this.#cursor = document.createElement("canvas");
    this.#cursor.className = "chart-cursor";
    this.plot.over.append(this.#cursor);
  }

  /** @returns how many points its lines have in view */
  show(picture: ChartPicture): number {
    this.#drawn = 0;
    this.#picture = picture;
    this.plot.batch(() => {
      this.plot.setData(dataOf(picture), false);
      this.plot.setScale("x", { min: picture.view.from, max: picture.view.to });
      this.plot.setScale("y", { min: picture.y.low, max: picture.y.high });
      this.plot.redraw(false, true);
    });
    return this.#drawn;
  }

  resize(width: number, height: number): void {
    if (width > 0 && (width !== this.plot.width || height !== this.plot.height))
      this.plot.setSize({ width, height });
  }

  /** Draws the cursor over the lines. @param x undefined takes it away */
  point(x: number | undefined, focused: string | undefined): void {
    const { clientWidth: width, clientHeight: height } = this.plot.over;
    const ratio = devicePixelRatio;
    if (
      this.#cursor.width !== Math.round(width * ratio) ||
      this.#cursor.height !== Math.round(height * ratio)
    ) {
      this.#cursor.width = Math.round(width * ratio);
      this.#cursor.height = Math.round(height * ratio);
    }
    const context = this.#cursor.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const { view } = this.#picture;
    if (x === undefined || x < view.from || x > view.to) return;
    context.strokeStyle = resolveColor("var(--dim)");
    context.lineWidth = 1;
    const left = Math.round(this.plot.valToPos(x, "x")) + 0.5;
    context.beginPath();
    context.moveTo(left, 0);
    context.lineTo(left, height);
    context.stroke();
    for (const line of this.#picture.lines) {
      const at = nearest(line.x, x);
      if (at < 0 || line.x[at]! < view.from || line.x[at]! > view.to) continue;
      const top = this.#top(line.y[at]!);
      if (!Number.isFinite(top)) continue;
      context.beginPath();
      context.arc(this.plot.valToPos(line.x[at]!, "x"), top, line.group === focused ? 4 : 2.5, 0, 7);
      context.fillStyle = resolveColor(line.color);
      context.fill();
      context.strokeStyle = resolveColor("var(--card)");
      context.lineWidth = 1.5;
      context.stroke();
    }
  }

  /** x under a place of the plot. */
  xAt(left: number): number {
    return this.plot.posToVal(left, "x");
  }

  /** The group whose line is nearest to a place of the plot, by height; undefined further than 40 pixels away. */
  groupAt(left: number, top: number): string | undefined {
    const x = this.xAt(left);
    let best: string | undefined;
    let distance = 40;
    for (const line of this.#picture.lines) {
      const at = nearest(line.x, x);
      const away = at < 0 ? Number.NaN : Math.abs(this.#top(line.y[at]!) - top);
      if (away < distance) {
        distance = away;
        best = line.group;
      }
    }
    return best;
  }

  destroy(): void {
    this.plot.destroy();
  }

  /** Stretches whose names are written above the plot, each in a row of its own. */
  #named(): ChartRange[] {
    const { ranges, view } = this.#picture;
    return ranges
      .filter(({ label, from, to }) => label !== undefined && from <= view.to && to >= view.from)
      .slice(0, NAME_ROWS);
  }

  #above(): number {
    return 8 + (this.#picture.yUnit ? UNIT_ROW : 0) + NAME_ROW * this.#named().length;
  }

  #drawUnits({ ctx, bbox }: uPlot): void {
    const { xUnit, yUnit } = this.#picture;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = FONT.replace("11px", `${11 * ratio}px`);
    ctx.fillStyle = resolveColor("var(--dim)");
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    ctx.fillText(yUnit, 4 * ratio, 2 * ratio);
    ctx.textAlign = "right";
    ctx.fillText(xUnit, bbox.left - 10 * ratio, bbox.top + bbox.height + 8 * ratio);
    ctx.restore();
  }

  #drawNames(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = FONT.replace("11px", `600 ${11 * ratio}px`);
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    const names = this.#named();
    names.forEach(({ from, edge, label }, row) => {
      const left = plot.valToPos(from, "x", true);
      const right = bbox.left + bbox.width - ctx.measureText(label!).width;
      ctx.fillStyle = resolveColor(edge);
      ctx.fillText(
        label!,
        Math.max(bbox.left, Math.min(left, right)),
        bbox.top - (names.length - row) * NAME_ROW * ratio,
      );
    });
    ctx.restore();
  }

  #top(y: number): number {
    return this.plot.valToPos(this.#picture.log ? Math.log10(y) : y, "y");
  }

  #options(width: number, height: number, onSelect: (range: XRange) => void): uPlot.Options {
    const dim = () => resolveColor("var(--dim)");
    const grid = { stroke: () => resolveColor("var(--grid)"), width: 1 };
    const { view, y } = this.#picture;
    return {
      width,
      height,
      legend: { show: false },
      padding: [() => this.#above(), 12, 0, 0],
      scales: {
        x: { time: false, auto: false, min: view.from, max: view.to },
        y: { auto: false, min: y.low, max: y.high },
      },
      series: [{}, { show: false }],
      axes: [
        {
          stroke: dim,
          font: FONT,
          size: X_AXIS,
          gap: 4,
          grid: { show: false },
          ticks: { ...grid, size: 4 },
          splits: (_plot, _axis, low, high) => {
            const count = Math.max(2, Math.floor(this.plot.over.clientWidth / 90));
            return this.#picture.xKind === "time"
              ? timeTicks(low, high, count)
              : linearTicks(low, high, count);
          },
          values: (_plot, splits) =>
            this.#picture.xKind === "time" ? splits.map(timeLabel) : tickLabels(splits),
        },
        {
          stroke: dim,
          font: FONT,
          size: Y_AXIS,
          gap: 6,
          grid,
          ticks: { show: false },
          splits: (_plot, _axis, low, high) =>
            this.#picture.log ? logTicks(low, high, 5) : linearTicks(low, high, 5),
          values: (_plot, splits) =>
            this.#picture.log ? splits.map((at) => tickLabel(10 ** at)) : tickLabels(splits),
        },
      ],
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 6 },
        bind: { dblclick: () => null },
      },
      hooks: {
        drawClear: [
          (plot) => {
            this.#drawRanges(plot);
            this.#drawNames(plot);
            this.#drawUnits(plot);
          },
        ],
        draw: [(plot) => this.#drawLines(plot)],
        setSelect: [
          (plot) => {
            const { left, width: dragged } = plot.select;
            if (dragged < 6) return;
            onSelect({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + dragged, "x") });
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    };
  }

  /** Each stretch is a bar, below those that it overlaps; only bars at the top, the most important, colour the plot. */
  #drawRanges(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { ranges, view } = this.#picture;
    const rows: ChartRange[][] = [];
    ctx.save();
    for (const range of ranges) {
      const { from, to, wash, edge } = range;
      if (from > view.to || to < view.from) continue;
      const free = rows.findIndex((row) => row.every((other) => other.to <= from || to <= other.from));
      const row = free < 0 ? rows.push([]) - 1 : free;
      rows[row]!.push(range);
      const left = clamp(plot.valToPos(from, "x", true), bbox.left, bbox.left + bbox.width);
      const right = clamp(plot.valToPos(to, "x", true), bbox.left, bbox.left + bbox.width);
      const width = Math.max(right - left, 2 * devicePixelRatio);
      ctx.fillStyle = resolveColor(wash);
      if (row === 0) ctx.fillRect(left, bbox.top, width, bbox.height);
      ctx.fillStyle = resolveColor(edge);
      ctx.fillRect(left, bbox.top + BAR * row * devicePixelRatio, width, (BAR - 1) * devicePixelRatio);
    }
    ctx.restore();
  }

  #drawLines(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { lines, levels, focused } = this.#picture;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineJoin = "bevel";
    for (const level of levels) this.#drawLevel(plot, level);
    for (const line of lines) if (line.group !== focused) this.#drawLine(plot, line, false);
    for (const line of lines) if (line.group === focused) this.#drawLine(plot, line, lines.length > 1);
    ctx.restore();
  }

  #drawLine({ ctx, bbox }: uPlot, line: ChartLine, strong: boolean): void {
    const { view, y, log, focused } = this.#picture;
    const scaleX = bbox.width / (view.to - view.from);
    const scaleY = bbox.height / (y.high - y.low);
    const bottom = bbox.top + bbox.height;
    const first = Math.max(0, firstAtOrAfter(line.x, view.from) - 1);
    let drawn = 0;
    let lastLeft = 0;
    let lastTop = 0;
    let length = 0;
    ctx.beginPath();
    for (let i = first; i < line.x.length; i++) {
      const value = log ? Math.log10(line.y[i]!) : line.y[i]!;
      if (!Number.isFinite(value)) continue;
      const left = bbox.left + (line.x[i]! - view.from) * scaleX;
      const top = bottom - (value - y.low) * scaleY;
      if (drawn > 0) length += Math.abs(left - lastLeft) + Math.abs(top - lastTop);
      lastLeft = left;
      lastTop = top;
      if (drawn++ === 0) ctx.moveTo(lastLeft, lastTop);
      else ctx.lineTo(lastLeft, lastTop);
      if (line.x[i]! > view.to) break;
    }
    this.#drawn += drawn;
    if (drawn === 0) return;
    ctx.strokeStyle = ctx.fillStyle = resolveColor(line.color);
    ctx.globalAlpha = (line.opacity ?? 1) * (focused !== undefined && line.group !== focused ? 0.35 : 1);
    const width =
      this.#picture.lines.length > THICK_LINES ? Math.min(line.width ?? 1.6, 1) : (line.width ?? 1.6);
    ctx.lineWidth = width * devicePixelRatio * (strong ? 1.6 / width : 1);
    const dash = length > DASHED_WIDTHS * bbox.width ? [] : (line.dash ?? []);
    ctx.setLineDash(dash.map((part) => part * devicePixelRatio));
    ctx.stroke();
    if (drawn === 1) {
      ctx.beginPath();
      ctx.arc(lastLeft, lastTop, 3 * devicePixelRatio, 0, 7);
      ctx.fill();
    }
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
  }

  /** Canvas pixels from the top; undefined where it is out of sight. */
  #levelTop({ bbox }: uPlot, { value }: ChartLevel): number | undefined {
    const { y, log } = this.#picture;
    const share = ((log ? Math.log10(value) : value) - y.low) / (y.high - y.low);
    return share >= 0 && share <= 1 ? bbox.top + bbox.height * (1 - share) : undefined;
  }

  #drawLevel(plot: uPlot, level: ChartLevel): void {
    const top = this.#levelTop(plot, level);
    if (top === undefined) return;
    const { ctx, bbox } = plot;
    const { color, dash, dashOffset = 0 } = level;
    const ratio = devicePixelRatio;
    ctx.strokeStyle = resolveColor(color);
    ctx.lineWidth = 1.2 * ratio;
    ctx.setLineDash((dash ?? [5, 4]).map((length) => length * ratio));
    ctx.lineDashOffset = -dashOffset * ratio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, top);
    ctx.lineTo(bbox.left + bbox.width, top);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

/** uPlot wants a table; its single series shows nothing. */
function dataOf({ view }: ChartPicture): uPlot.AlignedData {
  return [
    [view.from, view.to],
    [null, null],
  ];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
