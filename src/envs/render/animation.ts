// A recorded episode as an animated SVG: it plays by itself wherever an SVG image is shown, at the speed at which it
// happened, above a curve of the return so far. No scripts, no other files.

import type { Moment, Recording } from "./recording.ts";
import { animated, camera, escapeText, ground, HEIGHT, round, STYLE, shapes, WIDTH } from "./svg.ts";

/** How an animation is drawn. */
export interface AnimationOptions {
  /** Most moments kept for each second; between them everything moves in straight lines. Default 25. */
  readonly framesPerSecond?: number;
  /** Times the real speed. Default 1. */
  readonly speed?: number;
}

/** Pixels of the strip with the curve. */
const STRIP_TOP = HEIGHT + 14;
const STRIP_HEIGHT = 60;
const MARGIN = 16;

/** @throws TemperedError (RECORDING_EMPTY) */
export function animatedSvg(
  recording: Recording,
  { framesPerSecond = 25, speed = 1 }: AnimationOptions = {},
): string {
  const steps = recording.moments.length - 1;
  const seconds = Math.max(0.1, (steps * recording.stepSeconds) / speed);
  const moments = recording.sample(1 + Math.ceil(seconds * framesPerSecond));
  const drawings = moments.map(({ drawing }) => drawing);
  const height = STRIP_TOP + STRIP_HEIGHT + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>${escapeText(recording.title)}: return ${summary(moments)} in ${steps} steps</title>
<style>${STYLE}</style>
<rect width="${WIDTH}" height="${height}" fill="var(--paper)"/>
<svg width="${WIDTH}" height="${HEIGHT}">
${camera(drawings, seconds, `${ground(drawings)}\n${shapes(drawings, "shape", seconds)}`)}
</svg>
<text x="${MARGIN}" y="34">${escapeText(recording.title)}</text>
<text x="${WIDTH - MARGIN}" y="34" text-anchor="end">return ${summary(moments)} <tspan class="faint">in ${steps} steps</tspan></text>
<path d="M0 ${HEIGHT}H${WIDTH}" stroke="var(--rule)"/>
${returnCurve(moments, seconds)}
</svg>
`;
}

function returnCurve(moments: readonly Moment[], seconds: number): string {
  const values = moments.map(({ episodeReturn }) => episodeReturn);
  const lowest = Math.min(...values);
  const span = Math.max(...values) - lowest || 1;
  const points = values.map((value, i) => ({
    cx: round(MARGIN + ((WIDTH - 2 * MARGIN) * i) / Math.max(1, values.length - 1)),
    cy: round(STRIP_TOP + STRIP_HEIGHT * (1 - (value - lowest) / span)),
    r: "6",
  }));
  const curve = points.map(({ cx, cy }) => `${cx},${cy}`).join(" ");
  return `<polyline points="${curve}" stroke="var(--body)" stroke-width="2"/>
<g fill="var(--limb)" class="edge" stroke-width="1.5">${animated("circle", points, seconds)}</g>`;
}

function summary(moments: readonly Moment[]): string {
  return round(moments.at(-1)!.episodeReturn);
}
