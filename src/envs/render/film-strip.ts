// A recorded episode as pictures side by side, for paper and for viewers that show no motion.

import type { Recording } from "./recording.ts";
import { camera, escapeText, ground, HEIGHT, round, STYLE, shapes, WIDTH } from "./svg.ts";

/** How a film strip is drawn. */
export interface FilmStripOptions {
  /** Pictures. Default 8. */
  readonly frames?: number;
  /** Pictures a row. Default 4. */
  readonly columns?: number;
}

const GAP = 12;
const HEADER = 56;
const PICTURE_WIDTH = 400;
const PICTURE_HEIGHT = (PICTURE_WIDTH * HEIGHT) / WIDTH;

/** @throws TemperedError (RECORDING_EMPTY) */
export function filmStripSvg(
  recording: Recording,
  { frames = 8, columns = 4 }: FilmStripOptions = {},
): string {
  const moments = recording.sample(frames);
  const steps = recording.moments.length - 1;
  const rows = Math.ceil(moments.length / columns);
  const width = GAP + Math.min(columns, moments.length) * (PICTURE_WIDTH + GAP);
  const height = HEADER + rows * (PICTURE_HEIGHT + GAP);
  const pictures = moments.map(({ step, drawing, episodeReturn }, i) => {
    const x = GAP + (i % columns) * (PICTURE_WIDTH + GAP);
    const y = HEADER + Math.floor(i / columns) * (PICTURE_HEIGHT + GAP);
    return `<svg x="${x}" y="${y}" width="${PICTURE_WIDTH}" height="${PICTURE_HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
${camera([drawing], 0, `${ground([drawing])}\n${shapes([drawing], `frame${i}shape`, 0)}`)}
<rect width="${WIDTH}" height="${HEIGHT}" fill="none" stroke="var(--rule)" stroke-width="4"/>
<text x="24" y="52" style="font-size:36px">${round(step * recording.stepSeconds)} s <tspan class="faint">${round(episodeReturn)}</tspan></text>
</svg>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>${STYLE}</style>
<rect width="${width}" height="${height}" fill="var(--paper)"/>
<text x="${GAP}" y="36">${escapeText(recording.title)} <tspan class="faint">return ${round(moments.at(-1)!.episodeReturn)} in ${steps} steps</tspan></text>
${pictures.join("\n")}
</svg>
`;
}
