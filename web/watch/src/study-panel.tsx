// One quantity of a study: for each setting the median over its seeds, with their middle half behind it, and the doctor's
// marks where something begins to be wrong.

import type { JSX } from "preact";
import type { StudyCurve, StudySetting } from "../../../src/curves/study-protocol.ts";
import { linearTicks, logTicks } from "../../../src/curves/ticks.ts";
import { grouped, short } from "../../../src/text/numbers.ts";
import { lineStyle } from "../../shared/colors.ts";

export interface PanelProps {
  readonly title: string;
  readonly note: string;
  readonly curve: StudyCurve;
  /** Logarithmic, where all values allow it. */
  readonly log?: boolean;
  /** A level that matters. */
  readonly level?: number;
  readonly settings: readonly StudySetting[];
  readonly focused: string | undefined;
  /** Whether the doctor's marks stand in this panel. */
  readonly marks?: boolean;
}

const [WIDTH, HEIGHT] = [460, 210];
const EDGE = { left: 54, right: 24, top: 8, bottom: 24 };

export function StudyPanel({ title, note, curve, level, focused, marks, ...props }: PanelProps): JSX.Element {
  const lines = props.settings.flatMap(({ setting, bands, runs }, place) => {
    const band = bands[curve];
    return band ? [{ setting, band, runs, ...lineStyle(place) }] : [];
  });
  const axes = axesOf(lines, props.log ?? false, level);
  return (
    <figure class="study-panel">
      <figcaption>
        <h3>{title}</h3>
        <span class="chart-note">{note}</span>
      </figcaption>
      {axes === undefined ? (
        <p class="dim">No run has it yet.</p>
      ) : (
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`${title}: ${lines
            .map(({ setting, band }) => `${setting} ${short(band.median.at(-1)!)}`)
            .join(", ")}`}
        >
          {axes.ticks.map((value) => (
            <g key={`y${value}`}>
              <path class="study-grid" d={`M${EDGE.left} ${axes.y(value)}H${WIDTH - EDGE.right}`} />
              <text x={EDGE.left - 6} y={axes.y(value) + 4} text-anchor="end">
                {short(value)}
              </text>
            </g>
          ))}
          {axes.steps.map((value) => (
            <text key={`x${value}`} x={axes.x(value)} y={HEIGHT - 7} text-anchor="middle">
              {grouped(Math.round(value))}
            </text>
          ))}
          {level !== undefined && (
            <path class="study-level" d={`M${EDGE.left} ${axes.y(level)}H${WIDTH - EDGE.right}`} />
          )}
          {lines.map(({ setting, band: { x, median, low, high }, color, dash }) => {
            const at = (values: readonly number[]) =>
              values.map((value, k) => `${axes.x(x[k]!)},${axes.y(value)}`);
            const quiet = focused !== undefined && focused !== setting;
            return (
              <g key={setting} class={quiet ? "quiet" : ""}>
                <title>{setting}</title>
                <polygon
                  points={[...at(high), ...at(low).reverse()].join(" ")}
                  fill={color}
                  class="study-band"
                />
                <polyline points={at(median).join(" ")} stroke={color} stroke-dasharray={dash.join(" ")} />
              </g>
            );
          })}
          {marks &&
            lines.flatMap(({ setting, runs }) =>
              runs.flatMap(({ id, seed, findings }) =>
                findings.slice(0, 1).flatMap(({ id: finding, severity, from }) =>
                  from === undefined ? (
                    []
                  ) : (
                    <path
                      key={`${setting} ${id}`}
                      class={focused !== undefined && focused !== setting ? "study-mark quiet" : "study-mark"}
                      d={`M${axes.x(axes.clamped(from))} ${HEIGHT - EDGE.bottom - 9}l4 8h-8z`}
                      fill={`var(--${severity})`}
                    >
                      <title>{`${setting}, seed ${seed}: ${finding}, from step ${grouped(Math.round(from))}`}</title>
                    </path>
                  ),
                ),
              ),
            )}
        </svg>
      )}
    </figure>
  );
}

interface Axes {
  x(step: number): number;
  y(value: number): number;
  clamped(step: number): number;
  readonly ticks: readonly number[];
  readonly steps: readonly number[];
}

function axesOf(
  lines: readonly { readonly band: NonNullable<StudySetting["bands"][StudyCurve]> }[],
  log: boolean,
  level: number | undefined,
): Axes | undefined {
  if (lines.length === 0) return undefined;
  const values = lines.flatMap(({ band }) => [...band.low, ...band.high]);
  if (level !== undefined) values.push(level);
  const logarithmic = log && values.every((value) => value > 0);
  const scaled = (value: number) => (logarithmic ? Math.log10(value) : value);
  const all = values.map(scaled);
  let [bottom, top] = [Math.min(...all), Math.max(...all)];
  const margin = top > bottom ? 0.05 * (top - bottom) : 0.5;
  [bottom, top] = [bottom - margin, top + margin];
  const from = Math.min(...lines.map(({ band }) => band.x[0]!));
  const to = Math.max(...lines.map(({ band }) => band.x.at(-1)!));
  const inner = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const rounded = (value: number) => Math.round(10 * value) / 10;
  return {
    x: (step) => rounded(EDGE.left + ((step - from) / (to - from || 1)) * inner.width),
    y: (value) => rounded(HEIGHT - EDGE.bottom - ((scaled(value) - bottom) / (top - bottom)) * inner.height),
    clamped: (step) => Math.min(to, Math.max(from, step)),
    ticks: logarithmic
      ? logTicks(bottom, top, 5).map((exponent) => 10 ** exponent)
      : linearTicks(bottom, top, 5),
    steps: linearTicks(from, to, 4),
  };
}
