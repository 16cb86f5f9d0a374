// A line chart as SVG, with labels at the lines instead of a legend: just enough for the figures of the documents.

export interface Line {
  readonly label: string;
  readonly color: string;
  readonly dashed?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Where the label stands, in data units. */
  readonly labelAt: readonly [x: number, y: number];
}

export interface Mark {
  readonly at: readonly [x: number, y: number];
  readonly label: string;
  /** The label stands under the mark instead of over it. */
  readonly below?: boolean;
}

export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly log?: boolean;
  readonly show?: (tick: number) => string;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [760, 420, 64, 24, 48, 52];

export function svg({ title, x, y, lines, marks = [] }: Chart): string {
  const px = (value: number) => round(LEFT + share(x, value) * (WIDTH - LEFT - RIGHT));
  const py = (value: number) => round(HEIGHT - BOTTOM - share(y, value) * (HEIGHT - TOP - BOTTOM));
  const show = (axis: Axis, tick: number) => escaped(axis.show?.(tick) ?? `${tick}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="600" fill="#1a1a1a">${escaped(title)}</text>`,
    ...y.ticks.map(
      (tick) =>
        `<path d="M${LEFT} ${py(tick)}H${WIDTH - RIGHT}" stroke="#e6e6e6"/>` +
        `<text x="${LEFT - 8}" y="${py(tick) + 4}" text-anchor="end" fill="#555">${show(y, tick)}</text>`,
    ),
    ...x.ticks.map(
      (tick) =>
        `<text x="${px(tick)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#555">${show(x, tick)}</text>`,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#555">${escaped(x.title)}</text>`,
    `<text x="${LEFT}" y="${TOP - 8}" text-anchor="start" fill="#555">${escaped(y.title)}</text>`,
    `<clipPath id="plot"><rect x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}"/></clipPath>`,
    ...lines.map(
      ({ points, color, dashed }) =>
        `<path clip-path="url(#plot)" fill="none" stroke="${color}" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ""} ` +
        `d="M${points.map(([a, b]) => `${px(a)} ${py(b)}`).join("L")}"/>`,
    ),
    ...lines.map(({ label, labelAt: [a, b], color }) => haloed(px(a), py(b), color, label)),
    ...marks.map(
      ({ at: [a, b], label, below }) =>
        `<circle cx="${px(a)}" cy="${py(b)}" r="4.5" fill="#1a1a1a"/>` +
        haloed(px(a) + 9, py(b) + (below ? 20 : -9), "#1a1a1a", label),
    ),
    "</svg>",
    "",
  ].join("\n");
}

/** Text with a white rim, to be read across lines. */
function haloed(x: number, y: number, color: string, text: string): string {
  return `<text x="${x}" y="${y}" fill="${color}" stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke">${escaped(text)}</text>`;
}

function share({ from, to, log }: Axis, value: number): number {
  return log
    ? (Math.log(Math.max(value, 1e-12)) - Math.log(from)) / (Math.log(to) - Math.log(from))
    : (value - from) / (to - from);
}

const round = (pixels: number) => Math.round(pixels * 10) / 10;
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
